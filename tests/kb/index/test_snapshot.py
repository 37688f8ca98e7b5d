"""Built aside, switched by one rename, cleaned behind; a crash at any moment leaves an answerable index."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from kb.domain.errors import IndexDamaged
from kb.encode.protocol import Matrix, TinyEncoder
from kb.encode.tfidf_svd import TfidfSvdEncoder
from kb.index import snapshot as snapshots
from kb.search.catalogue import Catalogue
from kb.text.lexicon import Lexicon
from kb.text.tokens import Analyser
from tests.kb.builders import content_of, entry

Make = Callable[..., Catalogue]
Build = Callable[[int], Path]


class BrokenEncoder(TinyEncoder):
    """Fails in the middle of a build, as a full disk or a killed process would."""

    def encode(self, texts: Sequence[str]) -> Matrix:
        raise OSError("No space left on device")


@pytest.fixture
def content(make_catalogue: Make) -> snapshots.Content:
    return content_of(make_catalogue(entry("B01", "电费怎么交"), entry("B02", "停电了找谁")))


@pytest.fixture
def build(tmp_path: Path, analyser: Analyser, make_catalogue: Make) -> Build:
    """Build (and do not switch to) a snapshot of the given release number."""

    def made(release: int) -> Path:
        catalogue = make_catalogue(entry("B01", f"第{release}版怎么说"), release=release)
        return snapshots.build(tmp_path, content_of(catalogue), analyser, TinyEncoder())

    return made


def names(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir())


def test_nothing_yet(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="还没有索引"):
        snapshots.current(tmp_path)


def test_a_built_snapshot_is_not_current_until_switched_to(tmp_path: Path, build: Build) -> None:
    first = build(1)
    with pytest.raises(IndexDamaged):
        snapshots.current(tmp_path)
    snapshots.switch(tmp_path, first)
    build(2)  # and here the process dies
    assert snapshots.current(tmp_path) == first


def test_a_failed_build_leaves_the_folder_as_it_was(
    tmp_path: Path, build: Build, content: snapshots.Content, analyser: Analyser
) -> None:
    snapshots.switch(tmp_path, build(1))
    before = names(tmp_path)
    with pytest.raises(OSError, match="No space left"):
        snapshots.build(tmp_path, content, analyser, BrokenEncoder())
    assert names(tmp_path) == before
    assert not list(tmp_path.glob("*.building"))


def test_the_manifest_lists_every_file(build: Build) -> None:
    folder = build(3)
    manifest = snapshots.verify(folder)
    held = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock"}
    assert set(manifest.files) == held - {snapshots.MANIFEST}
    assert (manifest.release, manifest.items, manifest.units, manifest.encoder) == (3, 1, 2, "tiny-64")


def test_switching_is_one_rename(tmp_path: Path, build: Build) -> None:
    """A reader who asks at any moment gets the old folder or the new one, never neither."""
    old, new = build(1), build(2)
    snapshots.switch(tmp_path, old)
    seen: set[Path] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add(snapshots.current(tmp_path))

    thread = threading.Thread(target=read)
    thread.start()
    for folder in [new, old] * 100:
        snapshots.switch(tmp_path, folder)
    stop.set()
    thread.join()
    assert seen <= {old, new}
    assert snapshots.current(tmp_path) == old


def test_nothing_pending_is_left_and_old_snapshots_go(tmp_path: Path, build: Build) -> None:
    folders = []
    for release in (1, 2, 3, 4):
        folders.append(build(release))
        snapshots.switch(tmp_path, folders[-1])
    assert names(tmp_path) == sorted([snapshots.CURRENT, folders[2].name, folders[3].name])


def test_the_snapshot_just_left_is_the_one_kept(tmp_path: Path, build: Build) -> None:
    """A reader may have read its name a moment ago; of equal releases the order of names says nothing."""
    old = build(1).rename(tmp_path / "000001-ffffffff")
    previous = build(1).rename(tmp_path / "000001-00000000")
    snapshots.switch(tmp_path, previous)
    snapshots.switch(tmp_path, build(2))
    assert previous.is_dir()
    assert not old.exists()


def test_a_crashed_build_is_cleaned_away_and_displaces_nothing(tmp_path: Path, build: Build) -> None:
    first = build(1)
    snapshots.switch(tmp_path, first)
    (tmp_path / "000002-deadbeef.building").mkdir()
    snapshots.switch(tmp_path, build(2))
    assert not list(tmp_path.glob("*.building"))
    assert first.is_dir()


@pytest.mark.parametrize("content", [b"", b"\n", b"000001-gone", b"000001-\xff\x80", b"a\x00b"])
def test_a_spoiled_pointer_is_damage(tmp_path: Path, build: Build, content: bytes) -> None:
    snapshots.switch(tmp_path, build(1))
    (tmp_path / snapshots.CURRENT).write_bytes(content)
    with pytest.raises(IndexDamaged):
        snapshots.read_manifest(snapshots.current(tmp_path))


def test_loading_with_the_fitted_encoder_inside(tmp_path: Path, content: snapshots.Content, analyser: Analyser) -> None:
    fitted = TfidfSvdEncoder.fit(analyser, [unit.text for unit in content.units])
    opened = snapshots.load(snapshots.build(tmp_path, content, analyser, fitted), analyser, None)
    assert opened.encoder.name == fitted.name
    assert opened.vectors.size == len(opened.table) == len(content.units)


def test_another_encoder_is_damage(build: Build, analyser: Analyser) -> None:
    with pytest.raises(IndexDamaged, match="tiny-64"):
        snapshots.load(build(1), analyser, TinyEncoder(32))


def test_a_fitted_encoder_that_is_not_inside_is_damage(build: Build, analyser: Analyser) -> None:
    """The setting went from `tiny` (or a model directory) back to `tfidf-svd`: rebuild, do not give up."""
    with pytest.raises(IndexDamaged):
        snapshots.load(build(1), analyser, None)


def test_another_lexicon_is_damage(build: Build, tmp_path: Path) -> None:
    folder = build(1)
    with pytest.raises(IndexDamaged, match="词典"):
        snapshots.load(folder, Analyser(Lexicon(digest="other"), tmp_path / "jieba"), TinyEncoder())


def test_an_empty_base(tmp_path: Path, analyser: Analyser, make_catalogue: Make) -> None:
    folder = snapshots.build(tmp_path, content_of(make_catalogue(release=0)), analyser, TinyEncoder())
    assert len(snapshots.load(folder, analyser, TinyEncoder()).table) == 0
