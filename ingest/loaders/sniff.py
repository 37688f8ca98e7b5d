"""Tells a file's kind by its content; the suffix only breaks ties between kinds of plain text."""

from __future__ import annotations

import csv
import json
import re

from ingest.loaders.archive import OLE_MAGIC, ZIP_MAGIC, ole_kind, zip_kind
from ingest.loaders.encoding import decode
from ingest.loaders.reading import Source
from ingest.types import FileKind, Finding, Limits

SUFFIXES: dict[str, FileKind] = {
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".et": "xls", ".csv": "csv", ".tsv": "csv", ".docx": "docx",
    ".pptx": "pptx", ".pdf": "pdf", ".html": "html", ".htm": "html", ".xhtml": "html", ".md": "markdown",
    ".markdown": "markdown", ".txt": "text", ".text": "text", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
}  # fmt: skip
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|table|div|article|section|h[1-6]|p)\b", re.IGNORECASE)
_MARKDOWN = re.compile(r"\A(?:\+\+\+|---)\s*\n|^#{1,6}\s+\S|^\|?\s*:?-{3,}:?\s*\|", re.MULTILINE)
_HEAD = 4096


def sniff(source: Source, limits: Limits) -> FileKind:
    """Return the kind of a file.

    Raises:
        FileRefused: see `ingest.loaders.archive` and `ingest.loaders.encoding`.
    """
    data = source.data
    if data.startswith((ZIP_MAGIC, b"PK\x05\x06")):
        return zip_kind(data, limits)
    if data.startswith(OLE_MAGIC):
        return ole_kind(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    return text_kind(decode(data), SUFFIXES.get(source.suffix))


def text_kind(text: str, by_suffix: FileKind | None) -> FileKind:
    """Tell kinds of text apart; `by_suffix` decides only where the content leaves it open."""
    head = text.lstrip("\ufeff \t\n")[:_HEAD]
    if _HTML.match(head) or (
        _HTML.search(head) and re.search(r"</(?:html|body|table|div|p|h\d)>", text, re.IGNORECASE)
    ):
        return "markdown" if by_suffix == "markdown" and not head.startswith("<") else "html"
    if looks_json(head) and (by_suffix == "jsonl" or looks_jsonl(text)):
        return "jsonl"
    if by_suffix in {"csv", "markdown", "text"}:
        return by_suffix
    if by_suffix == "jsonl" and not looks_delimited(text):
        return "jsonl"
    if _MARKDOWN.search(head):
        return "markdown"
    return "csv" if looks_delimited(text) else "text"


def looks_json(head: str) -> bool:
    """Whether text begins like a JSON object or an array of objects."""
    return bool(re.match(r"\{\s*[\"}]|\[\s*\{", head))


def looks_jsonl(text: str) -> bool:
    """Whether one of the first lines, or the whole, is a JSON object or array."""
    for line in text.lstrip("\ufeff").splitlines()[:5]:
        try:
            if isinstance(json.loads(line), dict):
                return True
        except ValueError:
            continue
    try:
        return isinstance(json.loads(text), list)
    except ValueError:
        return False


def looks_delimited(text: str) -> bool:
    """Whether the first lines split into the same number (two or more) of fields."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    if len(lines) < 2:
        return False
    return any(
        len(widths) == 1 and min(widths) >= 2
        for widths in ({len(row) for row in csv.reader(lines, delimiter=mark)} for mark in ",\t;")
    )


def suffix_finding(source: Source, kind: FileKind) -> tuple[Finding, ...]:
    """Return a warning when the suffix promises another kind of file."""
    promised = SUFFIXES.get(source.suffix)
    if promised == kind or (promised is None and not source.suffix):
        return ()
    return (
        Finding(
            code="wrong_suffix",
            message=f"后缀是 {source.suffix}，内容却是 {kind}；已按内容读取",
            file=source.name,
            hint="请改成与内容一致的后缀，免得别人打不开",
            severity="warning",
        ),
    )
