"""What moves through ingest: a file becomes blocks, blocks become knowledge, findings say what was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

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
    `header_rows` is what the file itself says about its header (HTML `th`, a Markdown table); 0 when it does not say.
    """

    rows: tuple[tuple[str, ...], ...]
    first_row: int = 1
    header_rows: int = 0


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
class Record:
    """One JSON object of a JSON Lines file. `row` is its 1-based line."""

    row: int
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedFile:
    """A file as blocks (or records, for JSON Lines), before cleaning.

    `title` is what the file calls itself, empty when it does not; `meta` is its front matter, keys in lower case.
    """

    name: str
    kind: FileKind
    title: str = ""
    blocks: tuple[Block, ...] = ()
    records: tuple[Record, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
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
