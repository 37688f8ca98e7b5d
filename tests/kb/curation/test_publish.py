"""Published means answerable; withdrawn means gone on every path."""

from __future__ import annotations

import datetime as dt

import pytest

from kb.curation.library import Library
from kb.domain.errors import KbError, NotFound
from kb.domain.validity import Scope
from kb.search.query import prepare
from kb.search.retrieve import ANSWERABLE
from tests.kb.builders import AT, SCOPE, document, entry, guard, passage, span
from tests.kb.curation.conftest import Open
from tests.kb.curation.stocking import ask, publish, stock, withdraw


def test_an_empty_base_answers_nothing(library: Library) -> None:
    assert library.open_release is None
    assert ask(library, "电费怎么交") == []
    assert library.open_release == library.shelf.release == 0


def test_the_next_question_sees_what_was_published(library: Library) -> None:
    stock(library, entry("B01", "电费怎么交"))
    assert ask(library, "电费怎么交") == []
    assert publish(library) == 1
    assert ask(library, "电费怎么交") == ["B01"]
    stock(library, entry("B02", "停电了找谁"))
    assert ask(library, "停电了找谁") == []
    publish(library)
    assert ask(library, "停电了找谁")[0] == "B02"


def test_a_held_shelf_goes_on_answering_from_its_own_release(library: Library) -> None:
    stock(library, entry("B01", "电费怎么交", answer="旧"))
    publish(library)
    held = library.shelf
    for number in range(4):
        stock(library, entry("B01", "账单怎么看", answer=f"新{number}"))
        publish(library)
    assert held.release == 1
    assert [c.item_id for c in held.retriever.find("电费怎么交", SCOPE) if c.exact] == ["B01"]
    assert held.catalogue.entries["B01"].branches[0].answer == "旧"
    assert library.shelf.catalogue.entries["B01"].branches[0].answer == "新3"
    assert not any(c.exact for c in library.shelf.retriever.find("电费怎么交", SCOPE))


@pytest.mark.parametrize("said", ["电费怎么交", "怎么交电费呢", "电非怎么交", "到营业厅缴纳现金"])
def test_a_withdrawn_entry_is_found_on_no_path(library: Library, said: str) -> None:
    """Exactly, by words, by sound, by meaning or by its answer: when the withdrawal returns, it is gone."""
    stock(library, entry("B01", "电费怎么交", answer="到营业厅缴纳现金"), entry("B02", "光伏并网"))
    publish(library)
    assert "B01" in ask(library, said)
    withdraw(library, "B01")
    assert "B01" in ask(library, said)
    publish(library)
    assert "B01" not in ask(library, said)
    retriever = library.shelf.retriever
    pool = retriever.pool(prepare(said, retriever.analyser), SCOPE, ANSWERABLE)
    assert len(list(pool.items)) <= 1
    assert "B01" not in library.shelf.catalogue.entries


def test_a_withdrawn_document_takes_its_passages(library: Library) -> None:
    stock(library, document("d1", passage("p1", "停电应当提前七天公告")))
    publish(library)
    assert ask(library, "停电提前几天公告") == ["p1"]
    stock(library, document("d1", passage("p2", "限电应当提前一天通知")))
    publish(library)
    assert ask(library, "停电提前几天公告") == ["p2"]


@pytest.mark.parametrize(("day", "found"), [("2025-06-30", ["old"]), ("2025-07-01", ["new"]), ("2026-11-22", ["new"])])
def test_old_bills_are_answered_with_the_tariff_of_their_day(library: Library, day: str, found: list[str]) -> None:
    old, new = passage("old", "居民每度0.50元", kind="row"), passage("new", "居民每度0.60元", kind="row")
    stock(
        library,
        document("t1", old, validity=span("2024-01-01", "2025-07-01"), kind="电价表"),
        document("t2", new, validity=span("2025-07-01"), kind="电价表"),
    )
    publish(library)
    assert ask(library, "居民每度多少元", Scope(as_of=dt.date.fromisoformat(day))) == found


def test_guards_never_answer(library: Library) -> None:
    stock(library, guard("G01", "电价多少", utterance="一度电两块钱"))
    publish(library)
    assert ask(library, "电价多少") == ask(library, "一度电两块钱") == []


def test_publishing_nothing_changes_nothing(library: Library) -> None:
    assert publish(library) == 0
    stock(library, entry("B01", "电费怎么交"))
    assert [publish(library), publish(library)] == [1, 1]
    assert ask(library, "电费怎么交") == ["B01"]


def test_an_older_release_opens_as_it_was_and_leaves_the_current_one(library: Library) -> None:
    stock(library, entry("B01", "电费怎么交"))
    publish(library)
    withdraw(library, "B01")
    stock(library, entry("B02", "停电了找谁"))
    publish(library)
    first = library.open(1)
    assert [c.item_id for c in first.retriever.find("电费怎么交", SCOPE)] == ["B01"]
    assert library.open().release == 2
    with pytest.raises(NotFound):
        library.open(9)


def test_a_reading_library_cannot_publish(library: Library, open_library: Open) -> None:
    stock(library, entry("B01", "电费怎么交"))
    with pytest.raises(KbError, match="只有读权限"):
        open_library().publish(at=AT, note="不行")
