"""What a grid means: title rows, a header of one or more rows resolved to full paths, data rows, group rows, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ingest.chunk.columns import profile_of
from ingest.chunk.drafts import ARROW
from ingest.rulebook import pattern
from ingest.types import Table

Cells = tuple[str, ...]
_NUMBER = re.compile(r"[-+±]?\s*[¥￥]?[\d,]+(?:\.\d+)?\s*[%％]?|\d{4}-\d{2}-\d{2}.*|[-—/]")
MAX_HEADER_ROWS = 5
HEADER_SEARCH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One data row: its number in the sheet, its cells, and the group row it stands under."""

    number: int
    cells: Cells
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One logical table. `profile` is `qa`, `guard`, `notice` or `None`; `headers` are full paths."""

    headers: Cells
    header_row: int
    profile: str | None
    captions: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = field(default=())


def views(table: Table) -> list[View]:
    """Return the logical tables of a grid; blank rows separate them unless the next part has no header of its own."""
    found: list[View] = []
    pending: list[str] = []
    for segment in _segments(table):
        captions, body = _split_captions(segment)
        if not body:
            pending, found = _loose_captions(captions, pending, found)
            continue
        if found and found[-1].profile and not captions and not _announces(body):
            found[-1] = _continued(found[-1], body)
            continue
        view = _view(body, table if not found else replace(table, header_rows=0), captions=(*pending, *captions))
        if view is None and found and not captions:
            found[-1] = _continued(found[-1], body)
        elif view is None:
            found.append(_headless(body, (*pending, *captions)))
        elif found and view.headers == found[-1].headers and not captions:
            found[-1] = replace(found[-1], rows=found[-1].rows + view.rows, notes=found[-1].notes + view.notes)
        else:
            found.append(view)
        pending = []
    return found


def _announces(body: list[tuple[int, Cells]]) -> bool:
    """Whether a part has a header of its own for entries or notices.

    Without one, a blank row is only a gap: read as a new table, internal answers below it would become public rows.
    """
    return any(profile_of(cells) for _, cells in body[:HEADER_SEARCH])


def _segments(table: Table) -> Iterator[list[tuple[int, Cells]]]:
    segment: list[tuple[int, Cells]] = []
    for number, cells in enumerate(table.rows, start=table.first_row):
        if any(cells):
            segment.append((number, cells))
        elif segment:
            yield segment
            segment = []
    if segment:
        yield segment


def distinct(cells: Cells) -> list[str]:
    """Return the different non-blank values of a row, in order."""
    return list(dict.fromkeys(cell for cell in cells if cell))


def _split_captions(segment: list[tuple[int, Cells]]) -> tuple[tuple[str, ...], list[tuple[int, Cells]]]:
    captions: list[str] = []
    for index, (_, cells) in enumerate(segment):
        values = distinct(cells)
        labelled = pattern("documents", "table", "caption")
        if len(cells) > 1 and (len(values) == 1 or all(labelled.search(value) for value in values)):
            captions.extend(part for value in values for part in caption_parts(value))
        else:
            return tuple(captions), segment[index:]
    return tuple(captions), []


def caption_parts(text: str) -> list[str]:
    """Split a title row that holds everything: 「电价表 执行时间：… 单位：…」."""
    return [part.strip() for part in pattern("documents", "table", "caption_break").split(text) if part.strip()]


def _loose_captions(captions: tuple[str, ...], pending: list[str], found: list[View]) -> tuple[list[str], list[View]]:
    """Rows of one value between blank rows: notes of the table above, or the title of the next one."""
    if found and all(pattern("documents", "table", "note").search(text) for text in captions):
        return pending, [*found[:-1], replace(found[-1], notes=found[-1].notes + captions)]
    return [*pending, *captions], found


def _view(body: list[tuple[int, Cells]], table: Table, *, captions: tuple[str, ...]) -> View | None:
    known = next(((i, p) for i, (_, c) in enumerate(body[:HEADER_SEARCH]) if (p := profile_of(c))), None)
    if known:
        start, profile = known
        headers = tuple(" ".join(cell.split()) for cell in body[start][1])
        above = tuple(value for _, cells in body[:start] for value in distinct(cells))
        rows = tuple(Row(number=n, cells=c) for n, c in body[start + 1 :] if not _is_note(c))
        return View(headers=headers, header_row=body[start][0], profile=profile, captions=captions + above, rows=rows)
    depth = table.header_rows if 0 < table.header_rows < len(body) else _header_depth([cells for _, cells in body])
    if not depth:
        return None
    headers = header_paths([cells for _, cells in body[:depth]])
    rows, notes = _rows_and_notes(body[depth:], len(headers))
    return View(headers=headers, header_row=body[0][0], profile=None, captions=captions, rows=rows, notes=notes)


def _is_note(cells: Cells) -> bool:
    values = distinct(cells)
    return len(values) == 1 and bool(re.match(r"(?:注|备注|说明|附注)\s*\d*\s*[:：]", values[0]))


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, a percentage, a price, a day or a dash for none."""
    return bool(_NUMBER.fullmatch(cell))


