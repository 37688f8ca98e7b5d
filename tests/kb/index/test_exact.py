"""Which items carry exactly these words: kept in the snapshot, the same after loading."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.errors import IndexDamaged
from kb.index.exact import ExactTable
from kb.index.units import Unit
from kb.text.tokens import Analyser


def question(item: int, text: str) -> Unit:
    return Unit(item=item, side="question", text=text)


@given(texts=st.lists(st.text("电费停表户，。 ", max_size=4), max_size=12))
def test_every_question_finds_its_items_and_nothing_else_does(analyser: Analyser, texts: list[str]) -> None:
    table = ExactTable.of([question(item, text) for item, text in enumerate(texts)], analyser)
    keys = ["".join(filter(str.isalnum, analyser.normalise(text).text)) for text in texts]
    for key in {*keys, "别的"}:
        expected = [item for item, held in enumerate(keys) if held == key and key]
        assert list(table.find(key)) == expected


def test_answers_are_no_phrasings_and_an_item_counts_once(analyser: Analyser) -> None:
    units = [Unit(item=0, side="answer", text="电费"), question(1, "账单"), question(1, "账单？"), question(0, "账单")]
    table = ExactTable.of(units, analyser)
    assert list(table.find("电费")) == []
    assert sorted(table.find("账单")) == [0, 1]


def test_saved_and_loaded_find_the_same(analyser: Analyser, tmp_path: Path) -> None:
    ExactTable.of([question(n, text) for n, text in enumerate(("电费", "账单", "電費"))], analyser).save(tmp_path)
    loaded = ExactTable.load(tmp_path)
    assert [list(loaded.find(text)) for text in ("电费", "账单", "停电", "")] == [[0, 2], [1], [], []]


def test_an_empty_table(analyser: Analyser, tmp_path: Path) -> None:
    ExactTable.of([], analyser).save(tmp_path)
    assert list(ExactTable.load(tmp_path).find("电费")) == []


def test_a_missing_file_is_damage(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged):
        ExactTable.load(tmp_path)
