"""The learnt ranker applied: scores, margins, calibration, bands, and a file that cannot be half read."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.errors import RuleFileInvalid
from kb.search.features import FEATURES
from kb.search.ranker import MARGIN_CAP, Calibration, Cuts, Ranker, load_ranker, margins

SCORES = st.lists(st.floats(-50, 50), max_size=12).map(lambda values: np.array(values, dtype=np.float64))
GOOD: dict[str, Any] = {
    "weights": dict.fromkeys(FEATURES, 0.5),
    "calibrations": {"default": {"score": 1.0, "margin": 0.5, "offset": -2.0}},
    "cuts": {"high": 0.9, "medium": 0.5},
    "exact": 0.98,
    "prose_handicap": 1.0,
    "made": {"at": "2026-11-22"},
}


def written(folder: Path, data: object) -> Path:
    path = folder / "ranker.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def rows(*kinds: str) -> list[list[float]]:
    """Feature rows that differ only in whether they are raw text."""
    return [[float(name == "is_prose" and kind == "prose") for name in FEATURES] for kind in kinds]


def test_a_ranker_reads_back(tmp_path: Path) -> None:
    ranker = load_ranker(written(tmp_path, GOOD))
    assert ranker.scores([[1.0] * len(FEATURES)]).tolist() == [len(FEATURES) * 0.5]
    assert ranker.calibrations["default"] == Calibration(score=1.0, margin=0.5, offset=-2.0)
    assert ranker.scores([]).shape == (0,)


def test_an_unknown_weight_is_ignored_and_a_missing_one_is_named(tmp_path: Path) -> None:
    assert "more" not in load_ranker(written(tmp_path, {**GOOD, "weights": {**GOOD["weights"], "more": 1}})).weights
    for name in FEATURES:
        lacking = {key: value for key, value in GOOD["weights"].items() if key != name}
        with pytest.raises(RuleFileInvalid, match=name):
            load_ranker(written(tmp_path, {**GOOD, "weights": lacking}))


BROKEN: dict[str, object] = {
    "not json": "{",
    "a list": [],
    "no exact": {key: value for key, value in GOOD.items() if key != "exact"},
    "weight a word": {**GOOD, "weights": {**GOOD["weights"], FEATURES[0]: "很多"}},
    "weights a list": {**GOOD, "weights": [1.0]},
    "calibration lacks its offset": {**GOOD, "calibrations": {"default": {"score": 1, "margin": 1}}},
    "calibrations a list": {**GOOD, "calibrations": [1]},
    "no default calibration": {**GOOD, "calibrations": {"tiny": GOOD["calibrations"]["default"]}},
    "cut too many": {**GOOD, "cuts": {"high": 0.9, "medium": 0.5, "low": 0.1}},
    "cut a word": {**GOOD, "cuts": {"high": "高", "medium": 0.5}},
    "weight not a number": {**GOOD, "weights": {**GOOD["weights"], FEATURES[0]: float("nan")}},
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_named(tmp_path: Path, data: object) -> None:
    with pytest.raises(RuleFileInvalid, match=r"ranker\.json") as caught:
        load_ranker(written(tmp_path, data))
    assert caught.value.hint


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleFileInvalid, match=r"none\.json"):
        load_ranker(tmp_path / "none.json")


@given(SCORES)
def test_only_the_best_leads(scores: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    leads = margins(scores, np.zeros(len(scores)))
    assert len(leads) == len(scores)
    assert all(-MARGIN_CAP <= lead <= MARGIN_CAP for lead in leads)
    assert sum(lead > 0 for lead in leads) <= 1
    for score, lead in zip(scores, leads, strict=True):
        assert score == scores.max() or lead < 0 or np.isclose(score, scores.max())


@pytest.mark.parametrize(
    ("scores", "leads"),
    [
        ([], []),
        ([3.0], [MARGIN_CAP]),
        ([1.0, 3.0, 2.0], [-2.0, 1.0, -1.0]),
        ([2.0, 2.0], [0.0, 0.0]),
        ([0.0, 99.0], [-MARGIN_CAP, MARGIN_CAP]),
    ],
)
def test_margins(scores: list[float], leads: list[float]) -> None:
    assert margins(np.array(scores), np.zeros(len(scores))).tolist() == leads


def test_an_equal_rival_takes_certainty_away(ranker: Ranker) -> None:
    alone = ranker.probabilities(rows("entry"), np.array([5.0]), "tiny")
    together = ranker.probabilities(rows("entry", "entry"), np.array([5.0, 5.0]), "tiny")
    assert together[0] == together[1] < alone[0]


def test_a_clause_that_says_the_same_is_no_rival(ranker: Ranker) -> None:
    alone = ranker.probabilities(rows("entry"), np.array([5.0]), "tiny")
    supported = ranker.probabilities(rows("entry", "prose"), np.array([5.0, 5.0]), "tiny")
    assert supported[0] == alone[0]


def test_raw_text_goes_behind_an_edited_answer_unless_it_leads_by_the_handicap(ranker: Ranker) -> None:
    mine = replace(ranker, prose_handicap=2.0)
    assert mine.order(rows("prose", "entry"), np.array([5.0, 4.0])).tolist() == [3.0, 4.0]
    assert mine.order(rows("prose", "entry"), np.array([7.0, 4.0])).tolist() == [5.0, 4.0]
    likely, unlikely = (0.9, mine.cuts.medium), (0.9, mine.cuts.medium - 0.01)
    assert mine.order(rows("prose", "entry"), np.array([5.0, 4.0]), likely).tolist() == [3.0, 4.0]
    assert mine.order(rows("prose", "entry"), np.array([5.0, 4.0]), unlikely).tolist() == [5.0, 4.0]


@given(SCORES)
def test_probabilities_follow_the_scores(scores: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    calibration = Calibration(score=1.0, margin=0.5, offset=-4.0)
    ranker = Ranker(
        weights={},
        calibrations={"default": calibration},
        cuts=Cuts(high=1, medium=0),
        exact=1,
        prose_handicap=0,
        made={},
    )
    chances = ranker.probabilities(rows(*["entry"] * len(scores)), scores, "any")
    assert all(0.0 < chance < 1.0 for chance in chances)
    order = np.argsort(scores, kind="stable")
    assert all(chances[a] <= chances[b] + 1e-12 for a, b in itertools.pairwise(order))


def test_each_family_has_its_own_calibration(ranker: Ranker) -> None:
    flat = Calibration(score=0.0, margin=0.0, offset=0.0)
    mine = Ranker(
        weights={},
        calibrations={**ranker.calibrations, "st": flat},
        cuts=ranker.cuts,
        exact=0.98,
        prose_handicap=0,
        made={},
    )
    assert mine.probabilities(rows("entry"), np.array([9.0]), "st") == [0.5]
    assert mine.probabilities(rows("entry"), np.array([9.0]), "unknown") == ranker.probabilities(
        rows("entry"), np.array([9.0]), "default"
    )


@pytest.mark.parametrize(
    ("chance", "band"), [(1, "high"), (0.9, "high"), (0.899, "medium"), (0.5, "medium"), (0.49, "low"), (0, "low")]
)
def test_bands_begin_at_their_cut(chance: float, band: str) -> None:
    assert Cuts(high=0.9, medium=0.5).band(chance) == band


HIDDEN = {"inputs": {name: [1.0, -1.0] for name in FEATURES}, "bias": [0.0, 0.0], "outputs": [2.0, 0.0]}


def test_the_hidden_layer_adds_to_the_score(tmp_path: Path) -> None:
    ranker = load_ranker(written(tmp_path, {**GOOD, "hidden": HIDDEN}))
    row = [1.0, *([0.0] * (len(FEATURES) - 1))]
    assert ranker.scores([row]).tolist() == [pytest.approx(0.5 + 2 * np.tanh(1.0))]


@pytest.mark.parametrize("part", ["bias", "outputs"])
def test_a_hidden_layer_of_uneven_parts_is_refused(tmp_path: Path, part: str) -> None:
    with pytest.raises(RuleFileInvalid):
        load_ranker(written(tmp_path, {**GOOD, "hidden": {**HIDDEN, part: [1.0]}}))


def test_a_silenced_feature_changes_nothing_any_more(tmp_path: Path) -> None:
    ranker = load_ranker(written(tmp_path, {**GOOD, "hidden": HIDDEN})).blind_to(["dense_answer"])
    row = [0.3] * len(FEATURES)
    other = [0.9 if name == "dense_answer" else 0.3 for name in FEATURES]
    assert ranker.scores([row]) == ranker.scores([other])
    with pytest.raises(KeyError, match="no_such"):
        ranker.blind_to(["no_such"])
