"""AURC: the area under the risk-coverage curve. Does confidence put the wrong answers last?

For the k most confident answers, risk is the share of wrong ones; AURC is the mean of that over k = 1 … n.
Synonyms: area under the selective risk curve, mean selective risk.
Source: Geifman, Uziel & El-Yaniv (ICLR 2019), "Bias-reduced uncertainty estimation for deep neural classifiers".
Default: 0 is perfect, 1 is all wrong; answers of equal confidence count as in the average over all their orders, so the
order of questions changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from eval.metrics.ece import ConfidenceRow, check_confidences


def aurc(rows: Sequence[ConfidenceRow]) -> float | None:
    """Return the area (0-1); `None` without rows.

    Raises:
        BadArgument: a confidence outside 0-1.
    """
    check_confidences(rows)
    if not rows:
        return None
    area = 0.0
    seen = wrong = 0
    for _, group in groupby(sorted(rows, key=lambda row: -row[0]), key=lambda row: row[0]):
        verdicts = [right for _, right in group]
        mistakes, size = verdicts.count(False), len(verdicts)
        area += sum((wrong + mistakes * k / size) / (seen + k) for k in range(1, size + 1))
        seen += size
        wrong += mistakes
    return area / len(rows)
