"""Who asked for a version to be published, who decided, and when it may go out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, insert, or_, select, update

from kb.domain.clock import from_wall, to_wall
from kb.store.records import Ready
from kb.store.schema import archived, review
from kb.store.versions import DOCUMENTS, ENTRIES, Versions, chunks

ItemKind = Literal["entry", "document"]
State = Literal["pending", "approved", "rejected", "cancelled"]
TABLES: Mapping[ItemKind, Versions] = {"entry": ENTRIES, "document": DOCUMENTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One version put forward. `publish_at` is the moment an approved one goes out; `None` is at once."""

    kind: ItemKind
    item_id: str
    version: int
    state: State
    submitted_by: str
    submitted_at: dt.datetime
    decided_by: str = ""
    decided_at: dt.datetime | None = None
    note: str = ""
    publish_at: dt.datetime | None = None


def put_review(connection: Connection, new: Review) -> None:
    """Store a review, in place of an earlier one of the same version."""
    connection.execute(delete(review).where(*_key(new)))
    moments = {name: to_wall(getattr(new, name)) for name in ("submitted_at", "decided_at", "publish_at")}
    connection.execute(insert(review).values(**{**asdict(new), **moments}))


def cancel_reviews(connection: Connection, kind: ItemKind, item_ids: Iterable[str], *states: State) -> None:
    """Cancel some items' reviews that are in one of some states."""
    for block in chunks(item_ids):
        connection.execute(
            update(review)
            .where(review.c.kind == kind, review.c.item_id.in_(block), review.c.state.in_(states))
            .values(state="cancelled")
        )


def find_review(connection: Connection, kind: ItemKind, item_id: str, version: int) -> Review | None:
    """Return the review of one version."""
    query = select(review).where(review.c.kind == kind, review.c.item_id == item_id, review.c.version == version)
    row = connection.execute(query).one_or_none()
    return None if row is None else _review(row)


def reviews_in(connection: Connection, *states: State) -> list[Review]:
    """Return the reviews of versions still open that are in one of some states, oldest first."""
    still_open = or_(*(_still_open(kind, versions) for kind, versions in TABLES.items()))
    query = select(review).where(review.c.state.in_(states), still_open)
    return [_review(row) for row in connection.execute(query.order_by(review.c.submitted_at, review.c.item_id))]


def _still_open(kind: ItemKind, versions: Versions) -> ColumnElement[bool]:
    t = versions.table
    version = exists().where(
        versions.id == review.c.item_id, t.c.version == review.c.version, t.c.status.in_(("draft", "removing"))
    )
    return and_(review.c.kind == kind, version)


def reviews_of(connection: Connection, kind: ItemKind, item_ids: Iterable[str], *states: State) -> list[Review]:
    """Return the reviews of every version of some items that are in one of some states."""
    found: list[Review] = []
    for block in chunks(item_ids):
        query = select(review).where(review.c.kind == kind, review.c.item_id.in_(block), review.c.state.in_(states))
        found += (_review(row) for row in connection.execute(query))
    return found


def approved_drafts(
    connection: Connection, *, at: dt.datetime, wanted: Callable[[ItemKind, str], bool] = lambda _kind, _item: True
) -> Ready:
    """Return the drafts whose approval is due, of the items that are wanted."""
    due = {
        (one.kind, one.item_id, one.version)
        for one in reviews_in(connection, "approved")
        if (one.publish_at is None or one.publish_at <= at) and wanted(one.kind, one.item_id)
    }
    return _ready(connection, due)


def drafts_by(connection: Connection, author: str) -> Ready:
    """Return the drafts of one author that are their item's newest version and were not put forward for review."""
    reviewed = {(one.kind, one.item_id, one.version) for one in reviews_in(connection, "pending", "approved")}
    mine = {
        (kind, item, version)
        for kind, versions in TABLES.items()
        for item, version in _newest_drafts(connection, versions, author)
    }
    return _ready(connection, mine - reviewed)


def _newest_drafts(connection: Connection, versions: Versions, author: str) -> list[tuple[str, int]]:
    t = versions.table
    newest = select(versions.id.label("item"), func.max(t.c.version).label("version")).group_by(versions.id).subquery()
    query = (
        select(versions.id, t.c.version)
        .join(newest, and_(versions.id == newest.c.item, t.c.version == newest.c.version))
        .where(t.c.author == author, t.c.status.in_(("draft", "removing")))
    )
    return [(item, version) for item, version in connection.execute(query)]


def archive(connection: Connection, item_id: str, *, at: dt.datetime, account: str, reason: str) -> None:
    """Put an item into the archive."""
    unarchive(connection, item_id)
    connection.execute(insert(archived).values(item_id=item_id, at=to_wall(at), account=account, reason=reason))


def unarchive(connection: Connection, item_id: str) -> None:
    """Take an item out of the archive; harmless when it is not in it."""
    connection.execute(delete(archived).where(archived.c.item_id == item_id))


def archived_items(connection: Connection) -> frozenset[str]:
    """Return the ids in the archive."""
    return frozenset(connection.execute(select(archived.c.item_id)).scalars())


def _ready(connection: Connection, wanted: Collection[tuple[ItemKind, str, int]]) -> Ready:
    """Return the rows of those versions that are still drafts."""
    chosen = {
        kind: frozenset(
            pk
            for pk, item, version, _ in versions.drafts(connection, [item for k, item, _n in wanted if k == kind])
            if (kind, item, version) in wanted
        )
        for kind, versions in TABLES.items()
    }
    return Ready(entries=chosen["entry"], documents=chosen["document"])


def _key(one: Review) -> tuple[Any, Any, Any]:
    return (review.c.kind == one.kind, review.c.item_id == one.item_id, review.c.version == one.version)


def _review(row: Row[Any]) -> Review:
    return Review(
        kind=row.kind,
        item_id=row.item_id,
        version=row.version,
        state=row.state,
        submitted_by=row.submitted_by,
        submitted_at=from_wall(row.submitted_at),
        decided_by=row.decided_by,
        decided_at=from_wall(row.decided_at),
        note=row.note,
        publish_at=from_wall(row.publish_at),
    )
