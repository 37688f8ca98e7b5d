"""Tariff workbook with merged two-row headers and merged row labels, and the fee list in GB18030."""

import tomllib
from itertools import groupby
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from tools.corpus.office_zip import normalise

_WIDTHS = {"A": 16, "B": 44, "C": 16, "D": 10, "E": 10, "F": 10, "G": 10, "H": 18, "I": 22}
_PERIODS = ("尖峰", "高峰", "平段", "低谷")
_BASIC = ("最大需量（元/千瓦·月）", "变压器容量（元/千伏安·月）")
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
FIRST_ROW = 4


def write_tariff(source: Path, folder: Path) -> Path:
    """Write the tariff workbook into `folder`, one sheet per period, and return its path."""
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in data["sheets"]:
        _sheet(book.create_sheet(sheet["name"]), sheet)
    book.properties.creator = data["company"]
    path = folder / str(data["file"])
    book.save(path)
    normalise(path)
    return path


def _sheet(page: Worksheet, data: dict[str, Any]) -> None:
    _header(page, data["title"])
    rows: list[dict[str, Any]] = data["rows"]
    for number, row in enumerate(rows, FIRST_ROW):
        _row(page, number, row)
    _merge_down(page, 1, [row["kind"] for row in rows])
    _merge_down(page, 2, [row["kind"] + row["label"] for row in rows])
    for number, note in enumerate(data["notes"], FIRST_ROW + len(rows)):
        page.cell(number, 1, note)
        page.merge_cells(start_row=number, end_row=number, start_column=1, end_column=9)
    for column, width in _WIDTHS.items():
        page.column_dimensions[column].width = width
    for line in page.iter_rows(min_row=1, max_row=FIRST_ROW + len(rows) - 1):
        for cell in line:
            cell.alignment = _CENTRE


def _header(page: Worksheet, title: str) -> None:
    page["A1"], page["A2"], page["C2"], page["D2"], page["H2"] = title, "用电分类", "电压等级", "电度电价", "基本电价"
    for column, name in enumerate((*_PERIODS, *_BASIC), 4):
        page.cell(3, column, name)
    for area in ("A1:I1", "A2:B3", "C2:C3", "D2:G2", "H2:I2"):
        page.merge_cells(area)
    for cell in ("A1", "A2", "C2", "D2", "H2"):
        page[cell].font = Font(bold=True)


def _row(page: Worksheet, number: int, row: dict[str, Any]) -> None:
    prices: list[float | str] = row["price"]
    for column, value in enumerate((row["kind"], row["label"], row["voltage"]), 1):
        page.cell(number, column, value)
    for column, price in enumerate(prices, 4):
        page.cell(number, column, price or "—").number_format = "0.0000"
    if len(prices) == 1:
        page.merge_cells(start_row=number, end_row=number, start_column=4, end_column=7)
    for column, charge in enumerate(row.get("basic", ("—", "—")), 8):
        page.cell(number, column, charge).number_format = "0.0"


def _merge_down(page: Worksheet, column: int, labels: list[str]) -> None:
    start = FIRST_ROW
    for _, group in groupby(labels):
        end = start + len(list(group)) - 1
        if end > start:
            page.merge_cells(start_row=start, end_row=end, start_column=column, end_column=column)
        start = end + 1


def write_fees(source: Path, folder: Path) -> Path:
    """Write the fee list as Excel users save it: GB18030 with CRLF line ends."""
    path = folder / "收费项目表.csv"
    lines = source.read_text(encoding="utf-8").splitlines()
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("gb18030"))
    return path
