"""Which items carry exactly these words: kept in the snapshot, the same after loading."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.errors import IndexDamaged
from kb.encode.protocol import TinyEncoder
from kb.index.exact import ExactTable
from kb.index.read import read_units
from kb.index.units import Unit
from kb.text.tokens import Analyser


def question(item: int, text: str) -> Unit:
    return Unit(item=item, side="question", text=text)


def table_of(units: list[Unit], analyser: Analyser) -> ExactTable:
    """The table as a part builds it from what is read of its units."""
    codes = read_units(units, analyser, TinyEncoder()).codes
    return ExactTable.of((code, unit.item) for code, unit in zip(codes, units, strict=True) if code is not None)


@given(texts=st.lists(st.text("电费停表户，。 ", max_size=4), max_size=12))
def test_every_question_finds_its_items_and_nothing_else_does(analyser: Analyser, texts: list[str]) -> None:
    table = table_of([question(item, text) for item, text in enumerate(texts)], analyser)
    keys = ["".join(filter(str.isalnum, analyser.normalise(text).text)) for text in texts]
    for key in {*keys, "别的"}:
        expected = [item for item, held in enumerate(keys) if held == key and key]
        assert list(table.find(key)) == expected


def test_answers_are_no_phrasings_and_an_item_counts_once(analyser: Analyser) -> None:
    units = [Unit(item=0, side="answer", text="电费"), question(1, "账单"), question(1, "账单？"), question(0, "账单")]
    table = table_of(units, analyser)
    assert list(table.find("电费")) == []
    assert sorted(table.find("账单")) == [0, 1]


def test_saved_and_loaded_find_the_same(analyser: Analyser, tmp_path: Path) -> None:
    table_of([question(n, text) for n, text in enumerate(("电费", "账单", "電費"))], analyser).save(tmp_path)
    loaded = ExactTable.load(tmp_path)
    assert [list(loaded.find(text)) for text in ("电费", "账单", "停电", "")] == [[0, 2], [1], [], []]


def test_an_empty_table(tmp_path: Path) -> None:
    ExactTable.of([]).save(tmp_path)
    assert list(ExactTable.load(tmp_path).find("电费")) == []


def test_a_missing_file_is_damage(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged):
        ExactTable.load(tmp_path)
