"""Risk-coverage: if only the most confident share is answered, how many of those answers are wrong?

Synonyms: selective risk curve, accuracy-rejection curve (turned over).
Source: El-Yaniv & Wiener, "On the foundations of noise-free selective classification" (JMLR 2010).
Default: rows of equal confidence enter together, as one threshold lets all of them in; so the curve needs no tie-break.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from eval.metrics.ece import ConfidenceRow, check_confidences


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPoint:
    """Answer when confidence >= `threshold`: share answered (`coverage`) and share of those wrong (`risk`), 0-1."""

    threshold: float
    coverage: float
    risk: float


def risk_coverage(rows: Sequence[ConfidenceRow]) -> tuple[RiskPoint, ...]:
    """Return one point per distinct confidence, from the most confident on.

    Raises:
        BadArgument: a confidence outside 0-1.
    """
    check_confidences(rows)
    points = []
    seen = wrong = 0
    ordered = sorted(rows, key=lambda row: -row[0])
    for threshold, group in groupby(ordered, key=lambda row: row[0]):
        verdicts = [right for _, right in group]
        seen += len(verdicts)
        wrong += verdicts.count(False)
        points.append(RiskPoint(threshold=threshold, coverage=seen / len(rows), risk=wrong / seen))
    return tuple(points)
