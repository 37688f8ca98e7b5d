"""Intervals and tests against scipy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from eval.errors import BadArgument
from eval.metrics.f1 import macro_f1
from eval.statistics import bootstrap, mcnemar, mean, paired_randomisation, percentile, proportion, wilson


@pytest.mark.parametrize(("successes", "n"), [(0, 10), (10, 10), (3, 10), (216, 240), (1, 1)])
def test_wilson_agrees_with_scipy(successes: int, n: int) -> None:
    expected = stats.binomtest(successes, n).proportion_ci(method="wilson")
    assert wilson(successes, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_proportion_of_nothing_has_no_value() -> None:
    assert proportion([]).value is None
    assert proportion([]).n == 0


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (-1, 3), (4, 3)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    with pytest.raises(BadArgument):
        wilson(successes, n)


@pytest.mark.parametrize(("gained", "lost"), [(0, 0), (5, 0), (3, 9), (40, 41), (900, 1100)])
def test_mcnemar_is_the_exact_binomial_test(gained: int, lost: int) -> None:
    expected = stats.binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    assert mcnemar(gained, lost) == pytest.approx(expected)


def test_mcnemar_refuses_negative_counts() -> None:
    with pytest.raises(BadArgument):
        mcnemar(-1, 2)


def test_bootstrap_mean_covers_the_truth_and_repeats_exactly() -> None:
    values = np.random.default_rng(1).random(400).tolist()
    found = mean(values)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.5 < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.std(values) / 20, rel=0.15)
    assert mean(values) == found
    assert mean(values, seed=2) != found


def test_bootstrap_of_any_statistic_is_seeded() -> None:
    rows = [("咨询", "咨询"), ("报修", "咨询"), ("报修", "报修"), ("投诉", "投诉")] * 10
    found = bootstrap(rows, macro_f1)
    assert found == bootstrap(rows, macro_f1)
    assert found.low is not None
    assert found.value is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert bootstrap([], macro_f1).value is None
    assert mean([]).value is None


def test_randomisation_finds_a_difference_and_not_where_none_is() -> None:
    rng = np.random.default_rng(3)
    before = rng.random(100)
    assert paired_randomisation(before.tolist(), (before + 0.2).tolist()) < 0.001
    assert paired_randomisation(before.tolist(), before.tolist()) == 1.0
    assert paired_randomisation([], []) == 1.0
    noise = (before + rng.normal(0, 0.1, 100)).tolist()
    assert paired_randomisation(before.tolist(), noise) == pytest.approx(
        stats.ttest_rel(before, noise).pvalue, abs=0.03
    )


def test_randomisation_refuses_unpaired_values() -> None:
    with pytest.raises(BadArgument, match="长度"):
        paired_randomisation([1.0], [1.0, 2.0])


def test_percentile_is_linear() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.5
    assert percentile([], 0.5) is None
