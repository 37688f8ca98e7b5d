"""Fitting the judges of pairs: boosted trees for contradictions, a weight for each thing seen for duplicates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.pairs import FOUND, Label, PlantedPair
from kb.curation.watch.sights import FEATURES, Seen
from kb.curation.watch.trees import LEAF
from tools.altering import PREFIX

Floats = npt.NDArray[np.float64]
TREES: Mapping[str, Any] = {
    "n_estimators": 250,
    "learning_rate": 0.05,
    "max_depth": 3,
    "subsample": 0.6,
    "max_features": 0.25,
    "min_samples_leaf": 10,
    "random_state": 0,
}
STRENGTH, CUTS = 0.03, (0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7)
UNLABELLED: Mapping[Label, float] = {"contradiction": 0.4, "duplicate": 0.4}
ALTERED = 0.25
NEITHER = 1.5  # dev holds fewer of these than what is looked at in earnest


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """All that is seen of two subjects: of which planted pair, whether it is with its target, and between entries."""

    pair: PlantedPair | None
    target: bool
    seen: Seen
    entries: bool
    part: int

    @property
    def altered(self) -> bool:
        """Whether nobody worded it: a duplicate with one thing changed."""
        return self.pair is not None and self.pair.pair_id.startswith(PREFIX)

    @property
    def group(self) -> str:
        """Who wrote the pair: the letters its id begins with; empty for what is not planted."""
        return self.pair.pair_id.rstrip("0123456789") if self.pair else ""


def judged(rows: Sequence[Looked]) -> dict[Label, Any]:
    """Return a model for each sort of pair."""
    return {label: fitted(rows, label) for label in FOUND}


def fitted(rows: Sequence[Looked], label: Label) -> Any:  # noqa: ANN401 - scikit-learn is untyped here
    """Fit a model on what counts for one label; contradictions beside their target tell nothing."""
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    used = [row for row in rows if not (row.pair and row.pair.label == label and not row.target)]
    if label == "duplicate":
        used = [row for row in used if row.entries]
    wanted = np.array([row.target and row.pair is not None and row.pair.label == label for row in used])
    weights = np.array([_weight(row, label) for row in used])
    table = table_of(used)
    if label == "contradiction":
        return GradientBoostingClassifier(**TREES).fit(table, wanted, sample_weight=weights)
    scaler = StandardScaler().fit(table)
    model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(scaler.transform(table), wanted, sample_weight=weights)
    model.intercept_ = model.intercept_ - (model.coef_ * scaler.mean_ / scaler.scale_).sum(axis=1)
    model.coef_ = model.coef_ / scaler.scale_
    return model


def _weight(row: Looked, label: Label) -> float:
    if row.pair is None:
        return UNLABELLED[label]
    if row.altered:
        return ALTERED
    return NEITHER if row.target and row.pair.label == "neither" else 1.0


def table_of(rows: Sequence[Looked]) -> Floats:
    """Return what is seen as `(rows, features)`."""
    return np.array([[row.seen.get(name, 0.0) for name in FEATURES] for row in rows], dtype=np.float64)


def told(rows: Sequence[Looked], pairs: Sequence[PlantedPair]) -> Iterator[str]:
    """Yield precision and recall over pairs left out, by how sure a judge must be."""
    for label in FOUND:
        chances = np.zeros(len(rows))
        parts = np.array([row.part for row in rows])
        for part in sorted(set(parts.tolist())):
            model = fitted([row for row in rows if row.part != part], label)
            chances[parts == part] = model.predict_proba(table_of([row for row in rows if row.part == part]))[:, 1]
        if label == "duplicate":
            chances *= np.array([row.entries for row in rows])
        worded = [(row, chance) for row, chance in zip(rows, chances.tolist(), strict=True) if not row.altered]
        yield from (_line(label, cut, worded, pairs) for cut in CUTS)
        changed = [chance for row, chance in zip(rows, chances.tolist(), strict=True) if row.altered and row.target]
        shares = ", ".join(f"{cut:.2f} {sum(chance >= cut for chance in changed)}" for cut in CUTS)
        yield f"{label}, of {len(changed)} altered: {shares}"


def _line(label: Label, cut: float, rows: Sequence[tuple[Looked, float]], pairs: Sequence[PlantedPair]) -> str:
    named = [row for row, chance in rows if chance >= cut]
    claimed = {row.pair.pair_id: row.pair for row in named if row.pair}
    right = sum(pair.label == label for pair in claimed.values())
    found = {row.pair.pair_id: row.group for row in named if row.pair and row.pair.label == label and row.target}
    meant: dict[str, int] = {}
    for pair in pairs:
        if pair.label == label:
            writer = pair.pair_id.rstrip("0123456789")
            meant[writer] = meant.get(writer, 0) + 1
    each = ", ".join(f"{who} {list(found.values()).count(who)}/{many}" for who, many in sorted(meant.items()))
    return (
        f"{label} {cut:.2f}: precision {right}/{len(claimed)}, recall {len(found)}/{sum(meant.values())} ({each}), "
        f"{sum(row.pair is None for row in named)} not planted"
    )


def stored(models: Mapping[Label, Any], pairs: int) -> str:
    """Return the judges as JSON, for `kb/curation/watch/models`."""
    trees = models["contradiction"]
    share = trees.init_.class_prior_[1]
    linear = models["duplicate"]
    return json.dumps(
        {
            "made": {"by": "tools.fit_watchers", "pairs": pairs},
            "features": list(FEATURES),
            "contradiction": {
                "base": round(float(np.log(share / (1.0 - share))), 6),
                "trees": [_tree(tree[0].tree_, trees.learning_rate) for tree in trees.estimators_],
            },
            "duplicate": {
                "base": round(float(linear.intercept_[0]), 6),
                "weights": dict(zip(FEATURES, np.round(linear.coef_[0], 6).tolist(), strict=True)),
            },
        },
        ensure_ascii=False,
        indent=1,
    )


def _tree(tree: Any, rate: float) -> dict[str, list[float]]:  # noqa: ANN401 - scikit-learn is untyped here
    return {
        "feature": np.where(tree.children_left < 0, LEAF, tree.feature).tolist(),
        "cut": np.round(tree.threshold, 6).tolist(),
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        "value": np.round(tree.value[:, 0, 0] * rate, 6).tolist(),
    }
