"""What Q&A and guard sheets share: where the columns are, how a cell is read, how a row is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ingest.chunk import fields
from ingest.chunk.columns import repeated
from ingest.chunk.context import Context
from ingest.chunk.tables import Row, View
from ingest.chunk.validity import BadDate, from_cells
from ingest.dates import narrow
from ingest.rulebook import rules
from ingest.types import Finding
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


class RowRefused(Exception):
    """A row that cannot be loaded, with the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


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


def joined(sheet: Sheet, row: Row, name: str) -> str:
    """Return all cells of a field (相似问1, 相似问2 …), one per line."""
    return "\n".join(row.cells[i] for i in sheet.columns.get(name, ()) if row.cells[i])


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
