"""ECE: how far is the stated confidence from the share that is right?

Rows are binned by confidence; ECE = sum over bins of (rows in bin / rows) * |share right - mean confidence|.
Synonyms: expected calibration error, weighted reliability gap. The bins are the points of the reliability diagram.
Source: Naeini, Cooper & Hauskrecht (AAAI 2015); Guo et al. (ICML 2017).
Default: 10 bins of equal width over 0-1, closed on the right (the first also on the left), as scikit-learn's
`calibration_curve` bins; empty bins weigh nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from eval.errors import BadArgument

BINS = 10
ConfidenceRow = tuple[float, bool]
"""(stated confidence in 0-1, whether it was right)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """One bin `(low, high]`: rows in it, their mean confidence, and the share right (0-1)."""

    low: float
    high: float
    n: int
    confidence: float
    right: float


def reliability(rows: Sequence[ConfidenceRow], bins: int = BINS) -> tuple[Bin, ...]:
    """Return the non-empty bins, ascending.

    Raises:
        BadArgument: a confidence outside 0-1, or fewer than one bin.
    """
    if bins < 1:
        raise BadArgument(f"分箱数须不小于 1：{bins}")
    check_confidences(rows)
    edges = [i / bins for i in range(1, bins)]
    filled: dict[int, list[ConfidenceRow]] = {}
    for row in rows:
        filled.setdefault(bisect_left(edges, row[0]), []).append(row)
    return tuple(_bin(place, filled[place], bins) for place in sorted(filled))


def ece(rows: Sequence[ConfidenceRow], bins: int = BINS) -> float | None:
    """Return the expected calibration error (0-1, 0 is perfect); `None` without rows."""
    parts = reliability(rows, bins)
    return sum(part.n * abs(part.right - part.confidence) for part in parts) / len(rows) if rows else None


def check_confidences(rows: Sequence[ConfidenceRow]) -> None:
    """Refuse what is no probability.

    Raises:
        BadArgument: a confidence outside 0-1 (or not a number).
    """
    bad = next((value for value, _ in rows if not 0.0 <= value <= 1.0), None)
    if bad is not None:
        raise BadArgument(f"置信度须在 0 到 1 之间：{bad}", hint="置信度必须是校准后的概率，不是原始得分")


def _bin(place: int, rows: Sequence[ConfidenceRow], bins: int) -> Bin:
    return Bin(
        low=place / bins,
        high=(place + 1) / bins,
        n=len(rows),
        confidence=sum(value for value, _ in rows) / len(rows),
        right=sum(right for _, right in rows) / len(rows),
    )
