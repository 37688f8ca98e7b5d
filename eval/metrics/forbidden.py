"""Forbidden-text rate: how often is something returned that may never be an answer?

Forbidden are guards (wrong things agents have said), internal knowledge, and what is not valid on the day asked about.
Synonyms: leakage rate, policy violation rate.
Source: the project's own bar (0); the proportion is that of any rare failure, "rule of three" for its upper bound
(Hanley & Lippman-Hand, JAMA 1983), which the Wilson interval comes close to.
Default: everything returned counts, shown or only ranked; one piece makes the question a failure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

ReturnedRow = Collection[str]
"""The forbidden pieces found in what one question got back."""


def violations(rows: Sequence[ReturnedRow]) -> list[bool]:
    """Return, per row, whether anything forbidden was returned."""
    return [bool(row) for row in rows]


def forbidden_rate(rows: Sequence[ReturnedRow]) -> float | None:
    """Return the share (0-1) of rows with something forbidden; `None` without rows."""
    return sum(violations(rows)) / len(rows) if rows else None
