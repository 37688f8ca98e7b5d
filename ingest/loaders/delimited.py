"""Comma, tab and semicolon separated text in UTF-8, UTF-16 or GB18030."""

from __future__ import annotations

import csv
import io

from ingest.errors import FileRefused
from ingest.loaders.encoding import decode
from ingest.loaders.excel import too_many_rows
from ingest.loaders.grid import table
from ingest.loaders.reading import Source
from ingest.types import Block, FileKind, Limits, LoadedFile

MAX_FIELD = 4 * 1024 * 1024


def load(source: Source, kind: FileKind, limits: Limits) -> LoadedFile:
    """Read one table.

    Raises:
        FileRefused: `binary`, `too_many_rows`, or `corrupt` for quotes that never close.
    """
    text = decode(source.data)
    csv.field_size_limit(MAX_FIELD)
    refuse_open_quote(text)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter(text))]
    except csv.Error:
        raise open_quote() from None
    if len(rows) > limits.rows:
        raise too_many_rows(len(rows), limits)
    blocks = (Block(kind="table", table=table(rows)),) if any(any(row) for row in rows) else ()
    return LoadedFile(name=source.name, kind=kind, blocks=blocks)


def delimiter(text: str) -> str:
    """Return the mark that splits the first lines most evenly, then into most fields; a comma in doubt."""
    lines = [line for line in text.splitlines()[:10] if line.strip()]

    def score(mark: str) -> tuple[bool, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=mark)]
        return (len(set(widths)) == 1 and widths[0] > 1, max(widths, default=0))

    return max(",\t;|", key=score)


def refuse_open_quote(text: str) -> None:
    """Refuse a quote that never closes: everything after it would silently become one cell.

    Raises:
        FileRefused: `corrupt`.
    """
    try:
        for _ in csv.reader(io.StringIO(text), delimiter=delimiter(text), strict=True):
            pass
    except csv.Error as error:
        if "end of data" in str(error):
            raise open_quote() from None


def open_quote() -> FileRefused:
    """Return the refusal of a file whose quotes do not pair."""
    return FileRefused(
        "corrupt", "CSV 的双引号不成对，后面的内容读不出来", hint="请检查双引号，或用 Excel 另存为 CSV UTF-8"
    )
