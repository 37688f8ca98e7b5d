"""The index is only derived: damaged, stale or missing, it is rebuilt from the records and answers the same."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from kb.curation import growing
from kb.curation.library import INDEX, Library
from kb.index import snapshot as snapshots
from tests.kb.builders import entry
from tests.kb.curation.conftest import Open
from tests.kb.curation.stocking import ask, publish, state, stock

ENCODERS = ["tiny", "tfidf-svd"]
QUESTIONS = ("电费怎么交", "没电了", "账单", "完全不相干的话")


def stocked(open_library: Open, encoder: str = "tiny") -> list[list[str]]:
    """Publish a base, close it, and return its answers."""
    library = open_library(write=True, encoder=encoder)
    stock(library, entry("B01", "电费怎么交", "交电费"), entry("B02", "停电了找谁"), entry("B03", "电费账单怎么看"))
    publish(library)
    answers = [ask(library, said) for said in QUESTIONS]
    library.database.close()
    return answers


def damage(root: Path, kind: str) -> None:
    folder = snapshots.current(root)
    if kind == "bit":
        path = folder / snapshots.VECTORS
        raw = bytearray(path.read_bytes())
        raw[-1] ^= 1
        path.write_bytes(bytes(raw))
    elif kind == "missing file":
        (folder / "units.txt").unlink()
    elif kind == "no folder":
        shutil.rmtree(folder)
    elif kind == "no index":
        shutil.rmtree(root)
    else:
        (root / snapshots.CURRENT).write_bytes(b"000001-\xff")


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("kind", ["bit", "missing file", "no folder", "no index", "pointer"])
def test_a_damaged_index_is_rebuilt_and_answers_the_same(
    open_library: Open, data_dir: Path, kind: str, encoder: str
) -> None:
    answers = stocked(open_library, encoder)
    damage(data_dir / INDEX, kind)
    library = open_library(write=True, encoder=encoder)
    assert [ask(library, said) for said in QUESTIONS] == answers
    assert library.repaired
    snapshots.verify(snapshots.current(data_dir / INDEX))


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_sound_index_is_used_as_it_is(open_library: Open, data_dir: Path, encoder: str) -> None:
    answers = stocked(open_library, encoder)
    before = state(data_dir / INDEX)
    library = open_library(write=True, encoder=encoder)
    assert [ask(library, said) for said in QUESTIONS] == answers
    assert library.repaired == ""
    assert {name for name in state(data_dir / INDEX) if not name.endswith(".lock")} <= set(before)


def test_an_index_of_another_release_is_rebuilt(open_library: Open, data_dir: Path) -> None:
    """A crash between commit and switch: the records are one release ahead of the index."""
    stocked(open_library)
    kept = data_dir / "kept"
    shutil.copytree(data_dir / INDEX, kept)
    library = open_library(write=True)
    stock(library, entry("B04", "光伏并网怎么办"))
    publish(library)
    library.database.close()
    shutil.rmtree(data_dir / INDEX)
    kept.rename(data_dir / INDEX)
    again = open_library(write=True)
    assert ask(again, "光伏并网怎么办")[0] == "B04"
    assert "第 1 版" in again.repaired
    assert snapshots.verify(snapshots.current(data_dir / INDEX)).release == 2


@pytest.mark.parametrize("kind", ["bit", "no index", "pointer"])
def test_a_reading_process_rebuilds_aside(
    open_library: Open, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    answers = stocked(open_library)
    damage(data_dir / INDEX, kind)
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    before = state(data_dir / INDEX)
    library = open_library()
    assert [ask(library, said) for said in QUESTIONS] == answers
    assert state(data_dir / INDEX) == before
    assert list(aside.iterdir()) == []


@pytest.mark.parametrize(("was", "now"), [("tiny", "tfidf-svd"), ("tfidf-svd", "tiny")])
def test_another_encoder_setting_rebuilds(open_library: Open, was: str, now: str) -> None:
    stocked(open_library, was)
    library = open_library(write=True, encoder=now)
    assert ask(library, "电费怎么交")[0] == "B01"
    assert library.repaired


def test_a_rebuild_on_request(library: Library, data_dir: Path) -> None:
    stock(library, entry("B01", "电费怎么交"))
    publish(library)
    before = snapshots.current(data_dir / INDEX)
    assert library.rebuild().release == 1
    assert snapshots.current(data_dir / INDEX) != before
    assert ask(library, "电费怎么交") == ["B01"]


def test_a_publication_whose_index_cannot_be_built_changes_nothing(
    library: Library, open_library: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is built before the records are committed: a full disk leaves the old release, drafts and all."""
    stock(library, entry("B01", "电费怎么交"))
    publish(library)
    stock(library, entry("B02", "停电了找谁"))

    def full(*_args: object, **_options: object) -> Path:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(snapshots, "build", full)
        patch.setattr(growing, "grow", full)
        with pytest.raises(OSError, match="No space"):
            publish(library)
    assert ask(library, "电费怎么交") == ["B01"]
    library.database.close()
    again = open_library(write=True)
    assert again.shelf.release == 1
    assert ask(again, "停电了找谁")[:1] != ["B02"]
    assert publish(again) == 2
    assert ask(again, "停电了找谁")[0] == "B02"


def test_records_ahead_of_their_index_are_made_good_at_the_next_start(
    library: Library, open_library: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cut between the commit and the switch: the next start answers from the new release."""
    stock(library, entry("B01", "电费怎么交"))
    publish(library)
    stock(library, entry("B02", "停电了找谁"))

    def cut(*_args: object) -> None:
        raise OSError("power")

    with monkeypatch.context() as patch:
        patch.setattr(snapshots, "switch", cut)
        with pytest.raises(OSError, match="power"):
            publish(library)
    library.database.close()
    assert ask(open_library(write=True), "停电了找谁")[0] == "B02"
