"""Typical answers and guards: JSON lines in, one workbook each out, the shape curators paste into."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tools.corpus.office_zip import normalise
from tools.corpus.policy import COMPANY, SourceError

Cell = str | date | None
ENTRY_COLUMNS = (
    "编号",
    "类型",
    "标准问题",
    "相似问",
    "适用条件",
    "答案",
    "分类",
    "来源",
    "可见范围",
    "生效日期",
    "失效日期",
    "标记",
    "后续提示",
    "主题",
)
REQUIRED = ("topic", "kind", "question", "phrasings", "branches", "categories", "visibility", "valid_from")
GUARD_FIELDS = {
    "编号": "id",
    "场景": "case",
    "客户问法": "asked",
    "错误说法": "utterance",
    "错在哪里": "why",
    "应该怎样说": "instead",
    "主题": "topics",
    "分类": "categories",
}


def write_answers(folder: Path, path: Path, said: Mapping[str, Sequence[str]] | None = None) -> int:
    """Write 典型问答: one sheet per source file, one row per branch. Return the number of entries.

    `said` adds callers' words by entry id to the phrasings.
    """
    seen: set[str] = set()
    book = Workbook()
    book.remove(book.worksheets[0])
    for source in sorted(folder.glob("*.jsonl")):
        entries = [_with_calls(entry, said or {}) for entry in read_lines(source)]
        _claim(entries, seen, source.name, REQUIRED)
        rows = (row for entry in entries for row in _entry_rows(entry))
        _fill(book.create_sheet(source.stem[:31]), ENTRY_COLUMNS, rows)
    if seen:
        _save(book, path)
    return len(seen)


def written_in(folder: Path) -> list[str]:
    """Return every question and phrasing written in the sources."""
    return [
        text
        for source in sorted(folder.glob("*.jsonl"))
        for entry in read_lines(source)
        for text in (entry.get("question", ""), *entry.get("phrasings", ()))
    ]


def _with_calls(entry: dict[str, Any], said: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {**entry, "phrasings": [*entry.get("phrasings", ()), *said.get(entry.get("id", ""), ())]}


def write_guards(source: Path, path: Path) -> int:
    """Write 不要这样说. Return the number of guards; 0 (and no file) when there is no source yet."""
    if not source.exists():
        return 0
    guards = list(read_lines(source))
    _claim(guards, set(), source.name, ("context", "utterance", "why", "instead"))
    book = Workbook()
    rows = (_guard_row(guard) for guard in guards)
    page = book.worksheets[0]
    page.title = "不要这样说"
    _fill(page, tuple(GUARD_FIELDS), rows)
    _save(book, path)
    return len(guards)


def _guard_row(guard: dict[str, Any]) -> list[Cell]:
    asked = "\n".join([guard["context"], *guard.get("contexts_more", [])])
    return [_joined({**guard, "asked": asked}.get(field)) for field in GUARD_FIELDS.values()]


def read_lines(source: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON lines file; raise SourceError naming the file and line of a broken one."""
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise SourceError(f"{source.name}:{number}: not JSON: {error.msg}") from error
        if not isinstance(record, dict) or not record.get("id"):
            raise SourceError(f"{source.name}:{number}: an object with an id is expected")
        yield record


def _claim(records: Iterable[dict[str, Any]], seen: set[str], name: str, required: Sequence[str]) -> None:
    for record in records:
        missing = [field for field in required if not record.get(field)]
        if missing:
            raise SourceError(f"{name}: {record['id']} lacks {', '.join(missing)}")
        if record["id"] in seen:
            raise SourceError(f"{name}: {record['id']} is used twice")
        seen.add(record["id"])


def _entry_rows(entry: dict[str, Any]) -> Iterator[list[Cell]]:
    first, *others = entry["branches"]
    yield [
        entry["id"],
        entry["kind"],
        entry["question"],
        "\n".join(entry["phrasings"]),
        _condition(first["when"]),
        first["answer"],
        _joined(entry["categories"]),
        _joined(entry.get("sources")),
        entry["visibility"],
        _day(entry["valid_from"]),
        _day(entry.get("valid_to")),
        _joined(entry.get("flags")),
        _joined(entry.get("hints")),
        entry["topic"],
    ]
    for branch in others:
        blank: list[Cell] = [None] * (len(ENTRY_COLUMNS) - 6)
        yield [entry["id"], None, None, None, _condition(branch["when"]), branch["answer"], *blank]


def _condition(when: dict[str, str]) -> str | None:
    return "；".join(f"{fact}={option}" for fact, option in when.items()) or None


def _joined(value: str | list[str] | None) -> str | None:
    text = "；".join(value) if isinstance(value, list) else value
    return text or None


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _fill(page: Worksheet, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    for column, name in enumerate(columns, 1):
        page.cell(1, column, name).font = Font(bold=True)
        page.column_dimensions[get_column_letter(column)].width = 48 if column in {3, 4, 6} else 14
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            _put(page, number, column, value)
    page.freeze_panes = "A2"


def _put(page: Worksheet, number: int, column: int, value: Cell) -> None:
    cell = page.cell(number, column)
    cell.value = value
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, str):
        cell.data_type = "s"  # a phrasing that starts with "=" is text, not a formula


def _save(book: Workbook, path: Path) -> None:
    book.properties.creator = COMPANY
    book.save(path)
    normalise(path)
