"""Learnt judges, applied from JSON: a weight per named thing seen, small decision trees over the same, one probability.

Boosted trees (Friedman 2001) let one thing seen count for more where another is small; weights alone do where that is
enough. Both add up to log odds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.domain.errors import RuleFileInvalid

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
BUNDLED = Path(__file__).parent / "models" / "pairs.json"
LEAF = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Nodes of a tree: what is looked at (`LEAF`: nothing), up to where it goes left, both children, the log odds."""

    feature: Ints
    cut: Floats
    left: Ints
    right: Ints
    value: Floats

    def __call__(self, table: Floats) -> Floats:
        """Return the log odds each row `(n, features)` adds."""
        node = np.zeros(len(table), dtype=np.int64)
        rows = np.arange(len(table))
        while (inner := self.feature[node] != LEAF).any():
            at = node[inner]
            goes_left = table[rows[inner], self.feature[at]] <= self.cut[at]
            node[inner] = np.where(goes_left, self.left[at], self.right[at])
        return self.value[node]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """What says how likely two subjects are a pair of one sort; `features` names the columns it takes."""

    features: tuple[str, ...]
    base: float
    weights: Floats
    trees: tuple[Tree, ...] = ()

    def chances(self, seen: Sequence[Mapping[str, float]]) -> Floats:
        """Return a probability (0-1) for each pair, by what is seen of it."""
        if not seen:
            return np.zeros(0)
        table = np.array([[row[name] for name in self.features] for row in seen], dtype=np.float64)
        odds = self.base + table @ self.weights
        for tree in self.trees:
            odds += tree(table)
        result: Floats = 1.0 / (1.0 + np.exp(-odds))
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """One judge for each sort of pair."""

    contradiction: Judge
    duplicate: Judge


def load_judges(path: Path = BUNDLED) -> Judges:
    """Read the judges.

    Raises:
        RuleFileInvalid: the file is missing or not what the fitting tool writes.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        names = tuple(data["features"])
        return Judges(
            contradiction=_judge(names, data["contradiction"]),
            duplicate=_judge(names, data["duplicate"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RuleFileInvalid(f"巡查的模型读不出来：{error}", hint="请重新安装") from None


def _judge(names: tuple[str, ...], data: Mapping[str, Any]) -> Judge:
    weights = data.get("weights", {})
    if unknown := weights.keys() - set(names):
        raise ValueError(f"unknown features: {sorted(unknown)}")
    return Judge(
        features=names,
        base=float(data["base"]),
        weights=np.array([float(weights.get(name, 0.0)) for name in names]),
        trees=tuple(_tree(row) for row in data.get("trees", ())),
    )


def _tree(row: Mapping[str, Sequence[float]]) -> Tree:
    return Tree(
        feature=np.array(row["feature"], dtype=np.int64),
        cut=np.array(row["cut"], dtype=np.float64),
        left=np.array(row["left"], dtype=np.int64),
        right=np.array(row["right"], dtype=np.int64),
        value=np.array(row["value"], dtype=np.float64),
    )
