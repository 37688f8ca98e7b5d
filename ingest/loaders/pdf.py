"""PDF files with text by pdfplumber: lines into paragraphs, tables, headings by size, without running heads."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ingest.errors import FileRefused
from ingest.loaders.archive import encrypted
from ingest.loaders.grid import table
from ingest.loaders.pdf_layout import Line, body_size, paragraphs, without_running_heads
from ingest.loaders.reading import Source
from ingest.types import Block, FileKind, Limits, LoadedFile

Page = Any  # pdfplumber ships no types
Rows = list[list[str]]
Tables = list[tuple[float, Rows]]
ReadPage = tuple[list[Line], Tables]
Box = tuple[float, float, float, float]
MIN_CHARS_A_PAGE = 8


def load(source: Source, kind: FileKind, limits: Limits) -> LoadedFile:  # noqa: ARG001 - one signature for all loaders
    """Read all pages.

    Raises:
        FileRefused: `encrypted`, or `scanned` when pages hold pictures instead of text.
    """
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns about every odd font; the user cannot act on it
    try:
        document = pdfplumber.open(io.BytesIO(source.data))
    except Exception as error:
        if isinstance(error, PDFPasswordIncorrect) or any(isinstance(a, PDFPasswordIncorrect) for a in error.args):
            raise encrypted() from None
        raise
    with document:
        pages = [read_page(page, number) for number, page in enumerate(document.pages, start=1)]
    refuse_scan(pages)
    return LoadedFile(name=source.name, kind=kind, blocks=tuple(assembled(pages)))


def read_page(page: Page, number: int) -> ReadPage:
    """Return a page's lines outside tables, and its tables with the height they begin at."""
    tables: Tables = []
    boxes: list[Box] = []
    for found in page.find_tables():
        rows = filled(list(found.extract()))
        if len(rows) > 1 and len(rows[0]) > 1 and any(any(row) for row in rows):
            tables.append((found.bbox[1], rows))
            boxes.append(found.bbox)
    outside = page.filter(lambda item: not any(inside(item, box) for box in boxes)) if boxes else page
    lines = [
        Line.of(line, page=number, height=float(page.height), width=float(page.width))
        for line in outside.extract_text_lines(return_chars=True)
    ]
    page.close()
    return lines, tables


def inside(item: dict[str, Any], box: Box) -> bool:
    """Whether the middle of an object lies in a table."""
    x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def filled(rows: list[list[str | None]]) -> list[list[str]]:
    """Fill merged areas: pdfplumber gives `None` for every cell but the first of one."""
    result: list[list[str]] = []
    for row in rows:
        cells: list[str] = []
        for x, cell in enumerate(row):
            if cell is not None:
                cells.append(cell.replace("\n", "").strip())
            elif x and (row[x - 1] is not None or not result):
                cells.append(cells[x - 1])
            else:
                cells.append(result[-1][x] if result and x < len(result[-1]) else "")
        result.append(cells)
    return result


def refuse_scan(pages: list[ReadPage]) -> None:
    """Refuse a file with (nearly) no text.

    Raises:
        FileRefused: `scanned`.
    """
    chars = sum(len(line.text.strip()) for lines, _ in pages for line in lines)
    chars += sum(len(cell) for _, tables in pages for _, rows in tables for row in rows for cell in row)
    if chars < MIN_CHARS_A_PAGE * max(len(pages), 1):
        raise FileRefused(
            "scanned",
            "PDF 里没有文字，应是扫描件或图片",
            hint="请用文字识别（OCR）软件转成可复制文字的 PDF 或 Word 再导入",
        )


def assembled(pages: list[ReadPage]) -> Iterator[Block]:
    """Yield paragraphs and tables page by page, tables that run over a page break joined."""
    kept = without_running_heads([lines for lines, _ in pages])
    usual = body_size([line for lines in kept for line in lines])
    pending: tuple[int, list[list[str]]] | None = None
    for number, (lines, (_, tables)) in enumerate(zip(kept, pages, strict=True), start=1):
        for top, item in page_items(lines, tables, usual):
            if isinstance(item, Block):
                if pending:
                    yield table_block(pending)
                    pending = None
                yield item
            elif pending and continues(pending[1], item):
                pending[1].extend(item[1:] if item[0] == pending[1][0] else item)
            else:
                if pending:
                    yield table_block(pending)
                pending = (number, item)
            _ = top
    if pending:
        yield table_block(pending)


def page_items(lines: list[Line], tables: Tables, usual: float) -> list[tuple[float, Block | list[list[str]]]]:
    """Return one page's paragraphs and tables from top to bottom."""
    cuts = [top for top, _ in tables]
    items: list[tuple[float, Block | list[list[str]]]] = list(tables)
    for segment in segments(lines, cuts):
        items.extend(paragraphs(segment, usual))
    return sorted(items, key=lambda item: item[0])


def segments(lines: list[Line], cuts: list[float]) -> Iterator[list[Line]]:
    """Split lines where a table stands between them."""
    bounds = [-1.0, *sorted(cuts), float("inf")]
    for low, high in pairwise(bounds):
        segment = [line for line in lines if low <= line.top < high]
        if segment:
            yield segment


def continues(table_rows: list[list[str]], more: list[list[str]]) -> bool:
    """Whether a table goes on with another one of equal width."""
    return len(table_rows[0]) == len(more[0])


def table_block(pending: tuple[int, list[list[str]]]) -> Block:
    """Return a finished table."""
    page, rows = pending
    return Block(kind="table", table=table(rows), page=page)
