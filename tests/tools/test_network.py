"""The ranker learns which candidate is right, repeatably, and averages its members exactly."""

from __future__ import annotations

import numpy as np
import pytest

from kb.search.features import FEATURES
from kb.search.ranker import Hidden, Ranker
from tools.train.network import Options, fit
from tools.train.ranking import Judged, neutral
from tools.train.services import services

pytest.importorskip("torch", reason="training needs the models extra")
GOOD, BAD = FEATURES.index("dense_question"), FEATURES.index("words_answer")
QUICK = Options(units=4, members=2, epochs=40, batch=16, rate=1e-2)
DENSE = {"camera", "kitchen"}
"""Bases of questions nearly alike: what counts there is the neighbours, two rewordings of each are enough."""


def questions(count: int = 60) -> list[tuple[Judged, float]]:
    """The right candidate has more of one feature and less of another; the rest is noise."""
    chance = np.random.default_rng(3)
    made = []
    for number in range(count):
        rows = chance.random((5, len(FEATURES))) * 0.3
        right = np.arange(5) == number % 5
        rows[right, GOOD], rows[right, BAD] = 0.9, 0.0
        made.append((Judged(text=str(number), rows=rows, right=right), 1.0))
    return made


def ranker_of(learned_weights: dict[str, float], hidden: Hidden) -> Ranker:
    plain = neutral()
    return Ranker(
        weights=learned_weights, calibrations=plain.calibrations, cuts=plain.cuts, exact=0.9, prose_handicap=0.0,
        made={}, hidden=hidden,
    )  # fmt: skip


def test_the_right_candidate_is_learnt_twice_alike() -> None:
    first, again = fit(questions(), QUICK), fit(questions(), QUICK)
    assert first == again
    ranker = ranker_of(first.weights, first.hidden)
    hits = [q.right[int(np.argmax(ranker.scores(q.rows.tolist())))] for q, _ in questions()]
    assert np.mean(hits) > 0.95
    assert first.weights["dense_question"] > 0 > first.weights["words_answer"]


def test_questions_without_a_choice_teach_nothing() -> None:
    rows = np.ones((3, len(FEATURES)))
    idle = [(Judged(text="x", rows=rows, right=np.array([flag] * 3)), 1.0) for flag in (True, False)]
    assert fit([*questions(), *idle], QUICK) == fit(questions(), QUICK)


def test_members_are_joined_side_by_side() -> None:
    learned = fit(questions(), QUICK)
    assert len(learned.hidden.bias) == len(learned.hidden.outputs) == QUICK.units * QUICK.members
    assert set(learned.hidden.inputs) == set(FEATURES)


def test_other_services_are_whole() -> None:
    for service in services():
        known = {entry.entry_id for entry in service.entries}
        fewest, said = (50, 2) if service.name in DENSE else (60, 4)
        assert len(known) == len(service.entries) >= fewest, service.name
        assert len(service.questions) >= said * len(known), service.name
        assert all(answers and answers <= known for _text, answers in service.questions), service.name
        assert all(service.said(entry) for entry in known), service.name
