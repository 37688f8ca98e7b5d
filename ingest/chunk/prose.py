"""Documents of running text: notices, bad examples and Q&A pairs are taken out first, the rest becomes passages."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.chunk import notices
from ingest.chunk.context import Context, Harvest
from ingest.chunk.criticism import take_guards
from ingest.chunk.drafts import Draft, build_document
from ingest.chunk.entry_sheet import entries_of_sheet
from ingest.chunk.notice_fields import is_notice_title
from ingest.chunk.outline import is_clause_document
from ingest.chunk.pieces import prose_drafts
from ingest.chunk.qa_prose import take_pairs
from ingest.chunk.tables import views
from ingest.rulebook import pattern
from ingest.types import Block
from kb.domain.knowledge import DocumentKind


def harvest_prose(context: Context, blocks: Sequence[Block]) -> Harvest:
    """Return everything a document yields."""
    blocks, from_tables, notice_drafts = take_tables(context, blocks)
    blocks, more = notices.take_notices(context, blocks)
    notice_drafts = [*notice_drafts, *more]
    blocks, guards = take_guards(context, blocks)
    blocks, pairs = take_pairs(context, blocks)
    drafts, problems = prose_drafts(context, blocks)
    harvest = from_tables + guards + pairs + problems
    if notice_drafts:
        return harvest + notices.document_of(context, [*notice_drafts, *drafts])
    if drafts:
        harvest = harvest + Harvest(documents=(build_document(context, drafts, kind=kind_of(context, blocks, drafts)),))
    return harvest


def take_tables(context: Context, blocks: Sequence[Block]) -> tuple[list[Block], Harvest, list[Draft]]:
    """Return the blocks without Q&A, guard and notice tables, and what those tables yield."""
    rest: list[Block] = []
    harvest = Harvest()
    drafts: list[Draft] = []
    for block in blocks:
        found = views(block.table) if block.table is not None else []
        if not any(view.profile for view in found):
            rest.append(block)
            continue
        for view in found:
            if view.profile == "notice":
                more, findings = notices.from_view(context, view, context.head.title)
                drafts.extend(more)
                harvest = harvest + Harvest(findings=tuple(findings))
            elif view.profile:
                harvest = harvest + entries_of_sheet(context, view)
    return rest, harvest, drafts


def kind_of(context: Context, blocks: Sequence[Block], drafts: Sequence[Draft]) -> DocumentKind:
    """Guess a document's kind: policy by clauses or title, tariff or fees by its rows, else material."""
    title = context.head.title
    if is_clause_document(blocks) or context.head.number:
        return "制度"
    rows = sum(draft.kind == "row" for draft in drafts)
    if rows * 2 > len(drafts):
        words = title + " ".join(next(iter([d.text for d in drafts if d.kind == "row"]), ""))
        return "电价表" if pattern("documents", "kinds", "tariff").search(title + drafts[0].text + words) else "收费表"
    if is_notice_title(title):
        return "停电公告"
    return "制度" if pattern("documents", "kinds", "policy").search(title) else "资料"
