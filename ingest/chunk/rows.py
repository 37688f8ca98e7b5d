"""Table rows as passages: one row, one fact, with its title, full headers and unit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ingest.chunk.columns import fields_of
from ingest.chunk.context import Context, Harvest, Head
from ingest.chunk.drafts import ARROW, Draft, path
from ingest.chunk.tables import Row, View, is_number
from ingest.chunk.validity import BadDate, first_of, from_cells, is_dead
from ingest.dates import narrow, prefer
from ingest.rulebook import pattern
from ingest.types import Finding
from kb.domain.knowledge import DocumentKind
from kb.domain.validity import Validity

_NOTHING = frozenset({"-", "—", "——", "/", "无"})
LONG_AGO = dt.date(2000, 1, 1)
_CAPTION_TAIL = re.compile(r"[（(][^（()）]*(?:起|至|执行|有效|单位)[^（()）]*[）)]\s*$")


def table_head(context: Context, view: View) -> Head:
    """Return the head of a sheet: title and validity from the rows above its header, where the file itself has none."""
    head = context.head
    own = first_of((*view.captions, *view.notes))
    title = head.title if head.titled else title_of(view) or head.title
    validity = prefer(head.validity, own)
    dead = is_dead(" ".join((context.sheet or "", *view.captions[:2])))
    if dead and validity.valid_to is None:
        start = validity.valid_from
        validity = Validity(
            valid_from=start, valid_to=max(LONG_AGO, start + dt.timedelta(days=1)) if start else LONG_AGO
        )
    return replace(head, title=title, validity=validity)


def title_of(view: View) -> str:
    """Return the first title row that is not a label like 「单位：元」, without its bracketed remarks."""
    labelled = pattern("documents", "table", "caption")
    for caption in view.captions:
        if not labelled.search(caption) and len(caption) <= 60:
            return _CAPTION_TAIL.sub("", caption).strip() or caption
    return ""


def unit_of(view: View) -> str:
    """Return the unit written above (or below) a table, or an empty text."""
    texts = (*view.captions, *view.notes)
    return next((found[1] for text in texts if (found := pattern("documents", "table", "unit").search(text))), "")


def kind_of(view: View, title: str) -> DocumentKind:
    """Guess tariff, fee list or other by words in title, headers and unit."""
    first_rows = (cell for row in view.rows[:3] for cell in row.cells)
    words = " ".join((title, *view.captions, *view.headers, *first_rows))
    if pattern("documents", "kinds", "tariff").search(words):
        return "电价表"
    has_money = pattern("documents", "kinds", "money").search(words)
    return (
        "收费表"
        if pattern("documents", "kinds", "fees").search(title + " ".join(view.headers)) and has_money
        else "资料"
    )


def row_drafts(
    context: Context, view: View, *, head: Head, place: str, base: Validity | None = None
) -> tuple[list[Draft], Harvest]:
    """Return one draft per good row and the findings about bad ones.

    `place` goes before the row in the locator; `base` is the table's own validity where its document has another.
    """
    base = base or Validity()
    columns = fields_of(view.headers, "validity")
    hidden = {i for places in columns.values() for i in places}
    unit, last_key = unit_of(view), ""
    drafts: list[Draft] = []
    findings: list[Finding] = []
    for blank_key_row in view.rows:
        row, last_key = with_key(view, blank_key_row, last_key)
        problem = long_cell(context, view, row)
        try:
            validity = from_cells(row.cells, columns)
        except BadDate as error:
            problem = bad_date(context, view, row, columns, error)
            validity = Validity()
        if problem:
            findings.append(problem)
        elif draft := row_draft(view, row, head=head, place=place, unit=unit, hidden=hidden):
            drafts.append(replace(draft, validity=narrow(base, validity)))
    drafts.extend(replace(note, validity=base) for note in note_drafts(view, head=head, place=place))
    return drafts, Harvest(findings=tuple(findings))


def with_key(view: View, row: Row, last_key: str) -> tuple[Row, str]:
    """Fill a blank first cell from the row above: exports of merged cells leave it blank."""
    first = row.cells[0]
    serial = pattern("documents", "table", "serial").search(view.headers[0])
    if first or serial or not last_key or is_number(last_key):
        return row, first
    return replace(row, cells=(last_key, *row.cells[1:])), last_key


def row_draft(view: View, row: Row, *, head: Head, place: str, unit: str, hidden: set[int]) -> Draft | None:
    """Return a row as a passage, or nothing for a row without values."""
    cells = cells_of(view, row, hidden)
    if not cells:
        return None
    parts = [f"{header}：{value}" for header, value in shared(cells).items() if value not in _NOTHING]
    title = f"{head.title}（单位：{unit}）" if unit else head.title
    return Draft(
        kind="row",
        locator=path(place, f"第 {row.number} 行"),
        text=f"{title}：{'；'.join([row.group, *parts] if row.group else parts)}。",
        heading=subject_of(cells, row.group),
        cells=cells,
    )


def cells_of(view: View, row: Row, hidden: set[int]) -> dict[str, str]:
    """Return a row's values by header; words under one name merged over columns are put together."""
    cells: dict[str, str] = {}
    for index, (header, raw) in enumerate(zip(view.headers, row.cells, strict=True)):
        value = " ".join(raw.split())
        if not value or index in hidden or cells.get(header) == value:
            continue
        if header not in cells:
            cells[header] = value
        elif not is_number(value) and not is_number(cells[header]):
            cells[header] += f" {value}"
        else:
            cells[f"{header}（第{index + 1}列）"] = value
    return cells


