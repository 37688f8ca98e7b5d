"""The learnt ranker and its calibration, applied from JSON: a score per candidate, then one probability.

The score is linear in the named features plus a small layer over the same features, which lets words count for more
where meanings are all alike and the other way round. The probability is a logistic function of the score and of its
lead over the best rival (Platt 1999, with the margin as second input), so that two equally good candidates are never
both certain.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.domain.errors import RuleFileInvalid
from kb.domain.suggestion import Band
from kb.search.features import FEATURES

Floats = npt.NDArray[np.float64]
Rows = Sequence[Sequence[float]] | Floats
MARGIN_CAP = 6.0
IS_PROSE = FEATURES.index("is_prose")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Logistic calibration for one encoder family: `p = sigmoid(score * a + margin * b + doubt * d + c)`.

    `doubt` weighs how likely the words ask for nothing that is stored (log odds, less their mean `usual`).
    """

    score: float
    margin: float
    offset: float
    doubt: float = 0.0
    usual: float = 0.0

    def doubted(self, chance: float | None) -> float:
        """Return what a probability (0-1) of there being nothing to answer adds; nothing where none is given."""
        return 0.0 if chance is None else self.doubt * (log_odds(chance) - self.usual)


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
class Hidden:
    """A layer of hyperbolic tangents: what goes in per named feature, thresholds, what comes out; `(units,)` each."""

    inputs: Mapping[str, tuple[float, ...]]
    bias: tuple[float, ...]
    outputs: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Ranker:
    """Weights per named feature, a hidden layer over the same features, one calibration per encoder family, band cuts.

    `exact` is the probability (0-1) of an exact hit; `prose_handicap` is what raw text concedes to an edited answer.
    """

    weights: Mapping[str, float]
    calibrations: Mapping[str, Calibration]
    cuts: Cuts
    exact: float
    prose_handicap: float
    made: Mapping[str, Any]
    hidden: Hidden | None = None

    def scores(self, rows: Rows) -> Floats:
        """Return one raw score per feature row."""
        table, (weights, inputs, bias, outputs) = _table(rows), self._arrays
        result: Floats = table @ weights + np.tanh(table @ inputs + bias) @ outputs
        return result

    @cached_property
    def _arrays(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Weights, `(features,)`, and the hidden layer: inputs `(features, units)`, thresholds and outputs."""
        hidden = self.hidden or Hidden(inputs=dict.fromkeys(FEATURES, ()), bias=(), outputs=())
        weights = np.array([self.weights[name] for name in FEATURES])
        inputs = np.array([hidden.inputs[name] for name in FEATURES])
        return weights, inputs, np.array(hidden.bias), np.array(hidden.outputs)

    def blind_to(self, features: Collection[str]) -> Ranker:
        """Return the ranker with some features silenced.

        Raises:
            KeyError: a feature it does not have.
        """
        unknown = sorted(set(features) - set(FEATURES))
        if unknown:
            raise KeyError(f"no such feature: {', '.join(unknown)}")
        weights = {name: 0.0 if name in features else value for name, value in self.weights.items()}
        if self.hidden is None:
            return replace(self, weights=weights)
        silent = (0.0,) * len(self.hidden.bias)
        inputs = {name: silent if name in features else values for name, values in self.hidden.inputs.items()}
        return replace(self, weights=weights, hidden=replace(self.hidden, inputs=inputs))

    def order(self, rows: Rows, scores: Floats, chances: Sequence[float] | None = None) -> Floats:
        """Return what candidates are sorted by: the score, less what raw text concedes to an edited answer.

        Where `chances` are given and no edited answer is likely enough to be shown, raw text concedes nothing: there is
        knowledge that nobody has made an entry of.
        """
        raw = prose(rows)
        if chances is not None:
            edited = np.asarray(chances)[raw == 0.0]
            if edited.max(initial=0.0) < self.cuts.medium:
                return scores
        result: Floats = scores - self.prose_handicap * raw
        return result

    def probabilities(self, rows: Rows, scores: Floats, family: str, doubt: float | None = None) -> list[float]:
        """Return the calibrated probability of each candidate being right.

        Args:
            rows: feature rows.
            scores: their scores.
            family: the encoder's kind.
            doubt: probability (0-1) that the words ask for nothing that is stored, where somebody judged it.
        """
        calibration = self.calibrations.get(family) or self.calibrations["default"]
        doubted = calibration.doubted(doubt)
        leads = margins(scores, prose(rows))
        z = scores * calibration.score + leads * calibration.margin + calibration.offset + doubted
        chances: list[float] = (1.0 / (1.0 + np.exp(-np.clip(z, -30.0, 30.0)))).tolist()
        return chances


def log_odds(chance: float) -> float:
    """Return the log odds of a probability, bounded to ±ln(999)."""
    kept = min(max(chance, 0.001), 0.999)
    return math.log(kept / (1 - kept))


def _table(rows: Rows) -> Floats:
    table: Floats = np.asarray(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))
    return table


def prose(rows: Rows) -> Floats:
    """Return 1 for clauses and sections, 0 for entries and table rows."""
    column: Floats = _table(rows)[:, IS_PROSE]
    return column


def margins(scores: Floats, kinds: Floats) -> Floats:
    """Return each score's lead over its best rival of the same kind (negative behind it), capped; alone: the cap.

    A clause that says the same as an entry supports it; it is no rival.
    """
    leads = np.full(len(scores), MARGIN_CAP)
    for kind in (0.0, 1.0):
        members = np.flatnonzero(kinds == kind)
        if len(members) > 1:
            best, second = members[np.argsort(-scores[members], kind="stable")[:2]]
            leads[members] = scores[members] - scores[best]
            leads[best] = scores[best] - scores[second]
    capped: Floats = np.clip(leads, -MARGIN_CAP, MARGIN_CAP)
    return capped


def load_ranker(path: Path) -> Ranker:
    """Read a ranker.

    Raises:
        RuleFileInvalid: the file lacks a weight for a feature this program computes, or is malformed.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        weights = {name: _finite(data["weights"][name]) for name in FEATURES}
        calibrations = {
            family: Calibration(**{key: _finite(value) for key, value in values.items()})
            for family, values in data["calibrations"].items()
        }
        return Ranker(
            weights=weights,
            calibrations={"default": calibrations["default"], **calibrations},
            cuts=Cuts(**{key: _chance(value) for key, value in data["cuts"].items()}),
            exact=_chance(data["exact"]),
            prose_handicap=_finite(data["prose_handicap"]),
            made=data["made"],
            hidden=_hidden(data["hidden"]) if data.get("hidden") else None,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RuleFileInvalid(f"排序模型读不出来：{path.name}（{error}）", hint="请重新安装或重新训练") from None


def _hidden(data: Mapping[str, Any]) -> Hidden:
    """Read the hidden layer.

    Raises:
        ValueError: its parts differ in length, or hold what is no number.
        KeyError: it lacks a feature.
    """
    inputs = {name: tuple(map(_finite, data["inputs"][name])) for name in FEATURES}
    bias, outputs = tuple(map(_finite, data["bias"])), tuple(map(_finite, data["outputs"]))
    if {len(bias), len(outputs), *map(len, inputs.values())} != {len(bias)}:
        raise ValueError("hidden layer: lengths differ")
    return Hidden(inputs=inputs, bias=bias, outputs=outputs)


def _finite(value: object) -> float:
    """Read a finite number.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"不是有限的数：{value!r}")
    return float(value)


def _chance(value: object) -> float:
    """Read a probability.

    Raises:
        ValueError: it is not between 0 and 1.
    """
    number = _finite(value)
    if not 0 <= number <= 1:
        raise ValueError(f"不在 0 到 1 之间：{value!r}")
    return number
