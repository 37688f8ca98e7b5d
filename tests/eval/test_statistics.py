"""Intervals and tests against scipy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from eval.errors import BadArgument
from eval.metrics.f1 import macro_f1
from eval.statistics import (
    bootstrap,
    detectable,
    holm,
    mcnemar,
    mean,
    paired_randomisation,
    percentile,
    proportion,
    wilson,
)


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


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_values_that_are_all_alike_are_not_certain(value: float) -> None:
    assert mean([value] * 30) == proportion([bool(value)] * 30)


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


@pytest.mark.parametrize("seed", range(4))
def test_holm_rejects_what_stepping_down_by_hand_rejects(seed: int) -> None:
    p = (np.random.default_rng(seed).random(7) * 0.08).tolist()
    kept = holm(p)
    for level in (0.01, 0.05, 0.2):
        rejected: set[int] = set()
        for step, place in enumerate(np.argsort(p).tolist()):
            if p[place] > level / (len(p) - step):
                break
            rejected.add(place)
        assert {place for place, value in enumerate(kept) if value <= level} == rejected
    assert all(after >= before for before, after in zip(p, kept, strict=True))


def test_holm_keeps_order_and_refuses_what_is_no_probability() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
    with pytest.raises(BadArgument):
        holm([1.2])


@pytest.mark.parametrize(("n", "discordant"), [(240, 0.1), (850, 0.1), (850, 0.3)])
def test_a_detectable_difference_is_found_four_times_in_five(n: int, discordant: float) -> None:
    difference = detectable(n, discordant)
    assert difference is not None
    rng = np.random.default_rng(7)
    shares = [(discordant - difference) / 2, (discordant + difference) / 2, 1 - discordant]
    trials = [mcnemar(int(gained), int(lost)) < 0.05 for lost, gained, _ in rng.multinomial(n, shares, size=800)]
    assert 0.7 < sum(trials) / len(trials) < 0.9


def test_larger_sets_show_smaller_differences_and_tiny_ones_none() -> None:
    found = [detectable(n, 0.1) for n in (100, 400, 1600)]
    assert all(value is not None for value in found)
    assert found == sorted(found, key=lambda value: -(value or 0))
    assert detectable(10, 0.1) is None
    assert detectable(1000, 0.0) is None
    for n, share in ((0, 0.1), (10, 1.5)):
        with pytest.raises(BadArgument):
            detectable(n, share)
