"""Word files by python-docx: headings by style or outline level, tables with merged cells, in body order."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ingest.loaders.grid import table
from ingest.loaders.reading import Source
from ingest.types import Block, FileKind, Limits, LoadedFile

if TYPE_CHECKING:
    from docx.document import Document

Element = Any  # lxml ships no types
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)
_TITLE = re.compile(r"(?:title|标题|文档标题)", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录)\s*\d?", re.IGNORECASE)
_SKIPPED = frozenset({_W + "del", _W + "moveFrom", _W + "txbxContent", _W + "instrText"})


def load(source: Source, kind: FileKind, limits: Limits) -> LoadedFile:  # noqa: ARG001 - one signature for all loaders
    """Read the body.

    Raises:
        zipfile.BadZipFile, KeyError, ...: whatever python-docx raises on damaged files.
    """
    import docx

    document = docx.Document(io.BytesIO(source.data))
    blocks = tuple(body_blocks(document.element.body, style_names(document)))
    title = next((b.text for b in blocks if b.kind == "heading" and b.level == 0), "")
    return LoadedFile(name=source.name, kind=kind, title=title or core_title(document), blocks=blocks)


def core_title(document: Document) -> str:
    """Return the title in the file's properties; templates leave 「Word Document」 there, which is none."""
    title = str(document.core_properties.title or "").strip()
    return title if re.search(r"[\u4e00-\u9fff]", title) else ""


def style_names(document: Document) -> dict[str, str]:
    """Return style id -> style name."""
    return {style.style_id: str(style.name or "") for style in document.styles}


def body_blocks(body: Element, styles: dict[str, str]) -> Iterator[Block]:
    """Yield blocks of a body or of a content control inside it."""
    for child in body:
        if child.tag == _W + "p":
            yield from paragraph_block(child, styles)
        elif child.tag == _W + "tbl":
            rows, header_rows = grid(child)
            if any(any(row) for row in rows):
                yield Block(kind="table", table=table(rows, header_rows=header_rows))
        elif child.tag == _W + "sdt" and (content := child.find(_W + "sdtContent")) is not None:
            yield from body_blocks(content, styles)


def paragraph_block(element: Element, styles: dict[str, str]) -> Iterator[Block]:
    """Yield a paragraph or heading; blank ones and contents lines give none."""
    text = words(element).strip()
    style = styles.get(property_value(element, "pStyle"), "")
    if not text or _CONTENTS.fullmatch(style):
        return
    level = heading_level(element, style)
    if level is None:
        yield Block(kind="paragraph", text=text)
    else:
        yield Block(kind="heading", text=re.sub(r"\s*\n\s*", " ", text), level=level)


def heading_level(element: Element, style: str) -> int | None:
    """Return 0 for a title, 1-9 for headings, `None` for text."""
    if found := _HEADING.match(style):
        return int(found[1])
    if _TITLE.fullmatch(style):
        return 0
    outline = property_value(element, "outlineLvl")
    return int(outline) + 1 if outline.isdecimal() and int(outline) < 9 else None


def property_value(element: Element, name: str) -> str:
    """Return a paragraph property's value, or an empty text."""
    properties = element.find(_W + "pPr")
    found = properties.find(_W + name) if properties is not None else None
    return str(found.get(_W + "val") or "") if found is not None else ""


def words(element: Element) -> str:
    """Return the text of a paragraph as accepted: insertions in, deletions and text boxes out."""
    parts: list[str] = []
    for child in element:
        if child.tag in _SKIPPED:
            continue
        if child.tag == _W + "t":
            parts.append(child.text or "")
        elif child.tag == _W + "tab":
            parts.append(" ")
        elif child.tag in {_W + "br", _W + "cr"}:
            parts.append("\n")
        elif child.tag != _W + "pPr":
            parts.append(words(child))
    return "".join(parts)


def grid(element: Element) -> tuple[list[list[str]], int]:
    """Return a table's cells with spans and vertical merges filled, and how many rows are marked as header."""
    rows: list[list[str]] = []
    header_rows = 0
    for line in element.iter(_W + "tr"):
        if line.getparent() is not element:
            continue
        properties = line.find(_W + "trPr")
        if properties is not None and properties.find(_W + "tblHeader") is not None and header_rows == len(rows):
            header_rows += 1
        rows.append(row_cells(line, rows[-1] if rows else []))
    return rows, header_rows


def row_cells(line: Element, above: list[str]) -> list[str]:
    """Return one row's cells."""
    cells: list[str] = []
    for cell in line.iter(_W + "tc"):
        if cell.getparent() is not line:
            continue
        properties = cell.find(_W + "tcPr")
        across, merged = cell_shape(properties)
        text = "\n".join(filter(None, (words(p).strip() for p in cell.iter(_W + "p"))))
        if merged and len(cells) < len(above):
            text = above[len(cells)]
        cells.extend([text] * across)
    return cells


def cell_shape(properties: Element) -> tuple[int, bool]:
    """Return how many columns a cell spans and whether it continues the cell above."""
    if properties is None:
        return 1, False
    span, merge = properties.find(_W + "gridSpan"), properties.find(_W + "vMerge")
    across = int(span.get(_W + "val") or 1) if span is not None else 1
    return min(max(across, 1), 200), merge is not None and merge.get(_W + "val") != "restart"
