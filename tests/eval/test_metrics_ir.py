"""Ranking measures against ir-measures and scikit-learn on random data; every measure's file says what it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import ir_measures
import numpy as np
import pytest
from sklearn import metrics as sk

import eval.metrics
from eval.errors import BadArgument
from eval.metrics.hit import hit_at_k
from eval.metrics.ndcg import ndcg_at_k, ndcgs
from eval.metrics.ranking import RankedRow, by_score
from eval.metrics.recall import recall_at_k, recalls
from eval.metrics.reciprocal_rank import mrr

SEEDS = range(5)
FOLDER = Path(str(eval.metrics.__file__)).parent
MEASURES: dict[str, Callable[[list[RankedRow]], float | None]] = {
    "Success@1": lambda rows: hit_at_k(rows, 1),
    "Success@3": lambda rows: hit_at_k(rows, 3),
    "R@3": lambda rows: recall_at_k(rows, 3),
    "R@10": lambda rows: recall_at_k(rows, 10),
    "nDCG@3": lambda rows: ndcg_at_k(rows, 3),
    "nDCG@10": ndcg_at_k,
    "RR": mrr,
}


def random_rankings(seed: int) -> tuple[list[RankedRow], dict[str, dict[str, int]], dict[str, dict[str, float]]]:
    """Rankings as rows, as qrels and as a run; scores are all different, since providers break ties differently."""
    rng = np.random.default_rng(seed)
    rows: list[RankedRow] = []
    qrels, run = {}, {}
    for number in range(60):
        scores = dict(zip((f"E{i}" for i in range(15)), rng.permutation(15).astype(float).tolist(), strict=True))
        right = tuple(f"E{i}" for i in rng.choice(20, size=int(rng.integers(1, 5)), replace=False))
        rows.append((by_score(scores), right))
        qrels[f"q{number}"], run[f"q{number}"] = dict.fromkeys(right, 1), scores
    return rows, qrels, run


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", MEASURES)
def test_ranking_measures_agree_with_ir_measures(name: str, seed: int) -> None:
    rows, qrels, run = random_rankings(seed)
    measure = ir_measures.parse_measure(name)
    assert MEASURES[name](rows) == pytest.approx(ir_measures.calc_aggregate([measure], qrels, run)[measure])


@pytest.mark.parametrize("seed", SEEDS)
def test_ndcg_agrees_with_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores, gold = rng.random((40, 12)), rng.integers(0, 2, (40, 12))
    gold[:, 0] = 1
    rows = [
        (tuple(str(i) for i in np.argsort(-line)), tuple(str(i) for i in np.flatnonzero(right)))
        for line, right in zip(scores, gold, strict=True)
    ]
    assert ndcg_at_k(rows, 5) == pytest.approx(sk.ndcg_score(gold, scores, k=5))


def test_ties_are_broken_once_and_for_all_measures() -> None:
    row = (by_score({"b": 1.0, "a": 1.0}), ("b",))
    assert (hit_at_k([row]), mrr([row])) == (0.0, 0.5)


@pytest.mark.parametrize("measure", [ndcgs, recalls])
def test_what_cannot_be_ranked_is_refused(measure: Callable[..., list[float]]) -> None:
    with pytest.raises(BadArgument, match="k"):
        measure([(("a",), ("a",))], 0)
    with pytest.raises(BadArgument, match="没有标准答案"):
        measure([(("a",), ())])
    assert measure([]) == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_a_measure_is_one_small_file_that_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    said = ast.get_docstring(ast.parse(text)) or ""
    assert len(text.splitlines()) <= 100
    if path.stem != "ranking":
        parts = ("Synonyms:", "Source:", "Default:")
        assert [part for part in parts if not re.search(rf"^{part}", said, re.MULTILINE)] == []
