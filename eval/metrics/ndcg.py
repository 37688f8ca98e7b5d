"""nDCG@k: how close is the ranking to the best possible one, when a right id counts less the lower it stands?

DCG = sum of 1 / log2(rank + 1) over right ids in the first k; nDCG divides by the DCG of all right ids on top.
Synonyms: normalised discounted cumulative gain, with binary gains.
Source: Järvelin & Kekäläinen (ACM TOIS 2002); ir-measures `nDCG@k`, scikit-learn `ndcg_score`.
Default: k = 10, as many candidates as are kept; gains are 0 or 1. A question without right ids is not a row.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eval.errors import BadArgument
from eval.metrics.ranking import RankedRow

DEPTH = 10


def ndcgs(rows: Sequence[RankedRow], k: int = DEPTH) -> list[float]:
    """Return one value (0-1) per row.

    Raises:
        BadArgument: k below 1, or a row without right ids.
    """
    if k < 1:
        raise BadArgument(f"k 须不小于 1：{k}")
    if not all(right for _, right in rows):
        raise BadArgument("没有标准答案的题不能算 nDCG")
    return [
        sum(_gain(rank) for rank, name in enumerate(ranked[:k], start=1) if name in right)
        / sum(_gain(rank) for rank in range(1, min(k, len(set(right))) + 1))
        for ranked, right in rows
    ]


def ndcg_at_k(rows: Sequence[RankedRow], k: int = DEPTH) -> float | None:
    """Return the mean (0-1); `None` without rows."""
    return sum(ndcgs(rows, k)) / len(rows) if rows else None


def _gain(rank: int) -> float:
    return 1.0 / math.log2(rank + 1)
