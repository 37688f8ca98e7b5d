"""Spreadsheets: every sheet by what its header announces; each sheet one document with its own validity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.chunk import notices
from ingest.chunk.context import Context, Harvest, Head
from ingest.chunk.drafts import Draft, build_document
from ingest.chunk.entry_sheet import entries_of_sheet
from ingest.chunk.pieces import prose_drafts
from ingest.chunk.rows import kind_of, row_drafts, table_head
from ingest.chunk.sheet import no_rows
from ingest.chunk.tables import View, views
from ingest.types import Block, Table


def harvest_sheets(context: Context, blocks: Sequence[Block]) -> Harvest:
    """Return what all sheets of a file yield."""
    several = len(blocks) > 1
    return Harvest.gather(sheet(context, block, several=several) for block in blocks)


def sheet(context: Context, block: Block, *, several: bool) -> Harvest:
    """Return what one sheet yields."""
    table = block.table
    if table is None:
        return Harvest()
    context = context.on_sheet(block.sheet, named_head(context, block, several=several))
    if len(table.rows[0]) == 1:
        return one_column(context, table)
    found = views(table)
    known = [view for view in found if view.profile]
    harvest = Harvest.gather(
        notice_sheet(context, view) if view.profile == "notice" else entries_of_sheet(context, view) for view in known
    )
    return harvest + tables_document(context, [view for view in found if not view.profile])


def named_head(context: Context, block: Block, *, several: bool) -> Head:
    """Return the file's head, with the sheet's name when there are several and it says something."""
    plain = not block.sheet or block.sheet.lower().startswith("sheet")
    if plain or not several:
        return context.head
    return replace(context.head, title=f"{context.head.title} {block.sheet}")


def one_column(context: Context, table: Table) -> Harvest:
    """Return a single column of text as sections."""
    blocks = [Block(kind="paragraph", text=row[0]) for row in table.rows if row[0]]
    drafts, problems = prose_drafts(context, blocks)
    return problems + Harvest(documents=(build_document(context, drafts, kind="资料"),) if drafts else ())


def notice_sheet(context: Context, view: View) -> Harvest:
    """Return a sheet of outage notices."""
    if not view.rows:
        return Harvest(findings=(no_rows(context),))
    drafts, findings = notices.from_view(context, view, context.sheet or "")
    return Harvest(findings=tuple(findings)) + notices.document_of(context, drafts, part="notices")


def tables_document(context: Context, plain: Sequence[View]) -> Harvest:
    """Return the tables of a sheet as one document; its head is that of the first."""
    drafts: list[Draft] = []
    harvest = Harvest()
    if not plain:
        return harvest
    head = table_head(context, plain[0])
    for view in plain:
        if not view.rows and not view.notes:
            harvest = harvest + Harvest(findings=(no_rows(context),))
            continue
        more, problems = row_drafts(context, view, head=own_head(context, view, head), place=context.sheet or "")
        drafts.extend(more)
        harvest = harvest + problems
    if drafts:
        document = build_document(context, drafts, kind=kind_of(plain[0], head.title), head=head)
        harvest = harvest + Harvest(documents=(document,))
    return harvest


def own_head(context: Context, view: View, head: Head) -> Head:
    """Return a table's head: its own title rows, else the sheet's."""
    return table_head(context, view) if view.captions else head
