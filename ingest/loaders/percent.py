"""Percent cells: the stored 0.05 is shown as 5%, and 5% is what an agent must read out."""

from __future__ import annotations

import io
import re
import zipfile

_PERCENT = re.compile(rb'formatCode="[^"]*%|numFmtId="(?:9|10)"')


def percent_cells(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """Return sheet -> (row, column), zero-based -> shown text; empty when no style of the workbook is a percentage."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        styles = archive.read("xl/styles.xml") if "xl/styles.xml" in archive.namelist() else b""
    if not _PERCENT.search(
        styles.partition(b"<cellXfs")[0] + styles.partition(b"<cellXfs")[2].partition(b"</cellXfs>")[0]
    ):
        return {}
    return _shown(data)


def _shown(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    shown: dict[str, dict[tuple[int, int], str]] = {}
    for sheet in book.worksheets:
        cells = shown.setdefault(sheet.title, {})
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float) and "%" in str(cell.number_format):
                    cells[cell.row - 1, cell.column - 1] = f"{cell.value * 100:.10g}%"
    return shown
