"""Sheets whose header announces entries: Q&A or guards."""

from __future__ import annotations

from dataclasses import replace

from ingest.chunk.columns import fields_of
from ingest.chunk.context import Context, Harvest
from ingest.chunk.guard_sheet import guards
from ingest.chunk.own_labels import label_policy
from ingest.chunk.qa_sheet import questions
from ingest.chunk.sheet import Sheet, broken_header, no_rows
from ingest.chunk.tables import View


def entries_of_sheet(context: Context, view: View) -> Harvest:
    """Return the entries of a Q&A or guard sheet and a finding for every row that could not be read."""
    profile = view.profile or "qa"
    columns = fields_of(view.headers, profile)
    if problem := broken_header(context, view, profile, columns):
        return Harvest(findings=(problem,))
    sheet = Sheet(context=context, view=view, columns=columns)
    if not view.rows:
        return Harvest(findings=(no_rows(context),))
    accepted, notes = label_policy(context, (label for row in view.rows if (label := sheet.cell(row, "categories"))))
    sheet = Sheet(context=accepted, view=view, columns=columns)
    harvest = guards(sheet) if profile == "guard" else questions(sheet)
    return replace(harvest, findings=(*notes, *harvest.findings))
