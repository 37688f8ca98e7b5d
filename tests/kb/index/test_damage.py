"""Every byte of a snapshot is under a checksum: no bit flips, no file shrinks or disappears unseen."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.domain.errors import IndexDamaged
from kb.encode.tfidf_svd import TfidfSvdEncoder
from kb.index import snapshot as snapshots
from kb.search.catalogue import Catalogue
from kb.text.tokens import Analyser
from tests.kb.builders import content_of, document, entry, passage


@pytest.fixture(scope="module")
def sound(
    tmp_path_factory: pytest.TempPathFactory, analyser: Analyser, make_catalogue: Callable[..., Catalogue]
) -> Path:
    catalogue = make_catalogue(
        entry("B01", "电费怎么交", "怎么交电费"), document("d1", passage("p1", "停电应当提前通知。", "停电通知"))
    )
    content = content_of(catalogue)
    encoder = TfidfSvdEncoder.fit(analyser, [unit.text for unit in content.units])
    return snapshots.build(tmp_path_factory.mktemp("sound"), content, analyser, encoder)


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / sound.name))


def files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock" and p.name != snapshots.MANIFEST)


def refused(folder: Path, analyser: Analyser) -> bool:
    try:
        snapshots.load(folder, analyser, None)
    except IndexDamaged:
        return True
    return False


def test_the_sound_one_loads(folder: Path, analyser: Analyser) -> None:
    assert not refused(folder, analyser)


def test_any_flipped_bit_is_seen(folder: Path, analyser: Analyser) -> None:
    for path in files(folder):
        raw = path.read_bytes()
        for place in {0, len(raw) // 2, len(raw) - 1} if raw else ():
            path.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
            assert refused(folder, analyser), (path.name, place)
        path.write_bytes(raw)
    assert not refused(folder, analyser)


def test_any_truncated_grown_or_missing_file_is_seen(folder: Path, analyser: Analyser) -> None:
    for path in files(folder):
        raw = path.read_bytes()
        for content in {raw[:-1], raw[: len(raw) // 2], raw + b"\x00"} - {raw}:
            path.write_bytes(content)
            assert refused(folder, analyser), (path.name, len(content))
        path.unlink()
        assert refused(folder, analyser), path.name
        path.write_bytes(raw)
    assert not refused(folder, analyser)


def test_every_file_is_at_risk_and_checked(folder: Path) -> None:
    names = {path.relative_to(folder).parts[0] for path in files(folder)}
    assert names >= {
        "vectors.faiss",
        "units.safetensors",
        "units.txt",
        "items.json",
        "lexical",
        "tfidf_svd.safetensors",
    }


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"format": 1}'])
def test_an_unreadable_manifest(folder: Path, analyser: Analyser, content: bytes | None) -> None:
    (folder / snapshots.MANIFEST).unlink()
    if content is not None:
        (folder / snapshots.MANIFEST).write_bytes(content)
    assert refused(folder, analyser)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": snapshots.FORMAT + 1},
        {"format": snapshots.FORMAT - 1},
        {"encoder": "tfidf-svd-2-0000000000"},
        {"lexicon": "000000000000"},
        {"more": 1},
        {"items": 99},
        {"units": 99},
        {"files": {}},
    ],
    ids=str,
)
def test_a_manifest_that_tells_another_story(folder: Path, analyser: Analyser, changes: dict[str, Any]) -> None:
    """`items` and `units` are what the tables must hold; an empty `files` list checks nothing."""
    path = folder / snapshots.MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")
    assert refused(folder, analyser)
