"""A publication costs what changed, and the release it makes is the one the records hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.curation import growing
from kb.curation.library import INDEX, Library, load_catalogue
from kb.index import snapshot as snapshots
from kb.store import records
from kb.store.versions import DOCUMENTS
from tests.kb.builders import CHANGE, document, entry, passage
from tests.kb.curation.conftest import Open
from tests.kb.curation.stocking import ask, publish, stock, withdraw

MANY = tuple(entry(f"B{number:02d}", f"第{number}种业务怎么办") for number in range(40))


@pytest.fixture
def full(library: Library) -> Library:
    stock(
        library,
        *MANY,
        document("d1", passage("p1", "停电应当提前通知。", "停电通知"), passage("p2", "欠费停电须催告。", "欠费")),
    )
    publish(library)
    return library


def never(*_args: object, **_options: object) -> Path:
    raise AssertionError("built anew")


def test_one_change_builds_nothing_anew(full: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "build", never)
    stock(full, entry("B01", "新装电表找谁"))
    publish(full)
    assert ask(full, "新装电表找谁")[0] == "B01"
    withdraw(full, "B01")
    publish(full)
    assert "B01" not in ask(full, "新装电表找谁")


def test_a_process_that_just_started_grows_what_it_finds(
    full: Library, open_library: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    full.database.close()
    library = open_library(write=True)
    monkeypatch.setattr(snapshots, "build", never)
    stock(library, entry("B01", "新装电表找谁"))
    publish(library)
    assert ask(library, "新装电表找谁")[0] == "B01"
    assert not library.repaired


def test_the_catalogue_is_the_one_the_records_hold(full: Library) -> None:
    stock(
        full,
        entry("B07", "换了说法", "还有一句"),
        entry("A00", "排在最前"),
        document("d0", passage("p0", "先说这个。")),
    )
    stock(full, document("d1", passage("p2", "欠费停电须先催告。", "欠费"), passage("p3", "恢复供电。", "复电")))
    withdraw(full, "B03")
    publish(full)
    with full.database.read() as connection:
        read = load_catalogue(connection, 2)
    grown = full.shelf.catalogue
    assert list(grown.entries.items()) == list(read.entries.items())
    assert list(grown.passages.items()) == list(read.passages.items())
    assert grown.by_title == read.by_title
    assert "p1" not in ask(full, "停电通知")
    assert "p3" in ask(full, "复电")


def test_a_withdrawn_document_leaves_with_its_passages(full: Library) -> None:
    full.database.write(lambda c: DOCUMENTS.remove(c, "d1", CHANGE, expected=1))
    publish(full)
    assert set(full.shelf.catalogue.passages) == set()
    assert not {"p1", "p2"} & set(ask(full, "停电通知"))


def test_two_releases_apart(full: Library) -> None:
    before = full.shelf.catalogue
    stock(full, entry("B01", "改一次"))
    publish(full)
    stock(full, entry("B01", "改两次"), entry("C01", "来了又走"))
    publish(full)
    withdraw(full, "C01")
    publish(full)
    with full.database.read() as connection:
        found = records.difference(connection, before.release, 4)
        catalogue, _change = growing.next_catalogue(connection, 4, before)
    assert [e.question for e in found.entries] == ["改两次"]
    assert (found.gone_entries, found.gone_documents) == (frozenset({"B01"}), frozenset())
    assert catalogue.entries == full.shelf.catalogue.entries


def test_a_damaged_index_is_built_anew_at_the_next_publication(full: Library, data_dir: Path) -> None:
    (snapshots.current(data_dir / INDEX) / "units.txt").unlink()
    stock(full, entry("B01", "新装电表找谁"))
    publish(full)
    assert ask(full, "新装电表找谁")[0] == "B01"
    snapshots.verify(snapshots.current(data_dir / INDEX))


def test_publishing_nothing_changes_nothing(full: Library, data_dir: Path) -> None:
    before = snapshots.current(data_dir / INDEX)
    assert publish(full) == 1
    assert snapshots.current(data_dir / INDEX) == before
