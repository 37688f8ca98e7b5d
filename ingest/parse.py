"""One file in, knowledge and findings out. Bad content never raises; it is reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from pathlib import Path

from ingest.chunk.context import Context, Harvest
from ingest.chunk.head import read_head
from ingest.chunk.prose import harvest_prose
from ingest.chunk.records import harvest_records
from ingest.chunk.sheets import harvest_sheets
from ingest.clean.pipeline import clean_file
from ingest.errors import FileRefused
from ingest.loaders.reading import Source, read_source
from ingest.loaders.registry import load
from ingest.sidecar import overrides_for
from ingest.types import Finding, Limits, LoadedFile, ParsedFile
from kb.domain.codec import digest

TABULAR = frozenset({"xlsx", "xls", "csv"})


def parse_file(
    path: Path, *, name: str, categories: Collection[str], limits: Limits | None = None, today: dt.date
) -> ParsedFile:
    """Read one file.

    `name` is its path under the ingested folder (posix), used in findings and ids. `categories` are the labels an entry
    may carry; empty accepts any. A file that cannot be read at all comes back with one error finding and `rejected` 1;
    bad rows come back as findings beside the good rows.
    """
    limits = limits or Limits()
    source: Source | None = None
    try:
        source = read_source(path, name=name, limits=limits)
        return parse_source(path, source, frozenset(categories), limits, today)
    except FileRefused as error:
        known = source.digest if source else ""
        return ParsedFile(name=name, digest=known, findings=(refusal(name, error),), rejected=1)


def parse_source(path: Path, source: Source, categories: frozenset[str], limits: Limits, today: dt.date) -> ParsedFile:
    """Read a file whose bytes are at hand.

    Raises:
        FileRefused: it cannot be read at all.
    """
    overrides = overrides_for(path)
    loaded = clean_file(load(source, limits))
    context = Context(
        name=source.name, head=read_head(loaded, overrides), categories=categories, limits=limits, today=today
    )
    harvest = chunked(context, loaded)
    findings = (*loaded.findings, *harvest.findings)
    if not harvest.entries and not harvest.documents and not any(f.severity == "error" for f in findings):
        findings = (*findings, nothing_in(context))
    return ParsedFile(
        name=source.name,
        digest=digest_of(source, overrides),
        entries=harvest.entries,
        documents=harvest.documents,
        findings=findings,
        rejected=sum(finding.severity == "error" for finding in findings),
    )


def digest_of(source: Source, overrides: Mapping[str, str]) -> str:
    """Return the SHA-256 of the bytes; what the sidecar says is part of it, so that a changed sidecar is noticed."""
    if not overrides:
        return source.digest
    return digest({"file": source.digest, **overrides})


def chunked(context: Context, loaded: LoadedFile) -> Harvest:
    """Return what the right chunker makes of a file."""
    if loaded.kind == "jsonl":
        return harvest_records(context, loaded.records)
    if loaded.kind in TABULAR:
        return harvest_sheets(context, loaded.blocks)
    return harvest_prose(context, loaded.blocks)


def nothing_in(context: Context) -> Finding:
    """Return the finding about a file that opens and holds nothing."""
    return context.finding("no_content", "文件里没有可用的文字或数据", hint="请确认文件内容；只有图片的请先做文字识别")


def refusal(name: str, error: FileRefused) -> Finding:
    """Return a refusal as a finding."""
    return Finding(code=error.reason, message=error.message, file=name, hint=error.hint)
