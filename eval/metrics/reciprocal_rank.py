"""MRR: how high does the first right answer stand, on average?

Reciprocal rank is 1 / rank of the first right id, 0 when none is ranked; MRR is its mean.
Synonyms: RR, mean reciprocal rank; with rankings cut at 10, as a suggestion's candidates are, MRR@10.
Source: Voorhees, TREC-8 question answering track (1999).
Default: no cut beyond the ranking given. A question without right ids is not a row.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics.ranking import RankedRow, first_right


def reciprocal_ranks(rows: Sequence[RankedRow]) -> list[float]:
    """Return one reciprocal rank (0-1) per row."""
    ranks = [first_right(ranked, right) for ranked, right in rows]
    return [1.0 / rank if rank else 0.0 for rank in ranks]


def mrr(rows: Sequence[RankedRow]) -> float | None:
    """Return the mean reciprocal rank (0-1); `None` without rows."""
    return sum(reciprocal_ranks(rows)) / len(rows) if rows else None
