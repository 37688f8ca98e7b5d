"""Rectangles of text: cell values as words, merged cells filled, rows of equal width."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from ingest.types import Table

Span = tuple[tuple[int, int], tuple[int, int]]


def cell_text(value: object) -> str:
    """Return a cell as people write it: 12 rather than 12.0, days as ISO, true as 是."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time(0) else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, dt.time):
        return value.isoformat(timespec="minutes")
    return str(value).strip()


def fill_spans(rows: list[list[str]], spans: Iterable[Span]) -> None:
    """Copy the top-left value of every merged area over the area, in place."""
    for (top, left), (bottom, right) in spans:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for row in rows[top : bottom + 1]:
            stop = min(right + 1, len(row))
            row[left:stop] = [value] * max(0, stop - left)


def table(rows: Sequence[Sequence[str]], *, first_row: int = 1, header_rows: int = 0) -> Table:
    """Return a table with rows padded to equal width."""
    width = max((len(row) for row in rows), default=0)
    padded = tuple((*row, *[""] * (width - len(row))) for row in rows)
    return Table(rows=padded, first_row=first_row, header_rows=header_rows)
