"""The order of cleaning: characters, furniture, spaces, page numbers, broken lines, run-together lines, repeats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.clean.boilerplate import is_boilerplate, without_watermarks
from ingest.clean.characters import tidy
from ingest.clean.line import Line
from ingest.clean.mending import join_broken, mend_labels, split_paragraphs
from ingest.clean.pagination import is_cut, without_page_numbers
from ingest.clean.repeats import without_repeats
from ingest.clean.spacing import close_up
from ingest.rulebook import pattern
from ingest.types import Block, LoadedFile, Table

_SUSPECT = re.compile(r"[.{]")


def clean_file(loaded: LoadedFile) -> LoadedFile:
    """Return the file with readable blocks; records and findings pass unchanged."""
    return replace(
        loaded,
        title=tidy(loaded.title).strip(),
        blocks=tuple(clean_blocks(loaded.blocks, paged=loaded.kind == "pdf")),
    )


def clean_blocks(blocks: Sequence[Block], *, paged: bool = False) -> list[Block]:
    """Return clean blocks in order; what was only furniture is gone. `paged` text runs on over page breaks."""
    lines = without_page_numbers([line for block in blocks for line in readable_lines(block)])
    if paged:
        lines = join_over_pages(lines)
    lines = without_repeats(split_paragraphs(join_broken(lines)))
    return [rebuilt(line) for line in lines if line.block.kind == "table" or line.text.strip()]


def readable_lines(block: Block) -> Iterator[Line]:
    """Yield a block's lines without invisible characters and furniture."""
    if block.kind == "table":
        yield Line(text="", block=block)
        return
    text = mend_labels(tidy(block.text))
    fresh = True
    for raw in text.split("\n"):
        if not raw.strip() or is_boilerplate(raw):
            continue
        line = without_watermarks(close_up(raw.strip()))
        if line.strip():
            yield Line(text=line, block=block, fresh=fresh)
            fresh = False


def join_over_pages(lines: Sequence[Line]) -> list[Line]:
    """Join a sentence that a page break of a PDF cut in two."""
    joined: list[Line] = []
    starts = pattern("cleaning", "lines_break", "starts")
    for line in lines:
        above = joined[-1] if joined else None
        if above and crosses_page(above, line) and is_cut(above.text) and not starts.search(line.text):
            joined[-1] = above.with_text(above.text + line.text.lstrip())
        else:
            joined.append(line)
    return joined


def crosses_page(above: Line, line: Line) -> bool:
    """Whether two lines of prose stand on facing sides of a page break."""
    pages = above.block.page, line.block.page
    return above.is_prose and line.is_prose and None not in pages and pages[0] != pages[1] and len(above.text) >= 12


def rebuilt(line: Line) -> Block:
    """Return a line as a block again."""
    if line.block.table is not None:
        return replace(line.block, table=clean_table(line.block.table))
    return replace(line.block, text=line.text.strip())


def clean_table(table: Table) -> Table:
    """Return a table with readable cells; line breaks in cells stay."""
    return replace(table, rows=tuple(tuple(clean_cell(cell) for cell in row) for row in table.rows))


def clean_cell(cell: str) -> str:
    """Return a cell without invisible characters and glued suffixes."""
    if not cell or (cell.isascii() and cell.isprintable()):
        return cell.strip()
    cell = tidy(cell).strip()
    return without_watermarks(cell) if _SUSPECT.search(cell) else cell
