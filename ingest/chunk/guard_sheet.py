"""Guard sheets: what must not be said, why, and what to say instead."""

from __future__ import annotations

from ingest.chunk import fields
from ingest.chunk.context import Harvest
from ingest.chunk.rows import long_cell
from ingest.chunk.sheet import REQUIRED, RowRefused, Sheet, joined, read, validity
from ingest.chunk.tables import Row
from ingest.ids import entry_id
from ingest.rulebook import rules
from ingest.types import Finding
from kb.domain.errors import InvalidRecord
from kb.domain.knowledge import Entry, GuardText


def guards(sheet: Sheet) -> Harvest:
    """Read guard rows: what must not be said, why, and what to say instead."""
    found: list[Entry] = []
    findings: list[Finding] = []
    for row in sheet.view.rows:
        try:
            found.append(guard(sheet, row))
        except RowRefused as error:
            findings.append(error.finding)
        except InvalidRecord as error:
            hint = error.hint or "请按提示修改"
            findings.append(sheet.finding("invalid_record", f"{error.message}；这一行没有载入", row, "question", hint))
    return Harvest(entries=tuple(found), findings=tuple(findings))


def guard(sheet: Sheet, row: Row) -> Entry:
    """Return one guard; its question is what the customer said.

    Raises:
        RowRefused: a blank or over-long cell, an unknown category, an unreadable date.
        InvalidRecord: a text too long.
    """
    if problem := long_cell(sheet.context, sheet.view, row):
        raise RowRefused(problem)
    for name in REQUIRED["guard"]:
        if not sheet.cell(row, name):
            label = rules("columns")["guard"][name][0]
            raise RowRefused(sheet.finding("blank_cell", f"「{label}」是空的；这一行没有载入", row, name, "请填写"))
    utterance = sheet.cell(row, "utterance")
    asked = fields.phrasings(joined(sheet, row, "question")) or (utterance,)
    return Entry(
        entry_id=sheet.cell(row, "id") or entry_id(sheet.context.name, asked[0] + utterance),
        kind="guard",
        question=asked[0],
        phrasings=asked[1:],
        categories=read(sheet, row, "categories", lambda text: fields.categories(text, sheet.context.categories)),
        sources=fields.sources(sheet.cell(row, "sources")),
        topics=fields.several(sheet.cell(row, "topics")),
        region=sheet.context.head.region,
        visibility=sheet.context.head.visibility,
        validity=validity(sheet, row),
        guard=GuardText(utterance=utterance, why=sheet.cell(row, "why"), instead=sheet.cell(row, "instead")),
    )
