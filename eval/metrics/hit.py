"""hit@k: is any right answer among the first k?

Synonyms: Success@k, top-k accuracy, HitRate@k. Not recall@k, which asks for the share of all right answers.
Source: ir-measures `Success@k` (https://ir-measur.es/en/latest/measures.html).
Default: k = 1. A question without ranked ids scores 0; a question without right ids is not a row (leave it out).
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.errors import BadArgument
from eval.metrics.ranking import RankedRow, first_right


def hits(rows: Sequence[RankedRow], k: int = 1) -> list[bool]:
    """Return one verdict per row.

    Raises:
        BadArgument: k below 1.
    """
    if k < 1:
        raise BadArgument(f"k 须不小于 1：{k}")
    return [first_right(ranked[:k], right) is not None for ranked, right in rows]


def hit_at_k(rows: Sequence[RankedRow], k: int = 1) -> float | None:
    """Return the share of rows (0-1) with a right id at rank <= k; `None` without rows."""
    return sum(hits(rows, k)) / len(rows) if rows else None
