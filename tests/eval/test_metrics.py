"""Measures worked out by hand, and what each says when there is nothing to measure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest

from eval.errors import BadArgument
from eval.metrics.accuracy import accuracy, matches_any
from eval.metrics.answering import AnswerRow, answer_rate, no_answer_rate
from eval.metrics.brier import brier
from eval.metrics.ece import ece, reliability
from eval.metrics.f1 import macro_f1, per_class, weighted_f1
from eval.metrics.hit import hit_at_k, hits
from eval.metrics.must_ask import must_ask_precision, must_ask_recall
from eval.metrics.precision_recall import precision, recall
from eval.metrics.ranking import by_score, first_right, in_order
from eval.metrics.reciprocal_rank import mrr, reciprocal_ranks
from eval.metrics.risk_coverage import risk_coverage
from eval.metrics.wrong_in_high import wrong_rate

RANKED = [(("a", "b", "c"), {"a"}), (("a", "b", "c"), {"c", "z"}), (("a", "b", "c"), {"z"}), ((), {"a"})]


def test_hit_and_reciprocal_rank_by_hand() -> None:
    assert hits(RANKED, 1) == [True, False, False, False]
    assert hit_at_k(RANKED, 3) == 0.5
    assert reciprocal_ranks(RANKED) == pytest.approx([1, 1 / 3, 0, 0])
    assert mrr(RANKED) == pytest.approx(1 / 3)


def test_k_below_one_is_refused() -> None:
    with pytest.raises(BadArgument, match="不小于 1"):
        hits(RANKED, 0)


def test_ranking_keeps_the_order_seen_and_breaks_ties_by_id() -> None:
    assert in_order(["b", "a", "b"]) == ("b", "a")
    assert by_score({"b": 0.5, "a": 0.5, "c": 0.9}) == ("c", "a", "b")
    assert first_right(("b", "a"), {"a"}) == 2
    assert first_right(("b", "a"), {"z"}) is None


def test_f1_by_hand() -> None:
    rows = [("报修", "报修"), ("报修", "咨询"), ("咨询", "咨询"), ("投诉", "")]
    scores = {score.label: score for score in per_class(rows)}
    assert set(scores) == {"报修", "咨询", "投诉"}
    assert (scores["报修"].precision, scores["报修"].recall, scores["报修"].support) == (1.0, 0.5, 2)
    assert macro_f1(rows) == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert weighted_f1(rows) == pytest.approx((2 * 2 / 3 + 2 / 3) / 4)
    assert accuracy(rows) == 0.5


def test_any_of_several_gold_labels_counts() -> None:
    assert matches_any([(("电价电费", "法律法规"), "法律法规"), (("电价电费",), "")]) == [True, False]


def test_precision_and_recall_by_hand() -> None:
    rows = [(True, True), (True, False), (False, True), (True, True)]
    assert precision(rows) == pytest.approx(2 / 3)
    assert recall(rows) == pytest.approx(2 / 3)


def test_must_ask_by_hand() -> None:
    rows = [(("区域", "电压等级"), ("区域",)), ((), ("用户类别",))]
    assert must_ask_recall(rows) == 0.5
    assert must_ask_precision(rows) == 0.5


def test_answering_by_hand_and_failures_never_count_as_silence() -> None:
    rows = [
        AnswerRow(answerable=True, shown=True),
        AnswerRow(answerable=True, shown=False),
        AnswerRow(answerable=False, shown=False),
        AnswerRow(answerable=False, shown=False, failed=True),
    ]
    assert answer_rate(rows) == 0.5
    assert no_answer_rate(rows) == 0.5


def test_wrong_in_high_counts_only_shown_answers_of_the_band() -> None:
    rows = [
        ("high", "a", {"a"}),
        ("high", "b", {"a"}),
        ("high", "b", ()),
        ("high", None, {"a"}),
        ("medium", "b", {"a"}),
    ]
    assert wrong_rate(rows) == pytest.approx(2 / 3)
    assert wrong_rate(rows, "medium") == 1.0


def test_calibration_by_hand() -> None:
    rows = [(0.95, True), (0.95, True), (0.95, False), (0.15, False)]
    assert ece(rows) == pytest.approx(3 / 4 * abs(2 / 3 - 0.95) + 1 / 4 * 0.15)
    assert brier(rows) == pytest.approx((0.05**2 * 2 + 0.95**2 + 0.15**2) / 4)
    assert [(part.low, part.n) for part in reliability(rows)] == [(0.1, 1), (0.9, 3)]


def test_bins_are_closed_on_the_right() -> None:
    assert [part.low for part in reliability([(0.0, False), (0.1, False), (1.0, True)])] == [0.0, 0.9]
    assert reliability([(0.0, False), (0.1, False)])[0].n == 2


@pytest.mark.parametrize("value", [-0.01, 1.01, math.nan, math.inf])
@pytest.mark.parametrize("measure", [ece, brier, risk_coverage])
def test_scores_outside_the_scale_are_refused(
    measure: Callable[[Sequence[tuple[float, bool]]], object], value: float
) -> None:
    with pytest.raises(BadArgument, match="0 到 1"):
        measure([(value, True)])


def test_no_bins_is_refused() -> None:
    with pytest.raises(BadArgument, match="分箱"):
        reliability([(0.5, True)], 0)


def test_risk_coverage_lets_ties_in_together() -> None:
    points = risk_coverage([(0.9, True), (0.5, False), (0.5, True), (0.1, False)])
    assert [(p.coverage, p.risk) for p in points] == [(0.25, 0.0), (0.75, pytest.approx(1 / 3)), (1.0, 0.5)]


def test_nothing_to_measure_is_none_and_never_zero() -> None:
    assert [hit_at_k([]), mrr([]), accuracy([]), macro_f1([]), weighted_f1([])] == [None] * 5
    assert [ece([]), brier([]), wrong_rate([]), answer_rate([]), no_answer_rate([])] == [None] * 5
    assert [precision([(True, False)]), recall([(False, True)])] == [None, None]
    assert [must_ask_recall([]), must_ask_precision([])] == [None, None]
    assert risk_coverage([]) == ()
