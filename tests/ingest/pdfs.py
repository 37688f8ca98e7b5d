"""PDF files made for tests."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

Paper = Any  # reportlab ships no types
FONT = "STSong-Light"


def canvas(stream: io.BytesIO, **options: object) -> Paper:
    """Return a canvas that can write Chinese."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return Canvas(stream, pagesize=A4, **options)


def pdf(pages: Sequence[Sequence[tuple[float, float, str]]], *, running: bool = True, **options: object) -> bytes:
    """Return a PDF with lines at (distance from top, size, text), a running head and page numbers."""
    stream = io.BytesIO()
    paper = canvas(stream, **options)
    for number, lines in enumerate(pages, start=1):
        if running:
            paper.setFont(FONT, 9)
            paper.drawString(72, A4[1] - 40, f"示例省电力公司 第{number}期")
            paper.drawCentredString(300, 30, f"- {number} -")
        for top, size, text in lines:
            paper.setFont(FONT, size)
            paper.drawString(72, A4[1] - top, text)
        paper.showPage()
    paper.save()
    return stream.getvalue()


def ruled_table(rows: Sequence[Sequence[str]], pages: int = 1) -> bytes:
    """Return a PDF with one ruled table, repeated header included, over some pages."""
    stream = io.BytesIO()
    paper = canvas(stream)
    body = rows[1:]
    share = (len(body) + pages - 1) // pages
    for page in range(pages):
        paper.setFont(FONT, 10)
        paper.drawString(72, A4[1] - 90, "服务时限标准" if page == 0 else "")
        part = [rows[0], *body[page * share : (page + 1) * share]]
        top, height, width = A4[1] - 120, 24, 120
        for y in range(len(part) + 1):
            paper.line(72, top - y * height, 72 + width * len(rows[0]), top - y * height)
        for x in range(len(rows[0]) + 1):
            paper.line(72 + x * width, top, 72 + x * width, top - len(part) * height)
        for y, row in enumerate(part):
            for x, text in enumerate(row):
                paper.drawString(78 + x * width, top - y * height - 16, text)
        paper.showPage()
    paper.save()
    return stream.getvalue()


def picture_only() -> bytes:
    """Return a PDF like a scan: shapes, no text."""
    stream = io.BytesIO()
    paper = canvas(stream)
    for _ in range(2):
        paper.rect(100, 100, 300, 500, fill=1)
        paper.showPage()
    paper.save()
    return stream.getvalue()
