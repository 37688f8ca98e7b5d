"""The learnt ranker and its calibration, applied from JSON: a score per candidate, then one probability.

The score is linear in the named features. The probability is a logistic function of the score and of its lead over the
best rival (Platt 1999, with the margin as second input), so that two equally good candidates are never both certain.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.domain.errors import RuleFileInvalid
from kb.domain.suggestion import Band
from kb.search.features import FEATURES

Floats = npt.NDArray[np.float64]
MARGIN_CAP = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Logistic calibration for one encoder family: `p = sigmoid(score * a + margin * b + c)`."""

    score: float
    margin: float
    offset: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """Where the bands begin, chosen by risk-coverage on development utterances."""

    high: float
    medium: float

    def band(self, probability: float) -> Band:
        """Return the band of a calibrated probability."""
        if probability >= self.high:
            return "high"
        return "medium" if probability >= self.medium else "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranker:
    """Weights per named feature, one calibration per encoder family, band cuts, and the probability of an exact hit."""

    weights: Mapping[str, float]
    calibrations: Mapping[str, Calibration]
    cuts: Cuts
    exact: float
    made: Mapping[str, Any]

    def scores(self, rows: Sequence[Sequence[float]]) -> Floats:
        """Return one raw score per feature row."""
        if not rows:
            return np.zeros(0)
        weights = np.array([self.weights[name] for name in FEATURES])
        result: Floats = np.asarray(rows, dtype=np.float64) @ weights
        return result

    def probabilities(self, scores: Floats, family: str) -> list[float]:
        """Return the calibrated probability of each candidate being right; `family` names the encoder's kind."""
        calibration = self.calibrations.get(family) or self.calibrations["default"]
        result = []
        for place, margin in enumerate(margins(scores)):
            z = float(scores[place]) * calibration.score + margin * calibration.margin + calibration.offset
            result.append(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z)))))
        return result


def margins(scores: Floats) -> list[float]:
    """Return each score's lead over its best rival (negative behind it), capped; a lone candidate leads by the cap."""
    if len(scores) < 2:
        return [MARGIN_CAP] * len(scores)
    order = np.argsort(-scores, kind="stable")
    best, second = float(scores[order[0]]), float(scores[order[1]])
    leads = [float(s) - (second if i == order[0] else best) for i, s in enumerate(scores)]
    return [max(-MARGIN_CAP, min(MARGIN_CAP, lead)) for lead in leads]


def load_ranker(path: Path) -> Ranker:
    """Read a ranker.

    Raises:
        RuleFileInvalid: the file lacks a weight for a feature this program computes, or is malformed.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        weights = {name: float(data["weights"][name]) for name in FEATURES}
        return Ranker(
            weights=weights,
            calibrations={family: Calibration(**values) for family, values in data["calibrations"].items()},
            cuts=Cuts(**data["cuts"]),
            exact=float(data["exact"]),
            made=data["made"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RuleFileInvalid(f"排序模型读不出来：{path.name}（{error}）", hint="请重新安装或重新训练") from None
