"""What is searched: which texts of an item, on which side, and the table that keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.errors import IndexDamaged
from kb.domain.knowledge import Branch
from kb.index.tables import ARRAYS, ITEMS, TEXTS, UnitTable
from kb.index.units import (
    ITEM_KINDS,
    MAX_ANSWER_CHARS,
    OPEN_FROM,
    OPEN_TO,
    SIDES,
    Item,
    Unit,
    build_units,
    entry_item,
    entry_texts,
    passage_item,
    passage_texts,
)
from tests.kb.builders import SCOPE, document, entry, guard, passage, span

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


def test_an_entry_is_found_by_question_phrasings_and_answers() -> None:
    branches = (Branch(answer="甲" * 700), Branch(answer="乙", when={"区域": "城区"}))
    assert list(entry_texts(entry("B01", "问", "说法", branches=branches))) == [
        ("question", "问"),
        ("question", "说法"),
        ("answer", "甲" * MAX_ANSWER_CHARS),
        ("answer", "乙"),
    ]


def test_a_guards_wrong_words_are_never_searched() -> None:
    texts = [text for _side, text in entry_texts(guard("G01", "电价多少", "多少钱", utterance="每度两块钱"))]
    assert texts == ["电价多少", "多少钱"]


def test_a_passage_is_found_by_heading_and_text() -> None:
    assert list(passage_texts(passage("p", "正文", "标题"))) == [("question", "标题"), ("answer", "正文")]
    assert list(passage_texts(passage("p", "正文"))) == [("answer", "正文")]


def test_an_open_entry() -> None:
    item = entry_item(entry("B01", "问"))
    assert item == Item(item_id="B01", kind="entry", first_day=OPEN_FROM, end_day=OPEN_TO, internal=False, region="")
    assert entry_item(guard("G01", "问")).kind == "guard"


def test_a_passage_lives_within_its_document() -> None:
    held = passage("p", "正文", validity=span("2025-06-01", "2027-01-01"))
    made = document("d", held, visibility="内部", region="东区", validity=span("2025-01-01", "2026-01-01"))
    item = passage_item(held, made)
    days = (span("2025-06-01").valid_from, span("2026-01-01").valid_from)
    assert (item.first_day, item.end_day) == tuple(day.toordinal() for day in days if day)
    assert (item.internal, item.region, item.kind) == (True, "东区", "clause")


def test_repeated_and_blank_texts_are_dropped_but_the_item_stays() -> None:
    first, second = Item(item_id="a", kind="entry"), Item(item_id="b", kind="entry")
    items, units = build_units(
        [(first, [("question", "问"), ("question", "问"), ("answer", "问"), ("question", " ")]), (second, [])]
    )
    assert items == [first, second]
    assert units == [Unit(item=0, side="question", text="问"), Unit(item=0, side="answer", text="问")]


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(SIDES), TEXT), max_size=20))
def test_the_table_keeps_what_it_was_given(rows: list[tuple[int, str, str]]) -> None:
    items = [Item(item_id=f"i{number}", kind=ITEM_KINDS[number]) for number in range(5)]
    units = [
        Unit(item=item, side="question" if side == "question" else "answer", text=text) for item, side, text in rows
    ]
    table = UnitTable.of(items, units)
    assert len(table) == len(units)
    assert [(table.text(n), table.side(n), int(table.item_of[n])) for n in range(len(table))] == [
        (unit.text, unit.side, unit.item) for unit in units
    ]
    for number, held in enumerate(table.units_of):
        assert held.tolist() == [n for n, unit in enumerate(units) if unit.item == number]


def test_saved_and_loaded_tables_are_the_same(tmp_path: Path) -> None:
    items = [
        Item(item_id="甲", kind="row", first_day=3, end_day=9, internal=True, region="东区"),
        Item(item_id="b", kind="entry"),
    ]
    table = UnitTable.of(
        items, [Unit(item=1, side="answer", text="电费\n\U0001f600"), Unit(item=0, side="question", text="")]
    )
    table.save(tmp_path)
    loaded = UnitTable.load(tmp_path)
    assert loaded.items == items
    assert [loaded.text(n) for n in (0, 1)] == ["电费\n\U0001f600", ""]
    assert loaded.allowed(SCOPE, ITEM_KINDS).tolist() == [True, False]


def test_an_empty_table(tmp_path: Path) -> None:
    UnitTable.of([], []).save(tmp_path)
    loaded = UnitTable.load(tmp_path)
    assert len(loaded) == 0
    assert loaded.allowed(SCOPE, ITEM_KINDS).shape == (0,)


@pytest.mark.parametrize("name", [ARRAYS, ITEMS, TEXTS])
def test_a_missing_file_is_damage(tmp_path: Path, name: str) -> None:
    UnitTable.of([], []).save(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(IndexDamaged):
        UnitTable.load(tmp_path)
