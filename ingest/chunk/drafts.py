"""Passages before they have ids, and the document made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ingest.chunk.context import Context, Head
from ingest.ids import PassageIds, document_id
from kb.domain.knowledge import Document, DocumentKind, Passage, PassageKind
from kb.domain.validity import Validity

ARROW = " › "


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One passage to be: everything but its id."""

    kind: PassageKind
    locator: str
    text: str
    heading: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    validity: Validity = field(default_factory=Validity)


def build_document(
    context: Context, drafts: Iterable[Draft], *, kind: DocumentKind, head: Head | None = None, part: str | None = None
) -> Document:
    """Return a document with numbered passages; `part` tells several documents of one file apart."""
    head = head or context.head
    identity = document_id(context.name, part or context.sheet)
    ids = PassageIds(identity)
    return Document(
        document_id=identity,
        title=head.title,
        kind=head.kind or kind,
        number=head.number,
        file=context.name,
        region=head.region,
        visibility=head.visibility,
        validity=head.validity,
        passages=tuple(
            Passage(
                passage_id=ids.next(draft.locator),
                kind=draft.kind,
                locator=draft.locator,
                text=draft.text,
                heading=draft.heading,
                cells=draft.cells,
                validity=draft.validity,
            )
            for draft in drafts
            if draft.text.strip()
        ),
    )


def path(*parts: str) -> str:
    """Return a locator of nested parts, blanks left out."""
    return ARROW.join(part for part in parts if part)
