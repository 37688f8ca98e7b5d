"""recall@k: what share of all right ids is among the first k?

Synonyms: R@k, recall at cut-off k. Not hit@k (Success@k), which is content with any one of them.
Source: ir-measures `R@k` (https://ir-measur.es/en/latest/measures.html); Manning et al. (2008), chapter 8.
Default: k = 3, the number of answers shown. Gold ids are alternatives, so this asks more than an agent needs: read it
beside hit@k, never instead. A question without right ids is not a row.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.errors import BadArgument
from eval.metrics.ranking import RankedRow


def recalls(rows: Sequence[RankedRow], k: int = 3) -> list[float]:
    """Return one share (0-1) per row.

    Raises:
        BadArgument: k below 1, or a row without right ids.
    """
    if k < 1:
        raise BadArgument(f"k 须不小于 1：{k}")
    if not all(right for _, right in rows):
        raise BadArgument("没有标准答案的题不能算召回率")
    return [len(set(ranked[:k]) & set(right)) / len(set(right)) for ranked, right in rows]


def recall_at_k(rows: Sequence[RankedRow], k: int = 3) -> float | None:
    """Return the mean share (0-1); `None` without rows."""
    return sum(recalls(rows, k)) / len(rows) if rows else None
