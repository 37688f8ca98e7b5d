"""The ranker's inputs: bounded, named, and meaning what they say."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.features import (
    FEATURES,
    RIVALLED,
    SINGLE,
    Asked,
    Weighted,
    among_rivals,
    inverse_frequency,
    number_match,
    overlap,
    share,
    terms_of,
    united_numbers,
)
from kb.search.query import numbers_in, prepare
from kb.text.tokens import Analyser

WORDS = st.lists(st.sampled_from("甲乙丙丁戊己"), max_size=6)


def test_names_are_unique() -> None:
    assert len(set(FEATURES)) == len(FEATURES)


@given(WORDS, WORDS)
def test_overlap_is_symmetric_and_bounded(a: list[str], b: list[str]) -> None:
    assert 0.0 <= overlap(a, b) == overlap(b, a) <= 1.0
    assert overlap(a, a) == (1.0 if a else 0.0)


@given(WORDS, WORDS, st.sampled_from("甲乙丙"))
def test_holding_more_never_counts_less(wanted: list[str], there: list[str], more: str) -> None:
    weights = dict.fromkeys(wanted, 1.0)
    terms = Weighted.of(weights)
    held = share(terms, frozenset(there))
    assert 0.0 <= held <= share(terms, frozenset(there), frozenset({more})) <= 1.0
    assert share(terms, frozenset(there), frozenset({more})) == share(terms, frozenset({*there, more}))


def test_rare_terms_weigh_more() -> None:
    assert share(Weighted.of({"常": 1.0, "罕": 3.0}), frozenset({"罕"})) == pytest.approx(0.75)
    assert share(Weighted.of({}), frozenset({"罕"})) == 0.0
    assert share(Weighted.of({"常": 0.0}), frozenset({"常"})) == 0.0


def test_other_words_for_a_term_count_where_the_term_is(analyser: Analyser) -> None:
    asked = Asked.of(prepare("空开坏了", analyser), lambda _term: 1.0)
    assert "空开" in asked.gained(frozenset({"空气开关"}))
    assert "空开" in asked.gained(frozenset({"·空气", "·气开", "·开关"}))
    assert "空开" not in asked.gained(frozenset({"电表"}))


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_rarer_is_heavier(documents: int, frequency: int) -> None:
    frequency = min(documents, frequency)
    weight = inverse_frequency(documents, frequency)
    assert weight > 0
    assert math.isfinite(weight)
    assert frequency == 0 or weight < inverse_frequency(documents, frequency - 1)


def test_words_and_bigrams_never_mix(analyser: Analyser) -> None:
    tokens = analyser.tokens("停电")
    assert terms_of(tokens) == {"停电", "·停电"}


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
def test_numbers_agree_or_conflict(analyser: Analyser, asked: str, stored: str, match: tuple[float, float]) -> None:
    wanted = Asked.of(prepare(asked, analyser), lambda _term: 1.0).numbers
    assert number_match(wanted, united_numbers([stored])) == match


def test_a_query_keeps_what_was_said_and_gains_synonyms_for_searching_only(analyser: Analyser) -> None:
    query = prepare("請問空開壞了", analyser)
    assert (query.said, query.text) == ("請問空開壞了", "空开坏了")
    assert set(query.base.words) < set(query.search.words)
    assert ("空开", "空气开关") in query.search.expansions
    assert query.search.pinyin == query.base.pinyin


def test_standing_among_rivals_does_not_move_with_the_level() -> None:
    low = [[0.1] * len(SINGLE), [0.3] * len(SINGLE)]
    high = [[0.6] * len(SINGLE), [0.8] * len(SINGLE)]
    tails = [[row[len(SINGLE) :] for row in among_rivals(rows)] for rows in (low, high)]
    assert tails[0] == [pytest.approx(row) for row in tails[1]]
    assert tails[0][0] == [pytest.approx(-0.25)] * len(RIVALLED)
    assert [row[: len(SINGLE)] for row in among_rivals(low)] == low


def test_who_has_no_rival_stands_nowhere() -> None:
    [row] = among_rivals([[0.7] * len(SINGLE)])
    assert row[len(SINGLE) :] == [0.0] * len(RIVALLED)
    assert among_rivals([]) == []
