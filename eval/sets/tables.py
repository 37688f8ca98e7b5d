"""A table of questions (xlsx, xls, csv, tsv) as rows of text under known column names."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from eval.errors import GoldEmpty, GoldInvalid, GoldMissing, Problem
from eval.gold import decode_text
from eval.gold_rows import REQUIRED
from eval.sameness import plain

COLUMNS = Path(__file__).with_name("columns.toml")
BOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TABLES = (".csv", ".tsv", *BOOKS)
OPTIONAL_IN_TABLES = ("id",)
Cells = Sequence[str]
Row = tuple[int, dict[str, str]]
"""(line or sheet row, from 1; cell texts by field name)."""


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """Return how columns may be headed and how yes, no and nothing may be written."""
    return tomllib.loads(COLUMNS.read_text(encoding="utf-8"))


def read_table(path: Path) -> tuple[Row, ...]:
    """Read the first sheet or the delimited text; blank rows are skipped, the first other row holds the headings.

    Raises:
        GoldMissing: no such file, or it cannot be read.
        GoldEmpty: no row below the headings.
        GoldInvalid: it is no table, or a needed column is missing.
    """
    filled = [(number, cells) for number, cells in read_cells(path) if any(cell.strip() for cell in cells)]
    if len(filled) < 2:
        raise GoldEmpty(f"{path.name} 是空的，没有题")
    line, head = filled[0]
    names = [_field(cell) for cell in head]
    _require(path.name, line, head, names)
    return tuple(
        (number, {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name})
        for number, cells in filled[1:]
    )


def read_cells(path: Path) -> Iterator[tuple[int, Cells]]:
    """Yield every row of the first sheet or of the delimited text, with its number.

    Raises:
        GoldMissing: no such file, or it cannot be read.
        GoldInvalid: it is no table.
    """
    if path.suffix.lower() in BOOKS:
        yield from _book(path)
        return
    text = decode_text(path).replace("\r\n", "\n").replace("\r", "\n")
    head = text.lstrip("\n").split("\n", maxsplit=1)[0]
    delimiter = max("\t;,", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        problem = Problem(code="broken_line", file=path.name, line=reader.line_num, message=f"读不成表格：{error}")
        raise GoldInvalid.of((problem,)) from None


def _book(path: Path) -> Iterator[tuple[int, Cells]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
        sheet = book.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except OSError as error:
        raise GoldMissing(f"题集读不到：{path}（{error.strerror or error}）") from None
    except (CalamineError, IndexError) as error:
        raise GoldInvalid(f"{path.name} 不是能读的表格：{error}", hint="请另存为 .xlsx 或 UTF-8 的 .csv") from None
    for number, row in enumerate(rows, start=1):
        yield number, [_cell(value) for value in row]


def _cell(value: object) -> str:
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _field(heading: str) -> str:
    names: Mapping[str, Sequence[str]] = rules()["columns"]
    form = plain(heading)
    return next((name for name, forms in names.items() if form in map(plain, forms)), "") if form else ""


def _require(file: str, line: int, head: Cells, names: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in names and name not in OPTIONAL_IN_TABLES]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    columns = rules()["columns"]
    problems = []
    if missing:
        wanted = "、".join(f"{columns[name][1]}（{name}）" for name in missing)
        found = "、".join(cell for cell in head if cell.strip())
        problems.append(("missing_column", f"缺少列 {wanted}；表头是：{found}"))
    problems += [("repeated_column", f"有两列都像「{columns[name][1]}」") for name in twice]
    if problems:
        raise GoldInvalid.of(tuple(Problem(code=code, file=file, line=line, message=text) for code, text in problems))
