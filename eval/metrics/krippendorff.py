"""Krippendorff's alpha: do any number of people agree, when not everyone scored everything?

alpha = 1 - observed disagreement / disagreement expected by chance, over all pairs of scores of one item.
Synonyms: for two scorers and no gap it is Scott's pi with a small-sample correction.
Source: Krippendorff, "Content Analysis" (2004), chapter 11; "Computing Krippendorff's Alpha-Reliability" (2011).
Default: nominal differences; with `scale` the interval metric on the places of that order. Items with fewer than two
scores say nothing and are left out. No variation at all leaves chance nothing to expect: `None`, never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from eval.errors import BadArgument

Scores = Sequence[str]
"""Everything said about one item, gaps left out."""


def krippendorff_alpha(items: Sequence[Scores], scale: Sequence[str] | None = None) -> float | None:
    """Return alpha (at most 1); `None` without two scores on any item, or when every score is the same.

    Args:
        items: the scores of each item, in any order.
        scale: the labels from worst to best, for interval differences.

    Raises:
        BadArgument: a label that is not on the scale.
    """
    places = {label: float(place) for place, label in enumerate(scale)} if scale is not None else None
    paired = [Counter(scores) for scores in items if len(scores) > 1]
    totals = sum(paired, Counter[str]())
    if places is not None and totals.keys() - places.keys():
        raise BadArgument(f"打分不在量表 {'、'.join(places)} 里")
    n = sum(totals.values())
    observed = sum(_spread(counts, places) / (counts.total() - 1) for counts in paired)
    expected = _spread(totals, places)
    return 1.0 - observed * (n - 1) / expected if expected else None


def _spread(counts: Counter[str], places: dict[str, float] | None) -> float:
    """Return the summed difference over all ordered pairs of scores."""
    return sum(_difference(a, b, places) * n * m for a, n in counts.items() for b, m in counts.items())


def _difference(one: str, other: str, places: dict[str, float] | None) -> float:
    return float(one != other) if places is None else (places[one] - places[other]) ** 2
