"""What was: every version of an item, and what changed between two releases."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from kb.domain.clock import from_wall
from kb.domain.errors import NotFound
from kb.store import schema
from kb.store.versions import Versions, chunks

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an entry or of a document's head. `release_to` is the first release that no longer has it."""

    pk: int
    item_id: str
    version: int
    status: str
    digest: str
    payload: Json
    origin: str
    author: str
    reason: str
    at: dt.datetime
    release_from: int | None
    release_to: int | None

    @property
    def open(self) -> bool:
        """Whether it is a draft that no release has yet."""
        return self.status in {"draft", "removing"}

    @property
    def removal(self) -> bool:
        """Whether it takes its item away."""
        return self.status in {"removing", "removed"}


def versions_of(connection: Connection, versions: Versions, item_id: str) -> list[Version]:
    """Return every version of an item, oldest first; empty when there is no such item."""
    query = select(versions.table).where(versions.id == item_id).order_by(versions.table.c.version)
    return [_version(row, versions) for row in connection.execute(query)]


def version_of(connection: Connection, versions: Versions, item_id: str, number: int) -> Version:
    """Return one version of an item.

    Raises:
        NotFound: the item has no such version.
    """
    query = select(versions.table).where(versions.id == item_id, versions.table.c.version == number)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"{item_id} 没有第 {number} 版", hint="用 zhida entry history 编号 查看各版")
    return _version(row, versions)


def newest(connection: Connection, versions: Versions, item_ids: Iterable[str] | None = None) -> dict[str, Version]:
    """Return the newest version of some items, or of all."""
    found: dict[str, Version] = {}
    query = versions.heads_query()
    queries = [query] if item_ids is None else [query.where(versions.id.in_(block)) for block in chunks(item_ids)]
    for each in queries:
        found.update({(version := _version(row, versions)).item_id: version for row in connection.execute(each)})
    return found


def held_of(connection: Connection, versions: Versions, number: int, item_ids: Iterable[str]) -> dict[str, Version]:
    """Return what release `number` holds of some items."""
    return _some(connection, versions, item_ids, versions.within(number))


def in_release(connection: Connection, versions: Versions, number: int) -> dict[str, Version]:
    """Return what release `number` holds, by item id."""
    keys = versions.keys_in(connection, number).values()
    found = {}
    for block in chunks(keys):
        for row in connection.execute(select(versions.table).where(versions.table.c.id.in_(block))):
            version = _version(row, versions)
            found[version.item_id] = version
    return found


def in_force(connection: Connection, versions: Versions, item_ids: Iterable[str]) -> dict[str, Version]:
    """Return what the newest release holds of some items, by item id."""
    t = versions.table
    return _some(connection, versions, item_ids, and_(t.c.release_from.is_not(None), t.c.release_to.is_(None)))


def _some(
    connection: Connection, versions: Versions, item_ids: Iterable[str], held: ColumnElement[bool]
) -> dict[str, Version]:
    found = {}
    for block in chunks(item_ids):
        query = select(versions.table).where(versions.id.in_(block), held)
        found.update({(version := _version(row, versions)).item_id: version for row in connection.execute(query)})
    return found


def changed_between(
    connection: Connection, versions: Versions, before: int, after: int
) -> list[tuple[str, Version | None, Version | None]]:
    """Return `(item id, version in before, version in after)` of what differs in content, in id order."""
    moved = versions.moved(connection, before, after)
    first, second = held_of(connection, versions, before, moved), held_of(connection, versions, after, moved)
    pairs = [(item, first.get(item), second.get(item)) for item in sorted(first.keys() | second.keys())]
    return [(item, a, b) for item, a, b in pairs if a is None or b is None or a.digest != b.digest]


def passages_of(connection: Connection, document_pk: int) -> dict[str, Json]:
    """Return a document version's passages by id."""
    query = select(schema.passage.c.passage_id, schema.passage.c.payload).where(
        schema.passage.c.document_pk == document_pk
    )
    return {passage_id: json.loads(payload) for passage_id, payload in connection.execute(query)}


def _version(row: Row[Any], versions: Versions) -> Version:
    return Version(
        pk=row.id,
        item_id=getattr(row, versions.id.name),
        version=row.version,
        status=row.status,
        digest=row.digest,
        payload=json.loads(row.payload),
        origin=row.origin,
        author=row.author,
        reason=row.reason,
        at=from_wall(row.created_at),
        release_from=row.release_from,
        release_to=row.release_to,
    )
