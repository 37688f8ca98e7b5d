"""What moves through ingest: a file becomes blocks, blocks become entries and documents, findings say what was wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kb.domain.knowledge import Document, Entry

FileKind = Literal["xlsx", "xls", "csv", "docx", "pptx", "pdf", "html", "markdown", "text", "jsonl"]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong with one place, and the cure. `row` and `column` are 1-based, as a spreadsheet shows them."""

    code: str
    message: str
    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    hint: str = ""
    severity: Severity = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may weigh before it is refused."""

    file_bytes: int = 100 * 1024 * 1024
    unpacked_bytes: int = 400 * 1024 * 1024
    unpack_ratio: int = 200
    cell_chars: int = 8_000
    rows: int = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A rectangular grid with merged cells already filled, rows of equal width.

    `first_row` is the 1-based row number of `rows[0]` in its sheet, so that findings can point at the source.
    """

    rows: tuple[tuple[str, ...], ...]
    first_row: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a file in reading order."""

    kind: Literal["heading", "paragraph", "table"]
    text: str = ""
    level: int = 0
    page: int | None = None
    sheet: str | None = None
    table: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedFile:
    """A file as blocks, before cleaning."""

    name: str
    kind: FileKind
    title: str
    blocks: tuple[Block, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFile:
    """Everything one file yields: knowledge, and what had to be rejected.

    `rejected` counts rows (or the whole file, as 1) that carry an error finding; good rows beside them still load.
    """

    name: str
    digest: str
    entries: tuple[Entry, ...] = ()
    documents: tuple[Document, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    rejected: int = 0
