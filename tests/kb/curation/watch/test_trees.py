"""Judges from JSON: the same chances as the model they were fitted as; damaged files are told, not guessed."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eval.pairs import Label, PlantedPair
from kb.curation.watch.sights import FEATURES
from kb.curation.watch.trees import BUNDLED, load_judges
from kb.domain.errors import RuleFileInvalid
from tools.fit_judges import Looked, fitted, stored, table_of

STUMP = {"feature": [0, -1, -1], "cut": [0.5, 0, 0], "left": [1, -1, -1], "right": [2, -1, -1], "value": [0, -2.0, 2.0]}
SMALL: dict[str, Any] = {
    "features": ["asked", "told"],
    "contradiction": {"base": 0.0, "trees": [STUMP]},
    "duplicate": {"base": -1.0, "weights": {"told": 2.0}},
}


def write(folder: Path, data: object) -> Path:
    path = folder / "pairs.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def chance(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-odds))


def test_trees_and_weights_add_up_to_log_odds(tmp_path: Path) -> None:
    judges = load_judges(write(tmp_path, SMALL))
    seen = [{"asked": 0.5, "told": 0.0}, {"asked": 0.6, "told": 1.0}]
    assert judges.contradiction.chances(seen) == pytest.approx([chance(-2.0), chance(2.0)])
    assert judges.duplicate.chances(seen) == pytest.approx([chance(-1.0), chance(1.0)])
    assert len(judges.contradiction.chances([])) == 0


@pytest.mark.parametrize(
    "data", ["{", {"features": []}, {**SMALL, "duplicate": {"base": 0.0, "weights": {"length": 1.0}}}]
)
def test_a_damaged_file_is_told(tmp_path: Path, data: object) -> None:
    with pytest.raises(RuleFileInvalid, match="模型"):
        load_judges(write(tmp_path, data))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuleFileInvalid, match="模型"):
        load_judges(tmp_path / "none.json")


def test_what_is_stored_judges_as_what_was_fitted(tmp_path: Path) -> None:
    generator = np.random.default_rng(7)
    rows = []
    for number in range(240):
        seen = dict(zip(FEATURES, generator.random(len(FEATURES)).tolist(), strict=True))
        label: Label = (
            "contradiction" if seen["clash_any"] > 0.6 else "duplicate" if seen["answered"] > 0.6 else "neither"
        )
        rows.append(Looked(pair=pair(f"w{number}", label), target=True, seen=seen, entries=True, part=0))
    labels: tuple[Label, ...] = ("contradiction", "duplicate")
    models = {label: fitted(rows, label) for label in labels}
    judges = load_judges(write(tmp_path, stored(models, len(rows))))
    table = table_of(rows)
    for label, judge in zip(labels, (judges.contradiction, judges.duplicate), strict=True):
        wanted = models[label].predict_proba(table)[:, 1]
        assert judge.chances([row.seen for row in rows]) == pytest.approx(wanted, abs=1e-4)


def test_the_bundled_judges_look_at_what_is_seen() -> None:
    judges = load_judges()
    assert judges.contradiction.features == judges.duplicate.features == FEATURES
    assert json.loads(BUNDLED.read_text(encoding="utf-8"))["made"]["by"] == "tools.fit_watchers"


def pair(pair_id: str, label: Label) -> PlantedPair:
    return PlantedPair(
        pair_id=pair_id,
        label=label,
        kind="",
        entry_id="A",
        document="",
        locator="",
        question="问",
        answer="答",
        half="dev",
    )
