"""The power-factor adjustment table (力调电费增减率), computed from the steps of the national rule."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from tools.corpus.office_zip import normalise

_HEADER_ROW = 2


def adjustment(factor: int, standard: Mapping[str, Any]) -> float:
    """Return the percent added (+) or taken off (-) at a power factor given in hundredths.

    Args:
        factor: the rounded power factor times 100, e.g. 82.
        standard: `value` and the steps `above` and `below` it, as in `power_factor.toml`.

    Source: 《功率因数调整电费办法》（水电财字〔1983〕215号）, tables 1 to 3.
    """
    start = round(standard["value"] * 100)
    steps: Sequence[Mapping[str, float]] = standard["above" if factor > start else "below"]
    rate, at = 0.0, start
    for step in steps:
        end = round(step["to"] * 100)
        reached = min(factor, end) if factor > start else max(factor, end)
        rate += abs(reached - at) * step["step"]
        at = reached
    return round(rate, 2)


def write_power_factor(source: Path, folder: Path) -> Path:
    """Write one row per hundredth from 1.00 down, one column per standard, into `folder`; return the path."""
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    standards: list[Mapping[str, Any]] = data["standards"]
    book = Workbook()
    page = book.worksheets[0]
    page.title = "力调电费增减率"
    page["A1"] = data["title"]
    page.merge_cells(start_row=1, end_row=1, start_column=1, end_column=1 + len(standards))
    header = ["实际功率因数", *(f"标准{standard['value']:.2f}" for standard in standards)]
    for column, name in enumerate(header, 1):
        page.cell(_HEADER_ROW, column, name)
        page.column_dimensions[get_column_letter(column)].width = 16
    rows = range(100, round(data["lowest"] * 100) - 1, -1)
    for number, factor in enumerate(rows, _HEADER_ROW + 1):
        page.cell(number, 1, f"{factor / 100:.2f}")
        for column, standard in enumerate(standards, 2):
            page.cell(number, column, f"{adjustment(factor, standard):+.2f}%")
    for number, note in enumerate(data["notes"], _HEADER_ROW + 1 + len(rows)):
        page.cell(number, 1, note)
        page.merge_cells(start_row=number, end_row=number, start_column=1, end_column=1 + len(standards))
    for line in page.iter_rows(min_row=1, max_row=_HEADER_ROW + len(rows)):
        for cell in line:
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    path = folder / str(data["file"])
    book.save(path)
    normalise(path)
    return path
