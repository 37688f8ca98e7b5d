"""The ranker's inputs: bounded, named, and meaning what they say."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.units import Mask
from kb.search.features import (
    FEATURES,
    RIVALLED,
    SINGLE,
    Asked,
    Floats,
    among_rivals,
    inverse_frequency,
    overlap,
    ratio,
    terms_of,
)
from kb.search.query import prepare
from kb.text.quantities import numbers_in
from kb.text.tokens import Analyser
from tests.kb.builders import SCOPE, entry
from tests.kb.search.conftest import Search

COUNTS = st.integers(0, 6)


def plain(_view: str, terms: Sequence[str]) -> Floats:
    return np.ones(len(terms))


def test_names_are_unique() -> None:
    assert len(set(FEATURES)) == len(FEATURES)


@given(COUNTS, COUNTS, COUNTS)
def test_overlap_is_symmetric_and_bounded(one: int, other: int, shared: int) -> None:
    both = np.array([float(min(shared, one, other))])
    found = overlap(both, np.array([float(one)]), other)
    assert 0.0 <= found[0] == overlap(both, np.array([float(other)]), one)[0] <= 1.0
    assert overlap(np.array([float(one)]), np.array([float(one)]), one)[0] == (1.0 if one else 0.0)


def holding(asked: Asked, *terms: tuple[str, str]) -> Mask:
    """Return the table of one candidate that holds these terms."""
    there = np.zeros((1, len(asked.weights)), dtype=np.bool_)
    there[0, [asked.columns[view][term] for view, term in terms]] = True
    return there


@given(st.sets(st.integers(0, 6)), st.integers(0, 6))
def test_holding_more_never_counts_less(analyser: Analyser, held: set[int], more: int) -> None:
    asked = Asked.of(prepare("电表坏了找谁", analyser), plain)
    there = np.zeros((1, len(asked.weights)), dtype=np.bool_)
    there[0, [column % len(asked.weights) for column in held]] = True
    before = asked.covered(there)
    there[0, more % len(asked.weights)] = True
    for fewer, shares in zip(before, asked.covered(there), strict=True):
        assert 0.0 <= fewer[0] <= shares[0] <= 1.0
    assert [shares[0] for shares in asked.covered(np.ones_like(there))] == pytest.approx([1.0, 1.0])


def test_rare_terms_weigh_more(analyser: Analyser) -> None:
    asked = Asked.of(
        prepare("电表停电", analyser),
        lambda _view, terms: np.array([{"电表": 3.0, "停电": 1.0}.get(term, 0.0) for term in terms]),
    )
    assert asked.covered(holding(asked, ("words", "电表")))[1] == pytest.approx([0.75])
    assert ratio(np.array([0.0]), 0.0).tolist() == [0.0]


def test_other_words_for_a_term_count_where_the_term_is(analyser: Analyser) -> None:
    asked = Asked.of(
        prepare("空开坏了", analyser),
        lambda view, terms: np.array([float((view, term) == ("words", "空开")) for term in terms]),
    )
    whole, pairs = [("words", "空气开关")], [("bigrams", pair) for pair in ("空气", "气开", "开关")]
    assert [shares[0] for shares in asked.covered(holding(asked, *whole))] == [1.0, 1.0]
    assert asked.covered(holding(asked, *pairs))[0] == [1.0]
    assert asked.covered(holding(asked, *pairs[:2]))[0] == [0.0]
    assert asked.covered(holding(asked, ("words", "坏")))[0] == [0.0]


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_rarer_is_heavier(documents: int, frequency: int) -> None:
    frequency = min(documents, frequency)
    weight = inverse_frequency(documents, frequency)
    assert weight > 0
    assert math.isfinite(weight)
    assert frequency == 0 or weight < inverse_frequency(documents, frequency - 1)


def test_words_and_bigrams_never_mix(analyser: Analyser) -> None:
    tokens = analyser.tokens("停电")
    assert terms_of(tokens) == {("words", "停电"): None, ("bigrams", "停电"): None}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("10千伏专变315千伏安", {("10", "千伏"), ("315", "千伏安")}),
        ("涨了0.5元", {("0.5", "元")}),
        ("第3条", {("3", "")}),
        ("没有数", set()),
        ("5%", {("5", "%")}),
        ("6月5日起7日内,5个工作日", {("6", ""), ("5", ""), ("7", "天"), ("5", "工作日")}),
    ],
)
def test_numbers_with_their_units(text: str, numbers: set[tuple[str, str]]) -> None:
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(
    ("asked", "stored", "match"),
    [
        ("10千伏怎么收", "10千伏用户按此收取", (1.0, 0.0)),
        ("10千伏怎么收", "35千伏用户按此收取", (0.0, 1.0)),
        ("10千伏怎么收", "用户按此收取", (0.0, 0.0)),
        ("10千伏怎么收", "3天内办结", (0.0, 0.0)),
        ("第3条", "第5条", (0.0, 0.0)),
        ("怎么收", "35千伏用户", (0.0, 0.0)),
    ],
)
@pytest.mark.parametrize("side", ["title", "answer", "phrasing"])
def test_numbers_agree_or_conflict(
    search: Search, asked: str, stored: str, match: tuple[float, float], side: str
) -> None:
    texts = {"title": ("按此收取", "怎么收"), "answer": ("怎么收", "怎么收的"), "phrasing": ("怎么收", "按此收取")}[
        side
    ]
    one = {
        "title": entry("B01", stored, *texts),
        "answer": entry("B01", *texts, answer=stored),
        "phrasing": entry("B01", texts[0], stored),
    }[side]
    [found] = search(one).find(asked, SCOPE)
    features = found.why["features"]
    expected = (0.0, 0.0) if side == "phrasing" else match
    assert (features["number_agrees"], features["number_conflicts"]) == expected


def test_a_query_keeps_what_was_said_and_gains_synonyms_for_searching_only(analyser: Analyser) -> None:
    query = prepare("請問空開壞了", analyser)
    assert (query.said, query.text) == ("請問空開壞了", "空开坏了")
    assert set(query.base.words) < set(query.search.words)
    assert ("空开", "空气开关") in query.search.expansions
    assert query.search.pinyin == query.base.pinyin


def test_standing_among_rivals_does_not_move_with_the_level() -> None:
    low, high = (np.array([[level] * len(SINGLE), [level + 0.2] * len(SINGLE)]) for level in (0.1, 0.6))
    standing = [among_rivals(rows)[:, len(SINGLE) :] for rows in (low, high)]
    assert standing[0] == pytest.approx(standing[1])
    assert standing[0][0].tolist() == pytest.approx([-0.25] * len(RIVALLED))
    assert np.array_equal(among_rivals(low)[:, : len(SINGLE)], low)


def test_who_has_no_rival_stands_nowhere() -> None:
    [row] = among_rivals(np.full((1, len(SINGLE)), 0.7))
    assert row[len(SINGLE) :].tolist() == [0.0] * len(RIVALLED)
    assert among_rivals(np.zeros((0, len(SINGLE)))).shape == (0, len(FEATURES))


def test_the_model_named_is_seen_however_it_is_written(search: Search) -> None:
    named, other = entry("E1", "K2100W总是卡纸怎么处理"), entry("E2", "KM-580总是卡纸怎么处理")
    found = {one.item_id: one.why["features"] for one in search(named, other).find("2100老是卡纸", SCOPE)}
    assert found[named.entry_id]["codes_alike"] == 1.0
    assert found[other.entry_id]["codes_conflict"] == 1.0
