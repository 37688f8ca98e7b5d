"""Accuracy: the share of rows whose predicted label is right.

Synonyms: micro-F1 for single-label tasks, exact match. `matches_any` is the lenient form for gold with several right
labels (a question may belong to two categories): the first prediction counts when it is any of them.
Source: scikit-learn `accuracy_score`.
Default: a missing prediction is `""` and counts as wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

LabelRow = tuple[str, str]
"""(gold label, predicted label)."""


def matches(rows: Sequence[LabelRow]) -> list[bool]:
    """Return one verdict per row."""
    return [gold == predicted for gold, predicted in rows]


def matches_any(rows: Sequence[tuple[Collection[str], str]]) -> list[bool]:
    """Return, per row, whether the prediction is one of the gold labels."""
    return [predicted in gold for gold, predicted in rows]


def accuracy(rows: Sequence[LabelRow]) -> float | None:
    """Return the share (0-1) of right predictions; `None` without rows."""
    return sum(matches(rows)) / len(rows) if rows else None
