"""What a list of entries shows: of each entry its newest version and what is published of it, and what moved since."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, or_, select

from kb.domain.clock import from_wall
from kb.domain.codec import validity_from_dict
from kb.domain.validity import Validity
from kb.store.records import current_release
from kb.store.reviews import State
from kb.store.schema import archived, entry_version, review
from kb.store.versions import chunks

OPEN = ("draft", "removing")
GONE = ("removing", "removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a list shows and searches of one version. `text` is all its words in lower case."""

    question: str
    kind: str
    categories: tuple[str, ...]
    owner: str
    region: str
    visibility: str
    validity: Validity
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry's newest version and what is published of it.

    `head` is the newest content: of a withdrawal (`removal`), what was taken away.
    """

    entry_id: str
    version: int
    is_open: bool
    removal: bool
    author: str
    at: dt.datetime
    head: Face | None
    live: Face | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a reading saw; two equal marks mean that no entry, review or release changed in between."""

    newest: int
    release: int
    reviews: tuple[tuple[Any, ...], ...]
    archive: tuple[Any, ...]


def mark_of(connection: Connection) -> Mark:
    """Return the mark of what is stored now, at the cost of a few index look-ups and the small table of reviews."""
    newest = connection.execute(select(func.max(entry_version.c.id))).scalar() or 0
    r = review.c
    counted = select(r.state, func.count(), func.max(r.submitted_at), func.max(r.decided_at)).group_by(r.state)
    away = connection.execute(select(func.count(), func.max(archived.c.at))).one()
    return Mark(
        newest=newest,
        release=current_release(connection),
        reviews=tuple(sorted((tuple(row) for row in connection.execute(counted)), key=lambda row: str(row[0]))),
        archive=tuple(away),
    )


def moved_since(connection: Connection, mark: Mark) -> set[str]:
    """Return the ids of entries that were saved or published since `mark`.

    A withdrawal that a publication carries out has no new row: who keeps lines reads open ones again after it.
    """
    t = entry_version.c
    query = select(t.entry_id).where(or_(t.id > mark.newest, t.release_from > mark.release))
    return set(connection.execute(query).scalars())


def lines(connection: Connection, entry_ids: Iterable[str] | None = None) -> Iterator[Line]:
    """Yield the lines of some entries, or of all, in id order within one reading."""
    blocks: Iterable[list[str] | None] = [None] if entry_ids is None else chunks(sorted(entry_ids))
    for block in blocks:
        rows = connection.execute(_query(block)).yield_per(1_000)
        for _item, group in groupby(rows, key=lambda row: row.entry_id):
            yield _line(list(group))


def review_states(connection: Connection) -> Mapping[tuple[str, int], State]:
    """Return the state of every review of an entry that waits, was approved or was sent back, by id and version."""
    r = review.c
    query = select(r.item_id, r.version, r.state).where(r.kind == "entry", r.state != "cancelled")
    return {(item, version): state for item, version, state in connection.execute(query)}


def _query(block: list[str] | None) -> Any:  # noqa: ANN401 - a select over half the columns
    t = entry_version.c
    content = func.max(case((t.status.not_in(GONE), t.version), else_=0)).label("content")
    last = select(t.entry_id.label("item"), func.max(t.version).label("version"), content).group_by(t.entry_id)
    newest = (last if block is None else last.where(t.entry_id.in_(block))).subquery()
    published = and_(t.release_from.is_not(None), t.release_to.is_(None))
    query = (
        select(
            t.entry_id, t.version, t.status, t.payload, t.author, t.created_at, t.release_from, t.release_to,
        )
        .join(newest, t.entry_id == newest.c.item)
        .where(or_(t.version == newest.c.version, t.version == newest.c.content, published))
    )  # fmt: skip
    return query.order_by(t.entry_id, t.version)


def _line(rows: list[Row[Any]]) -> Line:
    faces: dict[int, Face] = {row.version: face_of(json.loads(row.payload)) for row in rows if row.payload != "{}"}
    last = rows[-1]
    live = [row.version for row in rows if row.release_from is not None and row.release_to is None]
    return Line(
        entry_id=last.entry_id,
        version=last.version,
        is_open=last.status in OPEN,
        removal=last.status in GONE,
        author=last.author,
        at=from_wall(last.created_at),
        head=faces.get(max(faces, default=0)),
        live=faces.get(live[-1]) if live else None,
    )


def face_of(data: Mapping[str, Any]) -> Face:
    """Return what a list shows of a stored entry."""
    guard = data.get("guard") or {}
    answers = [branch["answer"] for branch in data["branches"]]
    words = [data["entry_id"], data["question"], *data["phrasings"], *answers, *guard.values()]
    return Face(
        question=data["question"],
        kind=data["kind"],
        categories=tuple(data["categories"]),
        owner=data["owner"],
        region=data["region"] or "",
        visibility=data["visibility"],
        validity=validity_from_dict(data),
        text="\n".join(words).casefold(),
    )
