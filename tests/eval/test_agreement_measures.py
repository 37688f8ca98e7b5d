"""Agreement, selective answering and forbidden text: against scikit-learn, published examples and brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn import metrics as sk

from eval.errors import BadArgument
from eval.metrics.aurc import aurc
from eval.metrics.forbidden import forbidden_rate
from eval.metrics.kappa import cohen_kappa
from eval.metrics.krippendorff import krippendorff_alpha
from eval.metrics.wrong_answer import wrong_answer_rate

SCALE = ("错", "部分对", "对")
SEEDS = range(5)
# The example with four observers of Krippendorff (2011), section C: nominal alpha 0.743, interval alpha 0.849.
FOUR_OBSERVERS = (
    *(("1", "1", "1"), ("2", "2", "3", "2"), ("3", "3", "3", "3"), ("3", "3", "3", "3"), ("2", "2", "2", "2")),
    *(("1", "2", "3", "4"), ("4", "4", "4", "4"), ("1", "1", "2", "1"), ("2", "2", "2", "2"), ("5", "5", "5")),
    *(("1", "1"), ("3",)),
)


def scored(seed: int, *, alike: float = 0.6) -> list[tuple[str, str]]:
    rng = np.random.default_rng(seed)
    first = rng.choice(SCALE, 80).tolist()
    return [(a, a if rng.random() < alike else str(rng.choice(SCALE))) for a in first]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("weights", [None, "linear"])
def test_kappa_agrees_with_scikit_learn(seed: int, weights: str | None) -> None:
    rows = scored(seed)
    expected = sk.cohen_kappa_score([a for a, _ in rows], [b for _, b in rows], labels=SCALE, weights=weights)
    assert cohen_kappa(rows, SCALE if weights else None) == pytest.approx(expected)


@pytest.mark.parametrize("rows", [[], [("对", "对")] * 5])
def test_kappa_of_no_variation_is_undefined_not_zero(rows: list[tuple[str, str]]) -> None:
    assert cohen_kappa(rows) is None


def test_alpha_of_the_published_example() -> None:
    assert krippendorff_alpha(FOUR_OBSERVERS) == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(FOUR_OBSERVERS, "12345") == pytest.approx(0.849, abs=5e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_alpha_of_two_scorers_is_corrected_pi(seed: int) -> None:
    rows = scored(seed)
    both = list(itertools.chain.from_iterable(rows))
    chance = sum((both.count(label) / len(both)) ** 2 for label in SCALE)
    pi = (sum(a == b for a, b in rows) / len(rows) - chance) / (1 - chance)
    assert krippendorff_alpha(rows) == pytest.approx(pi + (1 - pi) / (2 * len(rows)))


@pytest.mark.parametrize("items", [[], [("对",), ("错",)], [("对", "对"), ("对", "对", "对")]])
def test_alpha_of_nothing_to_compare_is_undefined(items: list[tuple[str, ...]]) -> None:
    assert krippendorff_alpha(items) is None


def test_scores_off_the_scale_are_refused() -> None:
    with pytest.raises(BadArgument, match="量表"):
        cohen_kappa([("对", "还行")], SCALE)
    with pytest.raises(BadArgument, match="量表"):
        krippendorff_alpha([("对", "还行")], SCALE)


@pytest.mark.parametrize("seed", SEEDS)
def test_aurc_is_the_mean_of_the_running_error_rate(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [(float(value), bool(rng.random() < value)) for value in rng.random(200)]
    wrong = np.array([not right for _, right in sorted(rows, reverse=True)])
    assert aurc(rows) == pytest.approx(float((wrong.cumsum() / np.arange(1, 201)).mean()))


def test_aurc_of_ties_is_the_average_over_their_orders() -> None:
    rows = [(0.9, True), (0.5, False), (0.5, True), (0.5, True), (0.1, False)]
    areas = []
    for order in itertools.permutations(rows[1:4]):
        wrong = np.array([not right for _, right in (rows[0], *order, rows[4])])
        areas.append(float((wrong.cumsum() / np.arange(1, 6)).mean()))
    assert aurc(rows) == pytest.approx(float(np.mean(areas)))
    assert aurc(rows[::-1]) == aurc(rows)
    assert aurc([]) is None


def test_wrong_answers_count_among_the_answered_only() -> None:
    rows = [("high", "a", ("a",)), ("medium", "b", ("a",)), ("low", None, ("a",)), ("medium", "c", ())]
    assert wrong_answer_rate(rows) == pytest.approx(2 / 3)
    assert wrong_answer_rate(rows[2:3]) is None


def test_forbidden_text_counts_once_a_question() -> None:
    assert forbidden_rate([(), ("G1：护栏", "G2：护栏"), ()]) == pytest.approx(1 / 3)
    assert forbidden_rate([]) is None
