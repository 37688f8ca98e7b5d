"""What chunkers know about the file they work on, and what they hand back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ingest.types import Finding, Limits, Severity
from kb.domain.knowledge import Document, DocumentKind, Entry
from kb.domain.validity import Validity, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a document says about itself, or what the folder's `zhida.toml` says about it.

    `titled` means that somebody named the document on purpose; titles found inside do not replace such a name.
    """

    title: str
    number: str = ""
    kind: DocumentKind | None = None
    visibility: Visibility = "对外"
    validity: Validity = field(default_factory=Validity)
    region: str | None = None
    titled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One file being chunked. An empty `categories` accepts every category."""

    name: str
    head: Head
    categories: frozenset[str]
    limits: Limits
    today: dt.date
    sheet: str | None = None

    def on_sheet(self, sheet: str | None, head: Head) -> Context:
        """Return the context of one sheet."""
        return replace(self, sheet=sheet, head=head)

    def finding(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        row: int | None = None,
        column: str | None = None,
        severity: Severity = "error",
    ) -> Finding:
        """Return a finding at a place of this file."""
        return Finding(
            code=code,
            message=message,
            file=self.name,
            sheet=self.sheet,
            row=row,
            column=column,
            hint=hint,
            severity=severity,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What chunking yields. `+` puts two harvests together in order."""

    entries: tuple[Entry, ...] = ()
    documents: tuple[Document, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __add__(self, other: Harvest) -> Harvest:
        return Harvest(
            entries=self.entries + other.entries,
            documents=self.documents + other.documents,
            findings=self.findings + other.findings,
        )

    @classmethod
    def gather(cls, harvests: Iterable[Harvest]) -> Harvest:
        """Return all harvests as one."""
        parts = list(harvests)
        return cls(
            entries=tuple(entry for part in parts for entry in part.entries),
            documents=tuple(document for part in parts for document in part.documents),
            findings=tuple(finding for part in parts for finding in part.findings),
        )
