"""Rank first, then measure: the one place where order is decided.

The order of a suggestion is the order the agent sees, so it is kept as returned: equal confidences stay in that order,
and a second appearance of an id is dropped. Scores without an order (`by_score`) are ranked by score, highest first,
ties by id, ascending; so no two measures of one result can disagree about its ranks (as RR@10 and Success@1 do in
ir-measures, whose providers break ties differently).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

RankedRow = tuple[Sequence[str], Collection[str]]
"""(ids in rank order, best first; the ids that are right)."""


def in_order(ids: Iterable[str]) -> tuple[str, ...]:
    """Return the ids as returned, each once."""
    return tuple(dict.fromkeys(ids))


def by_score(scores: Mapping[str, float]) -> tuple[str, ...]:
    """Return the ids by score, highest first; ties by id, ascending."""
    return tuple(sorted(scores, key=lambda name: (-scores[name], name)))


def first_right(ranked: Sequence[str], right: Collection[str]) -> int | None:
    """Return the rank (from 1) of the first right id, or `None` when none is ranked."""
    return next((rank for rank, name in enumerate(ranked, start=1) if name in right), None)
