"""Fit the ranker: pairwise logistic regression on feature differences, then calibration and band cuts on real calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from kb.domain.validity import Scope
from kb.index.snapshot import Snapshot
from kb.search.features import FEATURES
from kb.search.query import prepare
from kb.search.ranker import Calibration, Cuts, Ranker, margins
from kb.search.retrieve import ANSWERABLE, Retriever
from kb.text.tokens import Analyser
from tools.train.bases import Base

Floats = npt.NDArray[np.float64]
SCOPE = Scope(as_of=dt.date(2026, 11, 22), internal=True)
NEGATIVES = 12
RISK = 0.02
MEDIUM_PRECISION = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One question's candidates: feature rows and whether each is right."""

    rows: Floats
    right: npt.NDArray[np.bool_]


def neutral() -> Ranker:
    """Return a ranker that weighs every feature alike; only its retriever's candidates are used."""
    calibration = Calibration(score=1.0, margin=0.0, offset=0.0)
    return Ranker(
        weights=dict.fromkeys(FEATURES, 1.0),
        calibrations={"default": calibration},
        cuts=Cuts(high=0.9, medium=0.5),
        exact=0.98,
        made={},
    )


def judge_questions(
    analyser: Analyser, snapshot: Snapshot, questions: Sequence[tuple[str, frozenset[str]]]
) -> list[Judged]:
    """Retrieve candidates for every question and mark the right ones."""
    retriever = Retriever(snapshot, analyser, neutral())
    judged = []
    for text, right in questions:
        query = prepare(text, analyser)
        pool = retriever.pool(query, SCOPE, ANSWERABLE)
        if pool.items:
            marks = np.array([snapshot.table.items[item].item_id in right for item in pool.items], dtype=bool)
            judged.append(Judged(rows=np.asarray(retriever.rows(query, pool)), right=marks))
    return judged


def fit_weights(analyser: Analyser, bases: Sequence[Base]) -> dict[str, float]:
    """Return one weight per feature from all bases' pairs (right minus wrong), each question weighing the same."""
    differences, weights = [], []
    for base in bases:
        judged = judge_questions(analyser, base.snapshot, base.questions)
        for question in judged:
            pairs = _pairs(question)
            differences.extend(pairs)
            weights.extend([1.0 / len(pairs)] * len(pairs) if pairs else [])
    matrix = np.vstack([np.asarray(differences), -np.asarray(differences)])
    labels = np.repeat([1, 0], len(differences))
    model = LogisticRegression(C=10.0, fit_intercept=False, max_iter=2000)
    model.fit(matrix, labels, sample_weight=np.tile(weights, 2))
    return {name: round(float(value), 4) for name, value in zip(FEATURES, model.coef_[0], strict=True)}


def _pairs(question: Judged) -> list[Floats]:
    """Return differences of each right candidate with the wrong ones that look most like it."""
    good, bad = question.rows[question.right], question.rows[~question.right]
    if not len(good) or not len(bad):
        return []
    hardest = bad[np.argsort(-bad.sum(axis=1))][:NEGATIVES]
    return [g - b for g in good[:3] for b in hardest]


def calibrate(judged: Sequence[Judged], weights: dict[str, float]) -> Calibration:
    """Fit Platt's logistic over (score, margin) on the first three candidates of real calls."""
    vector = np.array([weights[name] for name in FEATURES])
    inputs, labels = [], []
    for question in judged:
        scores = question.rows @ vector
        leads = margins(scores)
        for place in np.argsort(-scores, kind="stable")[:3]:
            inputs.append([scores[place], leads[place]])
            labels.append(bool(question.right[place]))
    model = LogisticRegression(C=10.0)
    model.fit(np.asarray(inputs), labels)
    score, margin = model.coef_[0]
    return Calibration(
        score=round(float(score), 4), margin=round(float(margin), 4), offset=round(float(model.intercept_[0]), 4)
    )


def first_chances(judged: Sequence[Judged], ranker: Ranker, family: str) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the first candidate's probability and whether it is right, per question."""
    chances, right = [], []
    for question in judged:
        scores = ranker.scores(question.rows.tolist())
        place = int(np.argmax(scores))
        chances.append(ranker.probabilities(scores, family)[place])
        right.append(bool(question.right[place]))
    return np.asarray(chances), np.asarray(right)


def choose_cuts(chances: Floats, right: npt.NDArray[np.bool_]) -> Cuts:
    """Return the lowest `high` cut that keeps risk within 2 % (one-sided shrunk), and the `medium` cut at even odds."""
    order = np.argsort(-chances)
    wrong = np.cumsum(~right[order])
    shown = np.arange(1, len(order) + 1)
    safe = np.flatnonzero((wrong + 0.5) / (shown + 1) <= RISK)
    high = float(chances[order[safe[-1]]]) if len(safe) else 0.97
    return Cuts(high=round(max(high, 0.6), 4), medium=round(min(MEDIUM_PRECISION, high), 4))
