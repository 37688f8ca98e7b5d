"""Measures against scikit-learn on random data."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

from eval.metrics.accuracy import accuracy
from eval.metrics.brier import brier
from eval.metrics.confusion import confusion
from eval.metrics.ece import ece, reliability
from eval.metrics.f1 import macro_f1, per_class, weighted_f1
from eval.metrics.hit import hit_at_k
from eval.metrics.must_ask import must_ask_precision, must_ask_recall
from eval.metrics.precision_recall import precision, recall
from eval.metrics.reciprocal_rank import mrr

SEEDS = range(5)
CLASSES = ["查询", "咨询", "报修", "投诉", "催办"]


def _labels(seed: int) -> list[tuple[str, str]]:
    rng = np.random.default_rng(seed)
    gold, guess = rng.choice(CLASSES, 120), rng.choice(CLASSES[:4], 120)
    return [(str(a), str(b)) for a, b in zip(gold, guess, strict=True)]


def _confident(seed: int) -> list[tuple[float, bool]]:
    rng = np.random.default_rng(seed)
    values = rng.random(300)
    return [(float(value), bool(rng.random() < value**2)) for value in values]


@pytest.mark.parametrize("seed", SEEDS)
def test_classification_measures_agree(seed: int) -> None:
    rows = _labels(seed)
    gold, guess = [a for a, _ in rows], [b for _, b in rows]
    assert accuracy(rows) == pytest.approx(sk.accuracy_score(gold, guess))
    assert macro_f1(rows) == pytest.approx(sk.f1_score(gold, guess, average="macro", zero_division=0))
    assert weighted_f1(rows) == pytest.approx(sk.f1_score(gold, guess, average="weighted", zero_division=0))


@pytest.mark.parametrize("seed", SEEDS)
def test_per_class_scores_agree(seed: int) -> None:
    rows = _labels(seed)
    gold, guess = [a for a, _ in rows], [b for _, b in rows]
    expected = sk.classification_report(gold, guess, output_dict=True, zero_division=0)
    for score in per_class(rows):
        assert score.precision == pytest.approx(expected[score.label]["precision"])
        assert score.recall == pytest.approx(expected[score.label]["recall"])
        assert score.f1 == pytest.approx(expected[score.label]["f1-score"])
        assert score.support == expected[score.label]["support"]


@pytest.mark.parametrize("seed", SEEDS)
def test_confusion_agrees(seed: int) -> None:
    rows = _labels(seed)
    found = confusion(rows)
    expected = sk.confusion_matrix([a for a, _ in rows], [b for _, b in rows], labels=found.labels)
    assert np.array(found.counts).tolist() == expected.tolist()
    wrong = {(a, b): rows.count((a, b)) for a, b in rows if a != b}
    assert [n for _, _, n in found.worst(3)] == sorted(wrong.values(), reverse=True)[:3]
    assert found.worst(1)[0][2] == wrong[found.worst(1)[0][:2]]
    assert confusion([("报修", "")]).labels == ("报修", "（无）")


@pytest.mark.parametrize("seed", SEEDS)
def test_precision_and_recall_agree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [(bool(a), bool(b)) for a, b in rng.integers(0, 2, size=(90, 2))]
    gold, guess = [a for a, _ in rows], [b for _, b in rows]
    assert precision(rows) == pytest.approx(sk.precision_score(gold, guess))
    assert recall(rows) == pytest.approx(sk.recall_score(gold, guess))


@pytest.mark.parametrize("seed", SEEDS)
def test_must_ask_is_micro_precision_and_recall(seed: int) -> None:
    rng = np.random.default_rng(seed)
    gold, asked = rng.integers(0, 2, size=(40, 6)), rng.integers(0, 2, size=(40, 6))
    names = [f"事实{i}" for i in range(6)]
    rows = [
        ([n for n, on in zip(names, a, strict=True) if on], [n for n, on in zip(names, b, strict=True) if on])
        for a, b in zip(gold, asked, strict=True)
    ]
    assert must_ask_recall(rows) == pytest.approx(sk.recall_score(gold, asked, average="micro"))
    assert must_ask_precision(rows) == pytest.approx(sk.precision_score(gold, asked, average="micro"))


@pytest.mark.parametrize("seed", SEEDS)
def test_brier_agrees(seed: int) -> None:
    rows = _confident(seed)
    assert brier(rows) == pytest.approx(sk.brier_score_loss([right for _, right in rows], [value for value, _ in rows]))


@pytest.mark.parametrize("seed", SEEDS)
def test_reliability_bins_are_those_of_calibration_curve(seed: int) -> None:
    rows = _confident(seed)
    right, confidence = calibration_curve([r for _, r in rows], [value for value, _ in rows], n_bins=10)
    bins = reliability(rows)
    assert [part.right for part in bins] == pytest.approx(right.tolist())
    assert [part.confidence for part in bins] == pytest.approx(confidence.tolist())
    weights = [part.n / len(rows) for part in bins]
    assert ece(rows) == pytest.approx(float(np.sum(weights * np.abs(right - confidence))))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("k", [1, 3])
def test_hit_is_top_k_accuracy_and_mrr_is_label_ranking_precision(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.random((50, 6))
    gold = rng.integers(0, 6, 50)
    rows = [
        (tuple(str(i) for i in np.argsort(-line)), frozenset({str(right)}))
        for line, right in zip(scores, gold, strict=True)
    ]
    assert hit_at_k(rows, k) == pytest.approx(sk.top_k_accuracy_score(gold, scores, k=k, labels=range(6)))
    # with one right label per row, label ranking average precision is 1 / rank
    assert mrr(rows) == pytest.approx(sk.label_ranking_average_precision_score(np.eye(6)[gold], scores))
