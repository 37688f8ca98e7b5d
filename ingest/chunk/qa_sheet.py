"""Q&A sheets: one row one entry; rows that repeat an id, or leave everything but condition and answer blank, add branches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ingest.chunk import fields
from ingest.chunk.columns import fields_of, plain_header, repeated
from ingest.chunk.context import Context, Harvest
from ingest.chunk.rows import long_cell
from ingest.chunk.tables import Row, View
from ingest.chunk.validity import BadDate, from_cells
from ingest.dates import narrow
from ingest.ids import entry_id
from ingest.rulebook import rules
from ingest.types import Finding
from kb.domain.errors import InvalidRecord
from kb.domain.knowledge import Branch, Entry, GuardText
from kb.domain.validity import Validity

T = TypeVar("T")
Columns = Mapping[str, Sequence[int]]
REQUIRED: Mapping[str, tuple[str, ...]] = {"qa": ("question", "answer"), "guard": ("utterance", "why", "instead")}
_UNKNOWN: Mapping[str, tuple[str, str, str]] = {
    "categories": ("unknown_category", "分类不认识", "请改成这些分类之一："),
    "visibility": ("unknown_visibility", "可见范围不认识", "请写 对外 或 内部"),
    "kind": ("unknown_kind", "类型不认识", "请写 标问、话术脚本、特殊客户技巧 或 紧急程序"),
    "when": ("bad_condition", "适用条件读不懂", "请写成：区域=城区；供电方式=低压"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A Q&A or guard sheet and where its columns are."""

    context: Context
    view: View
    columns: Columns

    def cell(self, row: Row, name: str) -> str:
        """Return a row's text in a field, or an empty one."""
        return fields.first(row.cells, self.columns.get(name, ()))

    def header(self, name: str) -> str | None:
        """Return the header of a field's column."""
        places = self.columns.get(name)
        return self.view.headers[places[0]] if places else None

    def finding(self, code: str, message: str, row: Row, name: str, hint: str) -> Finding:
        """Return a finding at a row and field."""
        return self.context.finding(code, message, row=row.number, column=self.header(name), hint=hint)


def entries_of_sheet(context: Context, view: View) -> Harvest:
    """Return the entries of a Q&A or guard sheet and a finding for every row that could not be read."""
    profile = view.profile or "qa"
    columns = fields_of(view.headers, profile)
    if problem := broken_header(context, view, profile, columns):
        return Harvest(findings=(problem,))
    sheet = Sheet(context=context, view=view, columns=columns)
    if not view.rows:
        return Harvest(findings=(no_rows(context),))
    return guards(sheet) if profile == "guard" else questions(sheet)


def no_rows(context: Context) -> Finding:
    """Return the finding about a table with a header and nothing below."""
    return context.finding("no_rows", "只有表头，没有数据行", hint="请填写数据后再导入，或删掉这张表")


def broken_header(context: Context, view: View, profile: str, columns: Columns) -> Finding | None:
    """Return a finding when a required column is missing or stands twice."""
    names = rules("columns")[profile]
    for field in REQUIRED[profile]:
        if field not in columns:
            return context.finding(
                "missing_column",
                f"缺少必需的列：{names[field][0]}",
                row=view.header_row,
                column=names[field][0],
                hint=f"请加上这一列；列名可写作：{'、'.join(names[field][:5])}",
            )
        if twice := repeated(view.headers, columns[field]):
            return context.finding(
                "duplicate_column",
                f"列名重复：{twice} 出现了两次，分不清以哪一列为准",
                row=view.header_row,
                column=twice,
                hint="请删掉或改名其中一列，整张表再导入一次",
            )
    return None


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


class RowRefused(Exception):  # noqa: N818 - an outcome, not an error of the program
    """A row that cannot be loaded, with the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


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
                sheet.finding("duplicate_id", f"编号重复，问题却不同：{known.question[:30]}", row, "id", "请给这一行换一个编号")
            )
        return new_entry(sheet, row, branch)
    except InvalidRecord as error:
        raise RowRefused(
            sheet.finding("invalid_record", f"{error.message}；这一行没有载入", row, "question", error.hint or "请按提示修改")
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
        kind=read(sheet, row, "kind", lambda text: fields.one_of("kinds", text, "标问")),  # type: ignore[arg-type]
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
        visibility=visibility(sheet, row),  # type: ignore[arg-type]
        validity=validity(sheet, row),
    )


def joined(sheet: Sheet, row: Row, name: str) -> str:
    """Return all cells of a field (相似问1, 相似问2 …), one per line."""
    return "\n".join(row.cells[i] for i in sheet.columns.get(name, ()) if row.cells[i])


def visibility(sheet: Sheet, row: Row) -> str:
    """Return the row's visibility; an internal file makes every row internal.

    Raises:
        RowRefused: a word that is neither 对外 nor 内部.
    """
    if sheet.context.head.visibility == "内部":
        return "内部"
    return read(sheet, row, "visibility", lambda text: fields.one_of("visibility", text, "对外"))


def validity(sheet: Sheet, row: Row) -> Validity:
    """Return the row's validity, open ends taken from the file.

    Raises:
        RowRefused: an unreadable date.
    """
    try:
        return narrow(sheet.context.head.validity, from_cells(row.cells, sheet.columns))
    except BadDate as error:
        hint = "请写成 2025-01-31 的样子，失效日期须晚于生效日期"
        message = f"日期读不懂：{error.text[:40]}；这一行没有载入"
        raise RowRefused(sheet.finding("bad_date", message, row, error.column, hint)) from None


def read(sheet: Sheet, row: Row, name: str, reader: Callable[[str], T]) -> T:
    """Read a field.

    Raises:
        RowRefused: the reader does not know the value.
    """
    try:
        return reader(sheet.cell(row, name))
    except fields.UnknownValue as error:
        code, label, hint = _UNKNOWN[name]
        choices = "、".join(sorted(sheet.context.categories)) if name == "categories" else ""
        message = f"{label}：{error.value[:40]}；这一行没有载入"
        raise RowRefused(sheet.finding(code, message, row, name, hint + choices)) from None


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
