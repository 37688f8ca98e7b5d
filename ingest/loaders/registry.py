"""One loader per kind, imported when first needed, so that the command line starts without any of them."""

from __future__ import annotations

from importlib import import_module

from ingest.errors import FileRefused
from ingest.loaders.archive import corrupt
from ingest.loaders.reading import Source
from ingest.loaders.sniff import sniff, suffix_finding
from ingest.types import FileKind, Limits, LoadedFile

_MODULES: dict[FileKind, str] = {
    "xlsx": "excel",
    "xls": "excel",
    "csv": "delimited",
    "docx": "word",
    "pptx": "slides",
    "pdf": "pdf",
    "html": "webpage",
    "markdown": "markdown",
    "text": "plain",
    "jsonl": "jsonlines",
}


def load(source: Source, limits: Limits) -> LoadedFile:
    """Return a file as blocks or records.

    Raises:
        FileRefused: the file cannot be read at all; see the loaders for reasons.
    """
    kind = sniff(source, limits)
    loader = import_module(f"ingest.loaders.{_MODULES[kind]}")
    try:
        blocks: LoadedFile = loader.load(source, kind, limits)
    except FileRefused:
        raise
    except Exception as error:
        raise corrupt(type(error).__name__) from error
    return LoadedFile(
        name=source.name,
        kind=kind,
        title=blocks.title,
        blocks=blocks.blocks,
        records=blocks.records,
        meta=blocks.meta,
        findings=(*suffix_finding(source, kind), *blocks.findings),
    )
