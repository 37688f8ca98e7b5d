"""A curator's file as rows: entries, or phrasings for entries that exist. Nothing is compared with the store yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.chunk import fields
from ingest.chunk.columns import fields_of
from ingest.chunk.context import Context, Harvest, Head
from ingest.chunk.entry_sheet import entries_of_sheet
from ingest.chunk.qa_sheet import row_key
from ingest.chunk.records import harvest_records
from ingest.chunk.sheet import Sheet
from ingest.chunk.tables import View, views
from ingest.errors import FileRefused
from ingest.exchange.columns import Column, ambiguous, columns_of, mapped, name_of, untamed
from ingest.loaders.reading import read_source
from ingest.loaders.registry import load
from ingest.types import Finding, Limits, LoadedFile, Table
from kb.domain.knowledge import Entry

TABULAR = frozenset({"xlsx", "xls", "csv"})
EVERY: frozenset[str] = frozenset()
VALIDITY = frozenset({"valid_from", "valid_to", "last_day", "period"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One entry of a file. `present` are the fields its sheet has columns for; empty means all of them."""

    entry: Entry
    sheet: str
    row: int
    present: frozenset[str] = EVERY


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """Phrasings for an entry that exists."""

    entry_id: str
    phrasings: tuple[str, ...]
    sheet: str
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """Everything a file yields."""

    name: str
    columns: tuple[Column, ...] = ()
    entries: tuple[Incoming, ...] = ()
    phrasings: tuple[More, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def __add__(self, other: Sheets) -> Sheets:
        return Sheets(
            name=self.name,
            columns=self.columns + other.columns,
            entries=self.entries + other.entries,
            phrasings=self.phrasings + other.phrasings,
            findings=self.findings + other.findings,
        )


def read_sheets(path: Path, *, categories: Collection[str], today: dt.date, mapping: Mapping[str, str]) -> Sheets:
    """Read a file of entries or phrasings; good rows beside bad ones.

    Raises:
        FileRefused: the file cannot be read, or is none of xlsx, xls, csv and jsonl.
    """
    limits = Limits()
    source = read_source(path, name=path.name, limits=limits)
    loaded = load(source, limits)
    context = Context(
        name=path.name, head=Head(title=path.stem), categories=frozenset(categories), limits=limits, today=today
    )
    if loaded.kind == "jsonl":
        found = _records(context, loaded)
    elif loaded.kind in TABULAR:
        found = _tables(context, loaded, mapping)
    else:
        raise FileRefused("not_a_table", "这不是表格", hint="请用 xlsx、csv 或 jsonl；整篇文件请用 zhida ingest")
    return replace(found, findings=(*loaded.findings, *found.findings))


def _records(context: Context, loaded: LoadedFile) -> Sheets:
    harvest = harvest_records(context, loaded.records)
    rows = {str(r.data.get("entry_id") or r.data.get("id") or ""): r.row for r in loaded.records}
    entries = tuple(Incoming(entry=e, sheet="", row=rows.get(e.entry_id, 0)) for e in harvest.entries)
    return Sheets(name=context.name, entries=entries, findings=(*harvest.findings, *_no_documents(context, harvest)))


def _no_documents(context: Context, harvest: Harvest) -> list[Finding]:
    if not harvest.documents:
        return []
    hint = "制度文件请用 zhida ingest"
    return [context.finding("not_an_entry", "文件里的制度段落没有导入", hint=hint, severity="warning")]


def _tables(context: Context, loaded: LoadedFile, mapping: Mapping[str, str]) -> Sheets:
    found = Sheets(name=context.name)
    for block in loaded.blocks:
        table = _untamed(block.table) if block.table and loaded.kind == "csv" else block.table
        for view in views(table) if table else ():
            found += _view(context.on_sheet(block.sheet, context.head), view, mapping)
    return found


def _untamed(table: Table) -> Table:
    return replace(table, rows=tuple(tuple(untamed(cell) for cell in row) for row in table.rows))


def _view(context: Context, view: View, mapping: Mapping[str, str]) -> Sheets:
    sheet = context.sheet or ""
    if view.profile == "guard":
        hint = "护栏请放在 jsonl 里，或用 zhida ingest 导入"
        guards = context.finding("guard_sheet", "这是护栏表，没有导入", row=view.header_row, hint=hint)
        return Sheets(name=context.name, findings=(guards,))
    named = mapped(view, mapping)
    columns = tuple(columns_of(named, _shown(view, named), sheet))
    present = {column.field for column in columns}
    if clashes := ambiguous(columns):
        return Sheets(
            name=context.name, columns=columns, findings=tuple(_clash(context, view, *one) for one in clashes)
        )
    if "phrasings" in present and not present & {"question", "answer"}:
        return _phrasings(context, named, sheet, columns)
    if "answer" not in present and "question" not in present:
        hint = "请加上表头，或用 --map 列名=字段 指明；模板：zhida entry template"
        unknown = context.finding("no_entry_columns", "没有认出问题和答案的列", row=view.header_row, hint=hint)
        return Sheets(name=context.name, columns=columns, findings=(unknown,))
    return _entries(context, replace(named, profile="qa"), sheet, columns)


def _shown(view: View, named: View) -> tuple[str, ...]:
    """Return the headers as the file writes them, the lower of two header rows first."""
    if len(named.rows) == len(view.rows):
        return view.headers
    return tuple(low or high for low, high in zip(view.rows[0].cells, view.headers, strict=True))


def _entries(context: Context, view: View, sheet: str, columns: tuple[Column, ...]) -> Sheets:
    harvest = entries_of_sheet(context, view)
    places = fields_of(view.headers, "qa")
    helper = Sheet(context=context, view=view, columns=places)
    rows: dict[str, int] = {}
    for row in view.rows:
        rows.setdefault(row_key(helper, row), row.number)
    present = frozenset(places)
    entries = tuple(
        Incoming(entry=entry, sheet=sheet, row=rows.get(entry.entry_id, 0), present=present)
        for entry in harvest.entries
    )
    return Sheets(name=context.name, columns=columns, entries=entries, findings=harvest.findings)


def _phrasings(context: Context, view: View, sheet: str, columns: tuple[Column, ...]) -> Sheets:
    places = fields_of(view.headers, "qa")
    found: list[More] = []
    findings: list[Finding] = []
    last = ""
    for row in view.rows:
        last = fields.first(row.cells, places.get("id", ())) or last
        texts = fields.phrasings("\n".join(row.cells[i] for i in places["phrasings"] if row.cells[i]))
        if not last:
            findings.append(
                context.finding("no_key", "没有写属于哪个编号；这一行没有导入", row=row.number, hint="请填写编号")
            )
        elif texts:
            found.append(More(entry_id=last, phrasings=texts, sheet=sheet, row=row.number))
    return Sheets(name=context.name, columns=columns, phrasings=tuple(found), findings=tuple(findings))


def _clash(context: Context, view: View, name: str, headers: list[str]) -> Finding:
    return context.finding(
        "ambiguous_column",
        f"几列都像「{name_of(name)}」：{'、'.join(headers)}；这张表没有导入",
        row=view.header_row,
        column=headers[1],
        hint=f"用 --map 指明，例如 --map '{headers[1]}=-' 不读这一列",
    )
