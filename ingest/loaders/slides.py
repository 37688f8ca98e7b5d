"""Slides by python-pptx: title, texts from top to bottom, tables; one page per slide."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.loaders.grid import fill_spans, table
from ingest.loaders.reading import Source
from ingest.types import Block, FileKind, Limits, LoadedFile

Shape = Any  # python-pptx ships no types
_FURNITURE = frozenset({"DATE", "FOOTER", "SLIDE_NUMBER", "HEADER"})


def load(source: Source, kind: FileKind, limits: Limits) -> LoadedFile:  # noqa: ARG001 - one signature for all loaders
    """Read all slides that are shown."""
    from pptx import Presentation

    deck = Presentation(io.BytesIO(source.data))
    blocks: list[Block] = []
    for page, slide in enumerate(deck.slides, start=1):
        if slide.element.get("show") != "0":
            blocks.extend(slide_blocks(slide, page))
    title = next((block.text for block in blocks if block.kind == "heading"), "")
    return LoadedFile(name=source.name, kind=kind, title=title, blocks=tuple(blocks))


def slide_blocks(slide: Shape, page: int) -> Iterator[Block]:
    """Yield one slide: its title as a heading, then shapes in reading order."""
    title = slide.shapes.title
    if title is not None and title.text_frame.text.strip():
        yield Block(kind="heading", text=" ".join(title.text_frame.text.split()), level=1, page=page)
    shapes = [s for s in flattened(slide.shapes) if title is None or s.shape_id != title.shape_id]
    for shape in sorted(shapes, key=lambda s: (s.top or 0, s.left or 0)):
        yield from shape_blocks(shape, page)


def flattened(shapes: Iterable[Shape]) -> Iterator[Shape]:
    """Yield shapes, those of groups included, page furniture left out."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from flattened(shape.shapes)
        elif not (shape.is_placeholder and shape.placeholder_format.type.name in _FURNITURE):
            yield shape


def shape_blocks(shape: Shape, page: int) -> Iterator[Block]:
    """Yield the paragraphs or the table of one shape."""
    if getattr(shape, "has_table", False):
        yield Block(kind="table", table=table(grid(shape.table)), page=page)
    elif getattr(shape, "has_text_frame", False):
        for paragraph in shape.text_frame.paragraphs:
            text = "".join(run.text for run in paragraph.runs).strip() or paragraph.text.strip()
            if text:
                yield Block(kind="paragraph", text=text.replace("\v", "\n"), page=page)


def grid(shape_table: Shape) -> list[list[str]]:
    """Return a table's cells with merged areas filled."""
    rows = [[cell.text.strip() for cell in row.cells] for row in shape_table.rows]
    spans = [
        ((y, x), (y + cell.span_height - 1, x + cell.span_width - 1))
        for y, row in enumerate(shape_table.rows)
        for x, cell in enumerate(row.cells)
        if cell.is_merge_origin
    ]
    fill_spans(rows, spans)
    return rows
