"""Versioned rows: drafts, compare-and-set, and which release each version belongs to.

A version is drafted with no release. Publishing release n gives the newest draft of each item `release_from = n` and
closes its predecessor with `release_to = n`; a removal is a draft tombstone that only closes. Release n consists of
the rows with `release_from <= n < release_to`, so a publication costs what changed, not what exists.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, and_, func, insert, or_, select, update

from kb.domain.errors import StaleVersion
from kb.store.schema import document_version, entry_version

CHUNK = 400
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who changes what, where it came from, why and when."""

    author: str
    reason: str
    at: dt.datetime
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One item's next content, for the version that follows `expected`."""

    item_id: str
    payload: str
    digest: str
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest version of an item. `removed` marks a tombstone."""

    item_id: str
    version: int
    digest: str
    origin: str
    published: bool
    removed: bool


class Versions:
    """One versioned table."""

    def __init__(self, table: Table, id_column: str) -> None:
        self.table = table
        self.id: Column[str] = table.c[id_column]

    def heads(self, connection: Connection, *, origin: str | None = None) -> dict[str, Head]:
        """Return the newest version of every item, or of the items that came from one origin."""
        t = self.table
        newest = select(self.id.label("item"), func.max(t.c.version).label("version")).group_by(self.id).subquery()
        query = select(self.id, t.c.version, t.c.digest, t.c.origin, t.c.status).join(
            newest, and_(self.id == newest.c.item, t.c.version == newest.c.version)
        )
        if origin is not None:
            query = query.where(t.c.origin == origin)
        return {row[0]: _head(row) for row in connection.execute(query)}

    def numbers(self, connection: Connection, item_ids: Iterable[str]) -> dict[str, int]:
        """Return the number of the newest version of those items that exist."""
        found: dict[str, int] = {}
        query = select(self.id, func.max(self.table.c.version)).group_by(self.id)
        for block in chunks(item_ids):
            found.update(connection.execute(query.where(self.id.in_(block))).all())
        return found

    def put(
        self, connection: Connection, item_id: str, payload: str, digest: str, change: Change, *, expected: int
    ) -> int:
        """Draft version `expected + 1` and return the new row's primary key.

        Raises:
            StaleVersion: the newest stored version is not `expected`.
        """
        self._check(connection, item_id, expected)
        return self._insert(connection, item_id, expected + 1, "draft", payload, digest, change)

    def put_many(self, connection: Connection, drafts: Sequence[Draft], change: Change) -> None:
        """Draft many items' next versions, each item once, at the cost of a few statements.

        Raises:
            StaleVersion: the newest stored version of one of them is not what its draft expects.
        """
        for chunk in chunks(drafts):
            self._check_many(connection, chunk)
            rows = [self._row(d.item_id, d.expected + 1, "draft", d.payload, d.digest, change) for d in chunk]
            connection.execute(insert(self.table), rows)

    def remove(self, connection: Connection, item_id: str, change: Change, *, expected: int) -> None:
        """Draft a tombstone: the item disappears with the next release.

        Raises:
            StaleVersion: the newest stored version is not `expected`.
        """
        self._check(connection, item_id, expected)
        self._insert(connection, item_id, expected + 1, "removing", "{}", "", change)

    def within(self, number: int) -> ColumnElement[bool]:
        """Return the condition that a version is in release `number`."""
        t = self.table
        return and_(t.c.release_from <= number, or_(t.c.release_to.is_(None), t.c.release_to > number))

    def keys_in(self, connection: Connection, number: int) -> dict[str, int]:
        """Return item id -> primary key of everything in release `number`, in id order, without reading its content."""
        query = select(self.id, self.table.c.id).where(self.within(number)).order_by(self.id)
        found: dict[str, int] = dict(connection.execute(query).all())
        return found

    def moved(self, connection: Connection, one: int, other: int) -> list[str]:
        """Return the items that came, went or changed anywhere between two releases."""
        t, (low, high) = self.table, sorted((one, other))
        between = [and_(column > low, column <= high) for column in (t.c.release_from, t.c.release_to)]
        return list(connection.execute(select(self.id).where(or_(*between)).distinct()).scalars())

    def heads_query(self) -> Select[Any]:
        """Select the newest version of every item whole; narrow it by item before running it where few are wanted."""
        later = self.table.alias()
        newer = select(later.c.id).where(later.c[self.id.name] == self.id, later.c.version > self.table.c.version)
        return select(self.table).where(~newer.exists()).order_by(self.id)

    def in_release(self, number: int) -> Select[int, str, int, str]:
        """Select `(id, item id, version, payload)` of everything in release `number`, in id order."""
        t = self.table
        return select(t.c.id, self.id, t.c.version, t.c.payload).where(self.within(number)).order_by(self.id)

    def arrived(self, before: int, number: int) -> Select[int, str, int, str]:
        """Select as `in_release`, but only what release `before` did not hold in this version."""
        return self.in_release(number).where(self.table.c.release_from > before)

    def left(self, connection: Connection, before: int, number: int) -> list[str]:
        """Return the ids of the versions that release `before` held and release `number` does not, in id order."""
        t = self.table
        query = select(self.id).where(t.c.release_from <= before, t.c.release_to > before, t.c.release_to <= number)
        return list(connection.execute(query.order_by(self.id)).scalars())

    def drafts(self, connection: Connection, item_ids: Iterable[str] | None = None) -> list[tuple[int, str, int, bool]]:
        """Return `(id, item id, version, removing)` of every draft, or of some items' drafts, oldest first."""
        t = self.table
        query = (
            select(t.c.id, self.id, t.c.version, t.c.status)
            .where(t.c.status.in_(("draft", "removing")))
            .order_by(self.id, t.c.version)
        )
        queries = [query] if item_ids is None else [query.where(self.id.in_(b)) for b in chunks(sorted(set(item_ids)))]
        rows = (row for each in queries for row in connection.execute(each))
        return [(pk, item, version, status == "removing") for pk, item, version, status in rows]

    def items_of(self, connection: Connection, pks: Iterable[int]) -> set[str]:
        """Return which items some rows are versions of."""
        query = select(self.id)
        return {
            item
            for block in chunks(pks)
            for item in connection.execute(query.where(self.table.c.id.in_(block))).scalars()
        }

    def publish(self, connection: Connection, number: int, ready: Collection[int] | None = None) -> int:
        """Move the newest ready draft of each item into release `number`; return how many items changed.

        `ready` are primary keys of drafts; `None` is every draft. Older drafts of the same items are superseded, newer
        ones stay drafts.
        """
        drafts = self.drafts(connection, None if ready is None else self.items_of(connection, ready))
        chosen = {
            item: (pk, version, removing) for pk, item, version, removing in drafts if ready is None or pk in ready
        }
        put = [pk for pk, _version, removing in chosen.values() if not removing]
        gone = [pk for pk, _version, removing in chosen.values() if removing]
        older = [pk for pk, item, version, _removing in drafts if item in chosen and version < chosen[item][1]]
        self.close(connection, chosen, number)
        self.mark(connection, put, status="published", release_from=number)
        self.mark(connection, gone, status="removed", release_from=None)
        self.mark(connection, older, status="superseded", release_from=None)
        return len(chosen)

    def count(self, connection: Connection, number: int) -> int:
        """Return how many items release `number` holds."""
        query = select(func.count()).select_from(self.table).where(self.within(number))
        return int(connection.execute(query).scalar_one())

    def close(self, connection: Connection, items: Iterable[str], number: int) -> None:
        """End what is published of some items with release `number`."""
        t = self.table
        for chunk in chunks(items):
            connection.execute(
                update(t)
                .where(self.id.in_(chunk), t.c.release_from.is_not(None), t.c.release_to.is_(None))
                .values(release_to=number, status="replaced")
            )

    def mark(self, connection: Connection, pks: Iterable[int], *, status: str, release_from: int | None) -> None:
        """Set the status and first release of some rows."""
        for chunk in chunks(pks):
            connection.execute(
                update(self.table).where(self.table.c.id.in_(chunk)).values(status=status, release_from=release_from)
            )

    def _check(self, connection: Connection, item_id: str, expected: int) -> None:
        current = connection.execute(select(func.max(self.table.c.version)).where(self.id == item_id)).scalar() or 0
        _compare(item_id, expected, current)

    def _check_many(self, connection: Connection, drafts: Sequence[Draft]) -> None:
        found = self.numbers(connection, [draft.item_id for draft in drafts])
        for draft in drafts:
            _compare(draft.item_id, draft.expected, found.get(draft.item_id, 0))

    def _insert(
        self,
        connection: Connection,
        item_id: str,
        version: int,
        status: str,
        payload: str,
        digest: str,
        change: Change,
    ) -> int:
        row = self._row(item_id, version, status, payload, digest, change)
        result = connection.execute(insert(self.table).values(**row))
        key = result.inserted_primary_key
        return int(key[0]) if key is not None else 0

    def _row(
        self, item_id: str, version: int, status: str, payload: str, digest: str, change: Change
    ) -> dict[str, object]:
        return {
            self.id.name: item_id,
            "version": version,
            "status": status,
            "payload": payload,
            "digest": digest,
            "origin": change.origin,
            "author": change.author,
            "reason": change.reason,
            "created_at": change.at.replace(tzinfo=None),
        }


def _compare(item_id: str, expected: int, current: int) -> None:
    if current != expected:
        raise stale_version(item_id, expected, current)


def stale_version(item_id: str, expected: int, current: int) -> StaleVersion:
    """Return the error of somebody who saved on top of a version that is no longer the newest."""
    return StaleVersion(f"{item_id} 已被修改（当前第 {current} 版，您依据的是第 {expected} 版）", current=current)


def _head(row: Row[str, int, str, str, str]) -> Head:
    item, version, digest, origin, status = row
    return Head(
        item_id=item,
        version=version,
        digest=digest,
        origin=origin,
        published=status == "published",
        removed=status in {"removing", "removed"},
    )


def chunks(values: Iterable[V]) -> Iterator[list[V]]:
    """Cut values into lists short enough for one statement."""
    block: list[V] = []
    for value in values:
        block.append(value)
        if len(block) == CHUNK:
            yield block
            block = []
    if block:
        yield block


ENTRIES = Versions(entry_version, "entry_id")
DOCUMENTS = Versions(document_version, "document_id")