def _header_depth(rows: Sequence[Cells]) -> int:
    """Return how many rows the header has; 0 when the first row is data already."""
    first = rows[0]
    filled = [cell for cell in first if cell]
    if len(filled) < 2 or any(is_number(cell) for cell in filled) or any(len(c) > 60 for c in filled):
        return 0
    depth = 1
    while depth < min(len(rows) - 1, MAX_HEADER_ROWS) and _is_header_below(rows[depth - 1], rows[depth]):
        depth += 1
    return depth


def _is_header_below(above: Cells, below: Cells) -> bool:
    """Whether a row refines the header above it: names under merged or open groups, elsewhere nothing new."""
    if any(is_number(cell) for cell in below if cell) or len(distinct(below)) < 2:
        return False
    unit = pattern("documents", "table", "unit_cell")
    fresh = [b for a, b in zip(above, below, strict=True) if b and b != a]
    if fresh and all(unit.match(cell) for cell in fresh):
        return True
    grouped = _grouped(above)
    inside = [bool(below[i]) for i in range(len(above)) if i in grouped]
    outside = [not below[i] or below[i] == above[i] or not above[i] for i in range(len(above)) if i not in grouped]
    return bool(inside) and any(inside) and all(outside) and len(grouped) > 1 and (bool(outside) or _short(below))


def _grouped(row: Cells) -> frozenset[int]:
    """Return the columns under a cell that spans several: equal neighbours, or blanks after it."""
    grouped: set[int] = set()
    for i in range(1, len(row)):
        if row[i - 1] and row[i] == row[i - 1]:
            grouped |= {i - 1, i}
        elif not row[i]:
            start = next((k for k in range(i - 1, -1, -1) if row[k]), None)
            if start is not None:
                grouped |= set(range(start, i + 1))
    return frozenset(grouped)


def _short(row: Cells) -> bool:
    return all(len(cell) <= 12 for cell in row)


def header_paths(rows: Sequence[Cells]) -> Cells:
    """Resolve header rows to one full path per column, like 「电度电价 › 高峰」; a name merged over columns repeats."""
    filled = [list(row) for row in rows]
    for depth, row in enumerate(filled[:-1]):
        for i in range(1, len(row)):
            if not row[i] and filled[depth + 1][i] and all(not filled[k][i] for k in range(depth)):
                row[i] = row[i - 1]
    paths: list[str] = []
    for column in zip(*filled, strict=True):
        parts = list(dict.fromkeys(" ".join(cell.split()) for cell in column if cell))
        paths.append(ARROW.join(parts) or f"第{len(paths) + 1}列")
    return tuple(paths)


def _rows_and_notes(body: list[tuple[int, Cells]], width: int) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    spanning = [width > 1 and len(distinct(cells)) == 1 and _spans(cells) for _, cells in body]
    last = max((i for i, single in enumerate(spanning) if not single), default=-1)
    rows: list[Row] = []
    notes: list[str] = []
    group = ""
    for index, (number, cells) in enumerate(body):
        if not spanning[index]:
            rows.append(Row(number=number, cells=cells, group=group))
        elif index > last or pattern("documents", "table", "note").search(distinct(cells)[0]):
            notes.append(distinct(cells)[0])
        else:
            group = distinct(cells)[0]
    return tuple(rows), tuple(notes)


def _spans(cells: Cells) -> bool:
    """Whether the only value stands in the first cell, or was merged over the row."""
    return bool(cells[0]) and not is_number(cells[0])


def _continued(view: View, body: list[tuple[int, Cells]]) -> View:
    if view.profile:
        more = tuple(Row(number=n, cells=c) for n, c in body if not _is_note(c))
        return replace(view, rows=view.rows + more)
    rows, notes = _rows_and_notes(body, len(view.headers))
    return replace(view, rows=view.rows + rows, notes=view.notes + notes)


def _headless(body: list[tuple[int, Cells]], captions: tuple[str, ...]) -> View:
    rows, notes = _rows_and_notes(body, len(body[0][1]))
    headers = tuple(f"第{i + 1}列" for i in range(len(body[0][1])))
    return View(headers=headers, header_row=0, profile=None, captions=captions, rows=rows, notes=notes)
