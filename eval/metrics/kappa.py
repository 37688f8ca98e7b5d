"""Cohen's kappa: do two people agree more than chance would make them?

kappa = (observed agreement - expected agreement) / (1 - expected agreement), expected from each scorer's own habits.
Synonyms: chance-corrected agreement of two raters; "weighted" kappa counts near misses on an ordered scale less.
Source: Cohen (1960), weighted Cohen (1968); scikit-learn `cohen_kappa_score`.
Default: unweighted; with `scale` the linear weights of that order. Both using one and the same label throughout makes
chance perfect and kappa undefined: `None`, never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from eval.errors import BadArgument

ScorePair = tuple[str, str]
"""(what the first scorer said, what the second said) about one item."""


def cohen_kappa(rows: Sequence[ScorePair], scale: Sequence[str] | None = None) -> float | None:
    """Return kappa (-1 to 1, 1 is full agreement); `None` without rows or where chance agreement is complete.

    Args:
        rows: one pair per item both scored.
        scale: the labels from worst to best, for linear weights.

    Raises:
        BadArgument: a label that is not on the scale.
    """
    places = {label: float(place) for place, label in enumerate(scale)} if scale is not None else None
    first, second = Counter(a for a, _ in rows), Counter(b for _, b in rows)
    if places is not None and (first.keys() | second.keys()) - places.keys():
        raise BadArgument(f"打分不在量表 {'、'.join(places)} 里")
    observed = sum(_distance(a, b, places) for a, b in rows)
    expected = sum(_distance(a, b, places) * n * m for a, n in first.items() for b, m in second.items())
    return 1.0 - observed * len(rows) / expected if expected else None


def _distance(one: str, other: str, places: dict[str, float] | None) -> float:
    return float(one != other) if places is None else abs(places[one] - places[other])
