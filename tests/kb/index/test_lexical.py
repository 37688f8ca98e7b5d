"""The contract of `LexicalIndex`; every engine that follows runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.domain.errors import IndexDamaged
from kb.index.lexical import FIELDS, LexicalIndex, LexicalWriter, TantivyIndex, Want, views_of
from kb.index.tables import UnitTable
from kb.index.units import ITEM_KINDS, Item, ItemKind, Side, Unit
from kb.text.tokens import Analyser
from tests.kb.builders import SCOPE

WANT = Want(scope=SCOPE, kinds=ITEM_KINDS)
EVEN = dict.fromkeys(FIELDS, 1.0)


def index_of(folder: Path, analyser: Analyser, *texts: str) -> LexicalIndex:
    items = [Item(item_id=f"i{number}", kind="entry") for number in range(len(texts))]
    units = [Unit(item=number, side="question", text=text) for number, text in enumerate(texts)]
    write(folder, items, units, analyser)
    return TantivyIndex(folder)


def write(folder: Path, items: list[Item], units: list[Unit], analyser: Analyser) -> None:
    with LexicalWriter(folder) as writer:
        for number, item in enumerate(items):
            own = [unit for unit in units if unit.item == number]
            writer.add(number, item, [(unit.side, views_of(analyser.tokens(unit.text))) for unit in own])


def found(index: LexicalIndex, analyser: Analyser, text: str, limit: int = 10, **weights: float) -> list[int]:
    hits = index.search(analyser.tokens(text), WANT, weights or EVEN, limit)
    assert all(score > 0 for score in hits.values())
    assert list(hits) == sorted(hits, key=lambda item: (-hits[item], item))
    assert len(hits) <= max(limit, 0)
    return list(hits)


def test_empty_index(tmp_path: Path, analyser: Analyser) -> None:
    index = index_of(tmp_path, analyser)
    assert found(index, analyser, "电费") == []
    assert index.frequency("q_words", "电费") == 0


def test_one_document(tmp_path: Path, analyser: Analyser) -> None:
    assert found(index_of(tmp_path, analyser, "电费怎么交"), analyser, "交电费", limit=99) == [0]


def test_best_first_and_nothing_that_does_not_match(tmp_path: Path, analyser: Analyser) -> None:
    index = index_of(tmp_path, analyser, "停电了找谁", "电费账单不对", "电费怎么交")
    assert found(index, analyser, "电费怎么交", limit=1_000) == [2, 1]


@pytest.mark.parametrize("said", ["光伏并网", "", "！？", "\ud800", "\U0001f600"])
def test_no_match(tmp_path: Path, analyser: Analyser, said: str) -> None:
    assert found(index_of(tmp_path, analyser, "停电了找谁"), analyser, said) == []


@pytest.mark.parametrize("limit", [0, -1])
def test_nothing_wanted(tmp_path: Path, analyser: Analyser, limit: int) -> None:
    assert found(index_of(tmp_path, analyser, "停电了找谁"), analyser, "停电", limit=limit) == []


@pytest.mark.parametrize("limit", [1, 3, 50, 1_000])
def test_ties_go_by_item_number(tmp_path: Path, analyser: Analyser, limit: int) -> None:
    index = index_of(tmp_path, analyser, *["电费怎么交"] * 50)
    assert found(index, analyser, "电费怎么交", limit=limit) == list(range(min(limit, 50)))


def test_each_field_finds_alone(tmp_path: Path, analyser: Analyser) -> None:
    index = index_of(tmp_path, analyser, "电表坏了", "停电了")
    assert found(index, analyser, "店表", q_words=1.0, q_bigrams=1.0) == []
    assert found(index, analyser, "店表", q_pinyin=1.0) == [0]
    assert found(index, analyser, "停电", q_bigrams=1.0) == [1]
    assert found(index, analyser, "停电", q_words=1.0) == [1]
    assert found(index, analyser, "停电", q_words=0.0) == []
    assert found(index, analyser, "停电", a_words=1.0, a_bigrams=1.0, a_pinyin=1.0) == []


def test_an_item_is_found_once_by_either_side(tmp_path: Path, analyser: Analyser) -> None:
    items = [Item(item_id=name, kind="entry") for name in ("i0", "i1")]
    sides: tuple[Side, ...] = ("question", "question", "answer")
    units = [
        Unit(item=1, side=side, text=text) for side, text in zip(sides, ("停电", "停电了", "停电了没有"), strict=True)
    ]
    write(tmp_path, items, units, analyser)
    index = TantivyIndex(tmp_path)
    assert found(index, analyser, "停电") == [1]
    assert found(index, analyser, "停电", q_words=1.0) == found(index, analyser, "停电", a_words=1.0) == [1]
    assert index.frequency("q_words", "停电") == index.frequency("a_words", "停电") == 1


def test_no_kind_wanted_finds_nothing(tmp_path: Path, analyser: Analyser) -> None:
    index = index_of(tmp_path, analyser, "停电了找谁")
    assert index.search(analyser.tokens("停电"), Want(scope=SCOPE, kinds=()), EVEN, 5) == {}


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("limit", [1, 5, 99])
def test_what_is_wanted_is_found_behind_much_that_is_not(
    tmp_path: Path, analyser: Analyser, limit: int, *, told: bool
) -> None:
    clauses: list[ItemKind] = ["clause"] * 70
    kinds: list[ItemKind] = [*clauses, "entry", *clauses, "entry"]
    items = [Item(item_id=f"i{number}", kind=kind) for number, kind in enumerate(kinds)]
    units = [Unit(item=number, side="question", text="停电了找谁") for number in range(len(items))]
    write(tmp_path, items, units, analyser)
    index = TantivyIndex(tmp_path, UnitTable.of(items, units).admitted if told else None)
    hits = index.search(analyser.tokens("停电"), Want(scope=SCOPE, kinds=("entry",)), EVEN, limit)
    assert list(hits) == [70, 141][:limit]
    hits = index.search(analyser.tokens("停电"), Want(scope=SCOPE, kinds=("clause",)), EVEN, limit)
    assert list(hits) == [number for number, kind in enumerate(kinds) if kind == "clause"][:limit]


def test_frequency_counts_items(tmp_path: Path, analyser: Analyser) -> None:
    index = index_of(tmp_path, analyser, "电费电费", "电费账单", "停电")
    assert [index.frequency("q_bigrams", gram) for gram in ("电费", "账单", "光伏")] == [2, 1, 0]
    assert index.frequency("q_pinyin", "dian_fei") == 2


def test_query_syntax_is_only_text(tmp_path: Path, analyser: Analyser) -> None:
    index = index_of(tmp_path, analyser, "停电了找谁")
    for said in ('words:停电 AND "', "停电)", "*:*", "停电^9 -找谁", "停电 OR"):
        assert found(index, analyser, said) in ([0], [])


def test_a_very_long_question(tmp_path: Path, analyser: Analyser) -> None:
    assert found(index_of(tmp_path, analyser, "停电了找谁"), analyser, "停电了找谁" * 4_000) == [0]


def test_an_item_taken_out_is_gone_and_one_added_later_is_found(tmp_path: Path, analyser: Analyser) -> None:
    index_of(tmp_path, analyser, "停电了找谁", "停电多久")
    with LexicalWriter(tmp_path) as writer:
        writer.remove(0)
        writer.add(2, Item(item_id="i2", kind="entry"), [("question", views_of(analyser.tokens("停电通知")))])
    assert sorted(found(TantivyIndex(tmp_path), analyser, "停电")) == [1, 2]


def test_an_error_while_writing_leaves_the_index_as_it_was(tmp_path: Path, analyser: Analyser) -> None:
    index_of(tmp_path, analyser, "停电了找谁")
    writer = LexicalWriter(tmp_path)
    writer.remove(0)
    writer.__exit__(OSError, OSError("full"), None)
    assert found(TantivyIndex(tmp_path), analyser, "停电") == [0]


def test_a_folder_that_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged):
        TantivyIndex(tmp_path)
