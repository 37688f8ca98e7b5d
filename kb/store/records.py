"""Entries, documents and releases, read and written as domain values."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from kb.domain.codec import (
    digest,
    document_from_dict,
    document_head,
    document_to_dict,
    entry_from_dict,
    entry_to_dict,
    passage_from_dict,
    passage_to_dict,
)
from kb.domain.errors import NotFound
from kb.domain.knowledge import Document, Entry, FoundPassage, Release
from kb.store import schema
from kb.store.versions import DOCUMENTS, ENTRIES, Change, Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What divides two releases: new and changed items as they are now, ids of those no longer as they were."""

    entries: tuple[Entry, ...]
    passages: tuple[FoundPassage, ...]
    gone_entries: frozenset[str]
    gone_documents: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Drafts chosen for a publication, by primary key of their version rows."""

    entries: frozenset[int] = frozenset()
    documents: frozenset[int] = frozenset()

    def __or__(self, other: Ready) -> Ready:
        return Ready(entries=self.entries | other.entries, documents=self.documents | other.documents)

    def covers(self, other: Ready) -> bool:
        """Whether everything in `other` is in this one too."""
        return self.entries >= other.entries and self.documents >= other.documents


def entry_digest(entry: Entry) -> str:
    """Return the content digest that makes an unchanged entry recognisable."""
    return digest(entry_to_dict(entry))


def document_digest(document: Document) -> str:
    """Return the content digest of a document and all its passages."""
    return digest(document_to_dict(document))


def put_entry(connection: Connection, entry: Entry, change: Change, *, expected: int) -> int:
    """Draft the next version of an entry and return its number.

    Raises:
        StaleVersion: somebody saved since version `expected` was read.
    """
    payload = json.dumps(entry_to_dict(entry), ensure_ascii=False)
    ENTRIES.put(connection, entry.entry_id, payload, entry_digest(entry), change, expected=expected)
    return expected + 1


def put_entries(connection: Connection, entries: Sequence[tuple[Entry, int]], change: Change) -> None:
    """Draft the next version of many entries, each once, given as (entry, expected version).

    Raises:
        StaleVersion: somebody saved one of them since its version was read.
    """
    drafts = []
    for entry, expected in entries:
        data = entry_to_dict(entry)
        payload = json.dumps(data, ensure_ascii=False)
        drafts.append(Draft(item_id=entry.entry_id, payload=payload, digest=digest(data), expected=expected))
    ENTRIES.put_many(connection, drafts, change)


def put_document(connection: Connection, document: Document, change: Change, *, expected: int) -> int:
    """Draft the next version of a document with all its passages and return its number.

    Raises:
        StaleVersion: somebody saved since version `expected` was read.
    """
    payload = json.dumps(document_head(document), ensure_ascii=False)
    pk = DOCUMENTS.put(connection, document.document_id, payload, document_digest(document), change, expected=expected)
    rows = [
        {
            "document_pk": pk,
            "ordinal": ordinal,
            "passage_id": passage.passage_id,
            "payload": json.dumps(passage_to_dict(passage), ensure_ascii=False),
        }
        for ordinal, passage in enumerate(document.passages)
    ]
    if rows:
        connection.execute(insert(schema.passage), rows)
    return expected + 1


def entries_in(connection: Connection, number: int) -> Iterator[Entry]:
    """Yield the entries of a release in id order."""
    for _pk, _item, _version, payload in connection.execute(ENTRIES.in_release(number)):
        yield entry_from_dict(json.loads(payload))


def passages_in(connection: Connection, number: int) -> Iterator[FoundPassage]:
    """Yield the passages of a release, document by document, in reading order."""
    yield from _passages_of(connection, DOCUMENTS.in_release(number))


def _passages_of(connection: Connection, wanted: Select[int, str, int, str]) -> Iterator[FoundPassage]:
    heads: dict[int, Document] = {}
    for pk, _item, _version, payload in connection.execute(wanted):
        heads[pk] = document_from_dict(json.loads(payload))
    documents = wanted.subquery()
    query = (
        select(schema.passage.c.document_pk, schema.passage.c.payload)
        .join(documents, documents.c.id == schema.passage.c.document_pk)
        .order_by(documents.c.document_id, schema.passage.c.ordinal)
    )
    for pk, payload in connection.execute(query):
        yield FoundPassage(passage=passage_from_dict(json.loads(payload)), document=heads[pk])


def difference(connection: Connection, before: int, number: int) -> Difference:
    """Return what a reader of release `before` must take away and add to hold release `number`.

    It costs what changed. A changed item is taken away and added; `before` must not be above `number`.
    """
    arrived = connection.execute(ENTRIES.arrived(before, number))
    return Difference(
        entries=tuple(entry_from_dict(json.loads(payload)) for *_keys, payload in arrived),
        passages=tuple(_passages_of(connection, DOCUMENTS.arrived(before, number))),
        gone_entries=frozenset(ENTRIES.left(connection, before, number)),
        gone_documents=frozenset(DOCUMENTS.left(connection, before, number)),
    )


def current_release(connection: Connection) -> int:
    """Return the newest release's number; 0 when nothing was ever published."""
    return int(connection.execute(select(func.max(schema.release.c.number))).scalar() or 0)


def get_release(connection: Connection, number: int) -> Release:
    """Return one release.

    Raises:
        NotFound: no such release.
    """
    if number == 0:
        return Release(number=0)
    row = connection.execute(select(schema.release).where(schema.release.c.number == number)).one_or_none()
    if row is None:
        raise NotFound(f"没有第 {number} 版发布", hint="用 zhida release list 查看现有发布")
    return Release(
        number=row.number, created_at=row.created_at, note=row.note, entries=row.entries, passages=row.passages
    )


def publish(connection: Connection, *, at: dt.datetime, note: str, ready: Ready | None = None) -> Release:
    """Publish the ready drafts (`None`: every draft) as the next release; without any, return the current one."""
    current = current_release(connection)
    chosen = every_draft(connection) if ready is None else ready
    if not (chosen.entries or chosen.documents):
        return get_release(connection, current)
    number = current + 1
    begin_release(connection, number, at=at, note=note)
    ENTRIES.publish(connection, number, chosen.entries)
    DOCUMENTS.publish(connection, number, chosen.documents)
    return finish_release(connection, number)


def every_draft(connection: Connection) -> Ready:
    """Return every draft there is."""
    return Ready(
        entries=frozenset(pk for pk, *_ in ENTRIES.drafts(connection)),
        documents=frozenset(pk for pk, *_ in DOCUMENTS.drafts(connection)),
    )


def begin_release(connection: Connection, number: int, *, at: dt.datetime, note: str) -> None:
    """Add a release's row, so that versions can refer to it; its counts follow with `finish_release`."""
    row: dict[str, Any] = {"number": number, "created_at": at.replace(tzinfo=None), "note": note}
    connection.execute(insert(schema.release).values(**row, entries=0, passages=0))


def finish_release(connection: Connection, number: int) -> Release:
    """Count what a release holds and return it."""
    counts = {"entries": ENTRIES.count(connection, number), "passages": _count_passages(connection, number)}
    connection.execute(schema.release.update().where(schema.release.c.number == number).values(**counts))
    return get_release(connection, number)


def _count_passages(connection: Connection, number: int) -> int:
    documents = DOCUMENTS.in_release(number).subquery()
    query = (
        select(func.count()).select_from(schema.passage).join(documents, documents.c.id == schema.passage.c.document_pk)
    )
    return int(connection.execute(query).scalar_one())
