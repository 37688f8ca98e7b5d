"""Q&A sheets: one row one entry; rows that repeat an id, or hold only condition and answer, add branches."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from ingest.chunk import fields
from ingest.chunk.context import Harvest
from ingest.chunk.rows import long_cell
from ingest.chunk.sheet import RowRefused, Sheet, joined, read, validity
from ingest.chunk.tables import Row
from ingest.ids import entry_id
from ingest.types import Finding
from kb.domain.errors import InvalidRecord
from kb.domain.knowledge import Branch, Entry, Kind
from kb.domain.validity import Visibility


def questions(sheet: Sheet) -> Harvest:
    """Read Q&A rows, good ones next to bad ones."""
    found: dict[str, Entry] = {}
    findings: list[Finding] = []
    current, refused = "", False
    for row in sheet.view.rows:
        continuing = not sheet.cell(row, "question") and is_continuation(sheet, row)
        if continuing and refused:
            continue
        key = current if continuing else row_key(sheet, row)
        try:
            found[key] = with_row(sheet, row, found.get(key))
            current, refused = key, False
        except RowRefused as error:
            findings.append(error.finding)
            current, refused = (current, False) if continuing else (key, True)
    return Harvest(entries=tuple(found.values()), findings=tuple(findings))


def row_key(sheet: Sheet, row: Row) -> str:
    """Return the id a row gives, else one made of file and question."""
    return sheet.cell(row, "id") or entry_id(sheet.context.name, sheet.cell(row, "question"))


def is_continuation(sheet: Sheet, row: Row) -> bool:
    """Whether a row only adds an answer (and condition) to the entry above."""
    ignored = {*sheet.columns.get("answer", ()), *sheet.columns.get("when", ()), *sheet.columns.get("id", ())}
    others = [cell for i, cell in enumerate(row.cells) if cell and i not in ignored]
    own_id = sheet.cell(row, "id")
    return bool(sheet.cell(row, "answer")) and not others and not own_id


def with_row(sheet: Sheet, row: Row, known: Entry | None) -> Entry:
    """Return the entry of a row, or a known entry with the row's branch added.

    Raises:
        RowRefused: anything in the row that cannot be stored.
    """
    if problem := long_cell(sheet.context, sheet.view, row):
        raise RowRefused(problem)
    branch = Branch(answer=sheet.cell(row, "answer"), when=read(sheet, row, "when", fields.conditions))
    if not branch.answer:
        raise RowRefused(sheet.finding("no_answer", "答案是空的；这一行没有载入", row, "answer", "请填写答案"))
    try:
        if known is not None and (not sheet.cell(row, "question") or sheet.cell(row, "question") == known.question):
            return add_branch(sheet, row, known, branch)
        if known is not None:
            raise RowRefused(
                sheet.finding(
                    "duplicate_id", f"编号重复，问题却不同：{known.question[:30]}", row, "id", "请给这一行换一个编号"
                )
            )
        return new_entry(sheet, row, branch)
    except InvalidRecord as error:
        raise RowRefused(
            sheet.finding(
                "invalid_record", f"{error.message}；这一行没有载入", row, "question", error.hint or "请按提示修改"
            )
        ) from None


def add_branch(sheet: Sheet, row: Row, known: Entry, branch: Branch) -> Entry:
    """Return an entry with one more branch and the row's phrasings; the same branch twice changes nothing.

    Raises:
        RowRefused: two answers for one condition.
        InvalidRecord: a text too long.
    """
    more = tuple(p for p in fields.phrasings(joined(sheet, row, "phrasings")) if p not in known.phrasings)
    same = next((b for b in known.branches if dict(b.when) == dict(branch.when)), None)
    if same is not None and same.answer != branch.answer:
        hint = "请在「适用条件」里写清各自的条件，如：区域=城区"
        raise RowRefused(sheet.finding("same_condition", "同一问题、同一条件有两个不同答案", row, "answer", hint))
    branches = known.branches if same else (*known.branches, branch)
    return replace(known, branches=branches, phrasings=known.phrasings + more)


def new_entry(sheet: Sheet, row: Row, branch: Branch) -> Entry:
    """Return the entry of one row.

    Raises:
        RowRefused: an unknown category, visibility or kind, or an unreadable date.
        InvalidRecord: no question, or a text too long.
    """
    context, question = sheet.context, sheet.cell(row, "question")
    return Entry(
        entry_id=row_key(sheet, row),
        kind=cast("Kind", read(sheet, row, "kind", lambda text: fields.one_of("kinds", text, "标问"))),
        question=question,
        phrasings=tuple(p for p in fields.phrasings(joined(sheet, row, "phrasings")) if p != question),
        branches=(branch,),
        categories=read(sheet, row, "categories", lambda text: fields.categories(text, context.categories)),
        sources=fields.sources(sheet.cell(row, "sources")),
        flags=fields.several(sheet.cell(row, "flags")),
        hints=fields.several(sheet.cell(row, "hints")),
        topics=fields.several(sheet.cell(row, "topics")),
        owner=sheet.cell(row, "owner"),
        region=sheet.cell(row, "region") or context.head.region,
        visibility=visibility(sheet, row),
        validity=validity(sheet, row),
    )


def visibility(sheet: Sheet, row: Row) -> Visibility:
    """Return the row's visibility; an internal file makes every row internal.

    Raises:
        RowRefused: a word that is neither 对外 nor 内部.
    """
    if sheet.context.head.visibility == "内部":
        return "内部"
    return cast("Visibility", read(sheet, row, "visibility", lambda text: fields.one_of("visibility", text, "对外")))