def shared(cells: Mapping[str, str]) -> dict[str, str]:
    """Return the cells with a value that all columns of one group share said once: 「电度电价：0.5469」."""
    groups: dict[str, list[str]] = {}
    for header in cells:
        groups.setdefault(header.split(ARROW)[0], []).append(header)
    said: dict[str, str] = {}
    for top, headers in groups.items():
        if len(headers) > 1 and len({cells[header] for header in headers}) == 1:
            said[top] = cells[headers[0]]
        else:
            said.update({header: cells[header] for header in headers})
    return said


def subject_of(cells: Mapping[str, str], group: str) -> str:
    """Return what a row is about: its leading words before the first number, and what the numbers are."""
    serial = pattern("documents", "table", "serial")
    words: list[str] = [group] if group else []
    measures: list[str] = []
    for header, value in cells.items():
        if serial.search(header) or value in _NOTHING:
            continue
        if is_number(value):
            measures.append(header.split(ARROW)[0])
        elif not measures and len(value) <= 40:
            words.append(value)
    named = " ".join(dict.fromkeys(words)) or next(iter(cells.values()))[:40]
    return " ".join((named, *list(dict.fromkeys(measures))[:2])).strip()


def note_drafts(view: View, *, head: Head, place: str) -> Iterator[Draft]:
    """Yield the notes below a table as one section."""
    if view.notes:
        text = f"{head.title}说明：" + "\n".join(view.notes)
        yield Draft(kind="section", locator=path(place, "说明"), text=text, heading=f"{head.title} 说明")


def long_cell(context: Context, view: View, row: Row) -> Finding | None:
    """Return a finding when a cell is longer than any table should hold."""
    for index, cell in enumerate(row.cells):
        if len(cell) > context.limits.cell_chars:
            return context.finding(
                "cell_too_long",
                f"单元格过长：{len(cell)} 字，上限 {context.limits.cell_chars} 字；这一行没有载入",
                row=row.number,
                column=view.headers[index],
                hint="请把长文放进 Word 文档，表里只留要点",
            )
    return None


def bad_date(context: Context, view: View, row: Row, columns: Mapping[str, list[int]], error: BadDate) -> Finding:
    """Return the finding about a cell that is no date."""
    places = columns.get(error.column) or next(iter(columns.values()), [0])
    return context.finding(
        "bad_date",
        f"日期读不懂：{error.text[:40]}；这一行没有载入",
        row=row.number,
        column=view.headers[places[0]],
        hint="请写成 2025-01-31 的样子，失效日期须晚于生效日期",
    )
