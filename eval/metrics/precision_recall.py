"""Precision and recall of a yes/no judgement (work order needed).

Precision = tp / (tp + fp): of those said yes, how many are. Recall = tp / (tp + fn): of those that are, how many found.
Synonyms: positive predictive value; sensitivity, hit rate of a detector.
Source: scikit-learn `precision_score`, `recall_score`.
Default: 0/0 is `None` ("nothing to measure"), never a silent 0.
"""

from __future__ import annotations

from collections.abc import Sequence

YesNoRow = tuple[bool, bool]
"""(gold, predicted)."""


def of_predicted(rows: Sequence[YesNoRow]) -> list[bool]:
    """Return, for each row predicted yes, whether gold says yes: the trials precision is the mean of."""
    return [gold for gold, predicted in rows if predicted]


def of_gold(rows: Sequence[YesNoRow]) -> list[bool]:
    """Return, for each row gold says yes to, whether it was predicted: the trials recall is the mean of."""
    return [predicted for gold, predicted in rows if gold]


def precision(rows: Sequence[YesNoRow]) -> float | None:
    """Return precision (0-1), or `None` when nothing was predicted yes."""
    trials = of_predicted(rows)
    return sum(trials) / len(trials) if trials else None


def recall(rows: Sequence[YesNoRow]) -> float | None:
    """Return recall (0-1), or `None` when gold has no yes."""
    trials = of_gold(rows)
    return sum(trials) / len(trials) if trials else None
