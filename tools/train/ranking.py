"""Judge candidates with the live retriever; fit calibration and band cuts on development calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from kb.domain.validity import Scope
from kb.index.snapshot import Snapshot
from kb.search.evidence import Expectation
from kb.search.features import FEATURES
from kb.search.query import prepare
from kb.search.ranker import Calibration, Cuts, Ranker, log_odds, margins, prose
from kb.search.retrieve import ANSWERABLE, Retriever
from kb.text.tokens import Analyser

Floats = npt.NDArray[np.float64]
Expect = Callable[[str], Expectation | None]
ALIKE = "asked_alike_vs_rivals"
SCOPE = Scope(as_of=dt.date(2026, 11, 22), internal=True)
HANDICAPS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0)
TRUSTS = (0.0, 0.5, 1.0, 1.5, 2.0)
RISK = 0.01
MEDIUM_PRECISION = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One question's candidates: its words, feature rows and whether each is right."""

    text: str
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
        prose_handicap=0.0,
        made={},
    )


def judge_questions(
    analyser: Analyser, snapshot: Snapshot, questions: Sequence[tuple[str, frozenset[str]]], expect: Expect
) -> list[Judged]:
    """Retrieve candidates for every question and mark the right ones; `expect` gives the question's categories."""
    retriever = Retriever(snapshot, analyser, neutral())
    judged = []
    for text, right in questions:
        query = prepare(text, analyser)
        pool = retriever.pool(query, SCOPE, ANSWERABLE)
        if pool.items:
            marks = np.array([snapshot.table.items[item].item_id in right for item in pool.items], dtype=bool)
            judged.append(Judged(text=text, rows=np.asarray(retriever.rows(query, pool, expect(text))), right=marks))
    return judged


def choose_handicap(edited: Sequence[Judged], ranker: Ranker) -> float:
    """Return how far raw text must lead an edited answer to go first.

    The smallest handicap that puts most edited answers first on `edited`, where only entries count as right: agents
    read answers aloud, and an entry is written for that.
    """
    hits = _hits(edited, ranker)
    return HANDICAPS[int(np.argmax(hits))]


def choose_trust(edited: Sequence[Judged], ranker: Ranker) -> Ranker:
    """Return the ranker that counts likeness to earlier calls as much more as puts most edited answers first.

    The weights were learnt on calls that the likeness had a sixth less to go by for than it has now.
    """
    trusted = [_trusting(ranker, trust) for trust in TRUSTS]
    return max(trusted, key=lambda one: max(_hits(edited, one)))


def _trusting(ranker: Ranker, trust: float) -> Ranker:
    more = round(ranker.weights[ALIKE] + trust, 4)
    return replace(ranker, weights={**ranker.weights, ALIKE: more})


def _hits(edited: Sequence[Judged], ranker: Ranker) -> list[int]:
    """Return how many questions have a right answer first, per handicap."""
    scored = [(question, ranker.scores(question.rows.tolist()), prose(question.rows.tolist())) for question in edited]
    return [
        sum(bool(question.right[int(np.argmax(scores - handicap * raw))]) for question, scores, raw in scored)
        for handicap in HANDICAPS
    ]


def calibrate(judged: Sequence[Judged], doubts: Sequence[float], ranker: Ranker) -> Calibration:
    """Fit Platt's logistic over (score, margin, doubt) on the first three candidates of real calls."""
    usual = float(np.mean([log_odds(doubt) for doubt in doubts]))
    inputs, labels = [], []
    for question, doubt in zip(judged, doubts, strict=True):
        rows = question.rows.tolist()
        scores = ranker.scores(rows)
        leads = margins(scores, prose(rows))
        for place in np.argsort(-ranker.order(rows, scores), kind="stable")[:3]:
            inputs.append([scores[place], leads[place], log_odds(doubt) - usual])
            labels.append(bool(question.right[place]))
    model = LogisticRegression(C=10.0)
    model.fit(np.asarray(inputs), labels)
    score, margin, doubted = (round(float(value), 4) for value in model.coef_[0])
    offset = round(float(model.intercept_[0]), 4)
    return Calibration(score=score, margin=margin, offset=offset, doubt=doubted, usual=round(usual, 4))


def first_chances(
    judged: Sequence[Judged], doubts: Sequence[float], ranker: Ranker
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the first candidate's probability and whether it is right, per question."""
    chances, right = [], []
    for question, doubt in zip(judged, doubts, strict=True):
        rows = question.rows.tolist()
        scores = ranker.scores(rows)
        likely = ranker.probabilities(rows, scores, "default", doubt)
        place = int(np.argmax(ranker.order(rows, scores, likely)))
        chances.append(likely[place])
        right.append(bool(question.right[place]))
    return np.asarray(chances), np.asarray(right)


def choose_cuts(chances: Floats, right: npt.NDArray[np.bool_], exact: float) -> Cuts:
    """Return where the bands begin.

    `high` is the lowest cut that keeps the (shrunk) risk within half of the 2 % allowed: these same calls fitted the
    calibration, and others will be a little worse. Where no cut does on so few calls, it lies above
    every wrong first answer, at most at the probability of an exact hit. `medium` is even odds.
    """
    order = np.argsort(-chances)
    wrong = np.cumsum(~right[order])
    shown = np.arange(1, len(order) + 1)
    safe = np.flatnonzero((wrong + 0.5) / (shown + 1) <= RISK)
    above_wrong = min(exact, float(chances[~right].max(initial=0.0)) + 0.0005)
    high = float(chances[order[safe[-1]]]) if len(safe) else above_wrong
    return Cuts(high=round(max(high, 0.6), 4), medium=round(min(MEDIUM_PRECISION, high), 4))
