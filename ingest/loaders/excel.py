"""Spreadsheets by calamine: cached values, merged cells filled, hidden sheets left out with a warning."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from ingest.errors import FileRefused
from ingest.loaders.archive import corrupt, encrypted
from ingest.loaders.grid import cell_text, fill_spans, table
from ingest.loaders.percent import percent_cells
from ingest.loaders.reading import Source
from ingest.types import Block, FileKind, Finding, Limits, LoadedFile

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MAX_CELLS = 20_000_000
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*[^/>]>')
_FAR_CELL = re.compile(rb'<c r="(?:[A-Z]{3}\d+|[A-Z]{1,2}\d{6,7})"[^>]*[^/>]>')


def load(source: Source, kind: FileKind, limits: Limits) -> LoadedFile:
    """Read every visible sheet as one table block.

    Raises:
        FileRefused: `encrypted`, `corrupt`, `too_many_rows` or `too_many_cells`.
    """
    if kind == "xlsx":
        refuse_far_cells(source.data)
    book = open_book(source.data)
    blocks: list[Block] = []
    findings: list[Finding] = []
    percents = percent_cells(source.data) if kind == "xlsx" else {}
    for meta in book.sheets_metadata:
        if not str(meta.visible).endswith("Visible"):
            findings.append(hidden_sheet(source.name, meta.name))
        elif str(meta.typ).endswith("WorkSheet"):
            block = sheet_block(book.get_sheet_by_name(meta.name), limits, percents.get(meta.name, {}))
            blocks.extend(block)
    return LoadedFile(name=source.name, kind=kind, blocks=tuple(blocks), findings=tuple(findings))


def open_book(data: bytes) -> CalamineWorkbook:
    """Open a workbook.

    Raises:
        FileRefused: `encrypted` or `corrupt`, also when the reader itself panics.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        raise encrypted() from None
    except CalamineError as error:
        raise (encrypted() if "assword" in str(error) else corrupt("Excel")) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise corrupt("Excel") from None
        raise


def sheet_block(sheet: CalamineSheet, limits: Limits, percents: dict[tuple[int, int], str]) -> tuple[Block, ...]:
    """Return one sheet as a table block; a blank sheet gives none.

    Raises:
        FileRefused: `too_many_rows`.
    """
    if sheet.start is None or sheet.end is None:
        return ()
    if sheet.height > limits.rows:
        raise too_many_rows(sheet.height, limits)
    rows = [[cell_text(value) for value in row] for row in sheet.to_python(skip_empty_area=True)]
    top, left = sheet.start
    for (row, column), text in percents.items():
        if 0 <= row - top < len(rows) and 0 <= column - left < len(rows[row - top]):
            rows[row - top][column - left] = text
    fill_spans(rows, (shifted(span, top, left) for span in sheet.merged_cell_ranges or ()))
    if not any(any(row) for row in rows):
        return ()
    return (Block(kind="table", sheet=sheet.name, table=table(rows, first_row=top + 1)),)


def shifted(
    span: tuple[tuple[int, int], tuple[int, int]], top: int, left: int
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Move a merged area from sheet to table coordinates."""
    (a, b), (c, d) = span
    return (max(a - top, 0), max(b - left, 0)), (c - top, d - left)


def refuse_far_cells(data: bytes) -> None:
    """Refuse a sheet whose farthest cells span a rectangle no memory holds; readers keep the whole rectangle.

    Raises:
        FileRefused: `too_many_cells`.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.namelist():
            if member.startswith("xl/worksheets/") and member.endswith(".xml"):
                xml = archive.read(member)
                if _FAR_CELL.search(xml) and rectangle(xml) > MAX_CELLS:
                    raise FileRefused(
                        "too_many_cells",
                        "表格里有离得极远的单元格，展开后过大",
                        hint="请删掉远处的多余单元格（Ctrl+End 可找到最后一个）后另存",
                    )


def rectangle(xml: bytes) -> int:
    """Return how many cells the smallest rectangle around all filled cells has."""
    rows = columns = 1
    for letters, number in _CELL.findall(xml):
        rows = max(rows, int(number))
        columns = max(columns, column_number(letters))
    return rows * columns


def column_number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def too_many_rows(rows: int, limits: Limits) -> FileRefused:
    """Return the refusal of a table above the row limit."""
    return FileRefused("too_many_rows", f"表格有 {rows} 行，上限 {limits.rows} 行", hint="请拆成几个文件再导入")


def hidden_sheet(name: str, sheet: str) -> Finding:
    """Return the warning about a sheet that is not read."""
    return Finding(
        code="hidden_sheet",
        message="工作表是隐藏的，没有读取",
        file=name,
        sheet=sheet,
        hint="需要导入的话，请在 Excel 里取消隐藏；不需要就删掉它",
        severity="warning",
    )
