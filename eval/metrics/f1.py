"""F1 per class, macro and weighted: accuracy that rare classes cannot hide in.

F1 = 2·tp / (2·tp + fp + fn). Macro is the plain mean over classes, weighted the mean by support (gold rows).
Synonyms: F-measure, Dice of a class; "macro" is also called category-averaged.
Source: scikit-learn `f1_score(average=..., zero_division=0)`.
Default: the classes are those that occur in gold or in predictions, the missing prediction `""` excepted; 0/0 is 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from eval.metrics.accuracy import LabelRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScore:
    """One class: precision, recall and F1 (0-1), and its gold rows."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


def per_class(rows: Sequence[LabelRow]) -> tuple[ClassScore, ...]:
    """Return one score per class, by label, ascending."""
    gold = Counter(label for label, _ in rows)
    predicted = Counter(label for _, label in rows)
    right = Counter(label for label, guess in rows if label == guess)
    labels = sorted((gold.keys() | predicted.keys()) - {""})
    return tuple(
        ClassScore(
            label=label,
            precision=_share(right[label], predicted[label]),
            recall=_share(right[label], gold[label]),
            f1=_share(2 * right[label], gold[label] + predicted[label]),
            support=gold[label],
        )
        for label in labels
    )


def macro_f1(rows: Sequence[LabelRow]) -> float | None:
    """Return the mean F1 (0-1) over classes; `None` without rows."""
    scores = per_class(rows)
    return sum(score.f1 for score in scores) / len(scores) if scores else None


def weighted_f1(rows: Sequence[LabelRow]) -> float | None:
    """Return the mean F1 (0-1) weighted by support; `None` without rows."""
    scores = per_class(rows)
    total = sum(score.support for score in scores)
    return sum(score.f1 * score.support for score in scores) / total if total else None


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
