"""What curators see beside the release: drafts, withdrawn entries and every version of one entry."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, func, or_, select

from kb.domain.codec import entry_from_dict
from kb.domain.knowledge import Entry
from kb.store.schema import entry_version
from kb.store.versions import chunks

State = Literal["published", "draft", "withdrawn", "old"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One version of an entry: its content, where it stands, who wrote it why and when, and the releases it is in.

    A tombstone carries the content it took away. `at` is wall time in China.
    """

    entry: Entry
    version: int
    state: State
    author: str
    reason: str
    at: dt.datetime
    release_from: int | None
    release_to: int | None


Open = tuple[str, str, int]


def unpublished(connection: Connection, words: Sequence[str] = (), entry_id: str = "") -> list[Open]:
    """Return (entry id, state, row) of entries whose newest version waits for publication or takes them away, by id.

    The row is the one that says what the entry would say, or last said; `contents` reads it.
    With `words`, only those whose content may hold every one of them, whatever the case; with `entry_id`, that one.
    """
    t = entry_version
    later = t.alias()
    newer = select(later.c.id).where(later.c.entry_id == t.c.entry_id, later.c.version > t.c.version)
    query = select(t.c.id, t.c.entry_id, t.c.status).where(
        t.c.status.in_(("draft", "removing", "removed")), ~newer.exists()
    )
    if entry_id:
        query = query.where(t.c.entry_id == entry_id)
    rows = connection.execute(query.order_by(t.c.entry_id)).all()
    gone = _last_contents(connection, [item for _pk, item, status in rows if status != "draft"])
    found = [
        (item, "draft", pk) if status == "draft" else (item, "withdrawn", gone[item])
        for pk, item, status in rows
        if status == "draft" or item in gone
    ]
    if not words:
        return found
    holding = _holding(connection, words)
    return [one for one in found if one[2] in holding]


def contents(connection: Connection, pks: Iterable[int]) -> dict[int, Entry]:
    """Return what some version rows say."""
    t, found = entry_version, {}
    for block in chunks(pks):
        for pk, payload in connection.execute(select(t.c.id, t.c.payload).where(t.c.id.in_(block))):
            found[pk] = entry_from_dict(json.loads(payload))
    return found


def _holding(connection: Connection, words: Sequence[str]) -> frozenset[int]:
    """Return the open rows and tombstoned contents whose stored text may hold every word."""
    t = entry_version
    holds = [
        or_(
            func.lower(t.c.payload).contains(json.dumps(word, ensure_ascii=False)[1:-1], autoescape=True),
            func.lower(t.c.entry_id).contains(word, autoescape=True),
        )
        for word in words
        if word.isascii() or word.lower() == word.upper()
    ]
    waiting = select(t.c.entry_id).where(t.c.status.in_(("draft", "removing", "removed")))
    query = select(t.c.id).where(t.c.entry_id.in_(waiting), t.c.payload != "{}", *holds)
    return frozenset(connection.execute(query).scalars())


def _last_contents(connection: Connection, entry_ids: Sequence[str]) -> dict[str, int]:
    t = entry_version
    found: dict[str, int] = {}
    for block in chunks(entry_ids):
        query = select(t.c.entry_id, t.c.id).where(t.c.entry_id.in_(block), t.c.payload != "{}").order_by(t.c.version)
        found.update({row.entry_id: row.id for row in connection.execute(query)})
    return found


def versions(connection: Connection, entry_id: str) -> list[Stored]:
    """Return every version of an entry that has content, newest first; empty when there is no such entry."""
    query = (
        select(entry_version)
        .where(entry_version.c.entry_id == entry_id, entry_version.c.payload != "{}")
        .order_by(entry_version.c.version.desc())
    )
    return [_stored(row, _state(row)) for row in connection.execute(query)]


def _state(row: Any) -> State:  # noqa: ANN401 - a row of a select over the table
    if row.status == "draft":
        return "draft"
    return "published" if row.release_from is not None and row.release_to is None else "old"


def _stored(row: Any, state: State) -> Stored:  # noqa: ANN401 - see above
    return Stored(
        entry=entry_from_dict(json.loads(row.payload)),
        version=row.version,
        state=state,
        author=row.author,
        reason=row.reason,
        at=row.created_at,
        release_from=row.release_from,
        release_to=row.release_to,
    )
