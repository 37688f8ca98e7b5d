"""Outage notices: from tables, forms, labelled lines and sentences, with normalised fields and times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from ingest.chunk.columns import field_of
from ingest.chunk.context import Context, Harvest
from ingest.chunk.drafts import Draft, build_document
from ingest.chunk.notice_fields import ENDS, STARTS, Fields, take_fields
from ingest.chunk.tables import Row, View
from ingest.moments import iso, moment, span
from ingest.rulebook import rules
from ingest.types import Block, Finding
from kb.domain.validity import Validity


def document_of(context: Context, drafts: Sequence[Draft], part: str | None = None) -> Harvest:
    """Return notices as one document."""
    if not drafts:
        return Harvest()
    return Harvest(documents=(build_document(context, drafts, kind="停电公告", part=part),))


def from_view(context: Context, view: View, place: str) -> tuple[list[Draft], list[Finding]]:
    """Return one notice per row of a table with notice columns."""
    drafts: list[Draft] = []
    findings: list[Finding] = []
    for row in view.rows:
        fields = row_fields(view, row)
        if not fields.get(STARTS):
            findings.append(no_start(context, view, row))
            continue
        drafts.append(draft(context, fields, f"{place} 第 {row.number} 行".strip()))
    return drafts, findings


def no_start(context: Context, view: View, row: Row) -> Finding:
    """Return the finding about a notice without a start."""
    column = next((h for h in view.headers if field_of(h, "notice") == STARTS), STARTS)
    return context.finding(
        "bad_date",
        "停电时间是空的；这一条没有载入",
        row=row.number,
        column=column,
        hint="请填写停电时间，如 2026-11-25 08:00",
    )


def row_fields(view: View, row: Row) -> Fields:
    """Return a row's fields by normalised name."""
    fields: Fields = {}
    for header, cell in zip(view.headers, row.cells, strict=True):
        name = field_of(header, "notice")
        if name and cell:
            fields.setdefault(name, " ".join(cell.split()))
    return fields


def take_notices(context: Context, blocks: Sequence[Block]) -> tuple[list[Block], list[Draft]]:
    """Return the blocks that belong to no notice, and the notices in forms, labelled lines and sentences."""
    rest, found = take_fields(context.head.title, blocks, context.today)
    numbered = enumerate(found, start=1)
    return rest, [draft(context, fields, fields.get("编号") or f"公告{i}") for i, fields in numbered]


def draft(context: Context, fields: Fields, place: str) -> Draft:
    """Return one notice as a passage; it holds until the day after the planned end."""
    cells = dict(fields)
    start, end = times(fields, context.today)
    if start:
        cells[STARTS] = iso(start)
    if end:
        cells[ENDS] = iso(end)
    order = [*(name for name in rules("columns")["notice"] if name in cells)]
    text = "；".join(f"{label(name)}：{fields.get(name) or cells[name]}" for name in order) + "。"
    about = " ".join(filter(None, (cells.get("区域"), cells.get("线路"), cells.get("类型"))))
    heading = f"{about} 停电".replace("停电 停电", "停电")
    return Draft(
        kind="notice",
        locator=cells.get("编号") or place,
        text=text,
        heading=heading[:120],
        cells={name: cells[name] for name in order},
        validity=validity_of(start, end),
    )


def times(fields: Mapping[str, str], today: dt.date) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return start and end; 停电时间 may hold both."""
    start, end = span(fields.get(STARTS, ""), today)
    if ENDS in fields:
        own = moment(fields[ENDS], today)
        if own is None and start is not None:
            own = span(f"{start:%Y/%m/%d} 0:00至{fields[ENDS]}", today)[1]
        end = own or end
    return start, end


def validity_of(start: dt.datetime | None, end: dt.datetime | None) -> Validity:
    """Return validity up to the day after the planned end (or the start, when no end is known)."""
    last = end or start
    return Validity(valid_to=last.date() + dt.timedelta(days=1)) if last else Validity()


def label(name: str) -> str:
    """Return a field's name as customers read it."""
    return name if name.startswith(("停电", "送电", "更新")) else f"停电{name}"
