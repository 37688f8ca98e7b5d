"""The audit chain in the records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, insert, select

from assistant.audit.chain import START, Event, Noted, event_hash
from kb.domain.clock import CHINA, from_wall
from kb.store.schema import audit_event

PAGE = 500


def append(connection: Connection, event: Event, *, at: dt.datetime) -> Noted:
    """Add an event to the end, in its caller's transaction: what happened and its trace stand or fall together."""
    moment = at.astimezone(CHINA).replace(microsecond=0)
    last = connection.execute(
        select(audit_event.c.number, audit_event.c.hash).order_by(audit_event.c.number.desc()).limit(1)
    ).one_or_none()
    number, previous = (last.number + 1, last.hash) if last else (1, START)
    noted = Noted(
        number=number,
        at=moment,
        event=event,
        previous=previous,
        hash=event_hash(number, moment, event, previous),
    )
    connection.execute(
        insert(audit_event).values(
            number=number,
            at=moment.replace(tzinfo=None),
            actor=event.actor,
            action=event.action,
            target=event.target,
            version=event.version,
            release=event.release,
            detail=event.detail,
            previous=previous,
            hash=noted.hash,
        )
    )
    return noted


def walk(connection: Connection) -> Iterator[Noted]:
    """Yield every event in order, a page at a time."""
    after = -1
    while True:
        query = select(audit_event).where(audit_event.c.number > after).order_by(audit_event.c.number).limit(PAGE)
        rows = connection.execute(query).all()
        if not rows:
            return
        for row in rows:
            yield _noted(row)
        after = rows[-1].number


def newest(connection: Connection, *, limit: int, before: int | None = None, actor: str = "") -> list[Noted]:
    """Return the newest events, newest first; `before` continues below a number."""
    query = select(audit_event).order_by(audit_event.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(audit_event.c.number < before)
    if actor:
        query = query.where(audit_event.c.actor == actor)
    return [_noted(row) for row in connection.execute(query)]


def _noted(row: Any) -> Noted:  # noqa: ANN401 - a row of a select over the table
    return Noted(
        number=row.number,
        at=from_wall(row.at),
        event=Event(
            actor=row.actor,
            action=row.action,
            target=row.target,
            version=row.version,
            release=row.release,
            detail=row.detail,
        ),
        previous=row.previous,
        hash=row.hash,
    )
