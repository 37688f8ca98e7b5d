"""Brier score: mean squared distance between the stated confidence and what happened (1 right, 0 wrong).

Synonyms: quadratic score, mean squared error of probabilities.
Source: Brier (1950); scikit-learn `brier_score_loss`.
Default: the binary form, 0 (perfect) to 1; always saying 0.5 scores 0.25.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics.ece import ConfidenceRow, check_confidences


def squared_errors(rows: Sequence[ConfidenceRow]) -> list[float]:
    """Return one squared error (0-1) per row.

    Raises:
        BadArgument: a confidence outside 0-1.
    """
    check_confidences(rows)
    return [(value - right) ** 2 for value, right in rows]


def brier(rows: Sequence[ConfidenceRow]) -> float | None:
    """Return the mean squared error (0-1); `None` without rows."""
    return sum(squared_errors(rows)) / len(rows) if rows else None
