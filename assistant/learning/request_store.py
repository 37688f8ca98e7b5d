"""Requests in the records. Moments are kept as wall time in China."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from assistant.learning.request_rules import CLOSED
from kb.domain.clock import from_wall, to_wall
from kb.domain.errors import StaleVersion
from kb.store.schema import knowledge_request, knowledge_request_event

_PLAIN = ("account", "department", "kind", "note", "entry_id", "release", "stage", "version", "reply")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request; texts are masked. Without clocks (feedback from before there were any) it is never overdue."""

    number: str
    at: dt.datetime
    account: str
    department: str
    kind: str
    text: str
    note: str = ""
    entry_id: str = ""
    release: int = 0
    stage: str
    version: int = 1
    stage_at: dt.datetime
    target_at: dt.datetime | None = None
    limit_at: dt.datetime | None = None
    provisional: bool = False
    reply: str = ""
    closed_at: dt.datetime | None = None
    request_id: int = 0

    def overdue(self, now: dt.datetime) -> bool:
        """Whether the stage it stands at should have been left by its limit."""
        return self.limit_at is not None and self.stage != CLOSED and now > self.limit_at

    def behind(self, now: dt.datetime) -> bool:
        """Whether the target has passed, the limit not yet."""
        return self.target_at is not None and self.stage != CLOSED and now > self.target_at and not self.overdue(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One step taken: who, from where to where, in time or late, with which words (masked)."""

    at: dt.datetime
    account: str
    step: str
    stage_from: str
    stage_to: str
    late: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """Which requests to list. `account` and `department` confine; empty texts confine nothing."""

    stage: str = ""
    kind: str = ""
    overdue: bool = False
    open: bool = False
    account: str = ""
    department: str = ""
    limit: int = 100


def insert_request(connection: Connection, asked: Asked) -> Asked:
    """Add a request under the next number of its day (`X`, `YYYYMMDD` and five digits) and return it."""
    newest = connection.execute(select(func.max(knowledge_request.c.id))).scalar() or 0
    number = f"X{asked.at:%Y%m%d}{newest + 1:05d}"
    values = {name: getattr(asked, name) for name in _PLAIN} | _moments(asked)
    made = connection.execute(
        insert(knowledge_request).values(
            **values, number=number, text_masked=asked.text, at=to_wall(asked.at), provisional=int(asked.provisional)
        )
    )
    key = made.inserted_primary_key
    return replace(asked, number=number, request_id=int(key[0]) if key else 0)


def find_request(connection: Connection, number: str) -> Asked | None:
    """Return one request."""
    row = connection.execute(select(knowledge_request).where(knowledge_request.c.number == number)).one_or_none()
    return None if row is None else _asked(row)


def list_requests(connection: Connection, wanted: RequestFilter, now: dt.datetime) -> list[Asked]:
    """Return requests: those whose limit comes first lead, closed ones last."""
    c = knowledge_request.c
    query = select(knowledge_request).order_by(c.stage == CLOSED, c.limit_at.is_(None), c.limit_at, c.id.desc())
    for column, value in ((c.stage, wanted.stage), (c.kind, wanted.kind), (c.account, wanted.account)):
        query = query.where(column == value) if value else query
    if wanted.department:
        query = query.where(c.department == wanted.department)
    if wanted.open:
        query = query.where(c.stage != CLOSED)
    if wanted.overdue:
        query = query.where(c.stage != CLOSED, c.limit_at < to_wall(now))
    return [_asked(row) for row in connection.execute(query.limit(wanted.limit))]


def move(connection: Connection, before: Asked, after: Asked) -> None:
    """Store a request's next state: compare-and-set on the version of `before`.

    Raises:
        StaleVersion: somebody changed it since `before` was read.
    """
    done = connection.execute(
        update(knowledge_request)
        .where(knowledge_request.c.number == before.number, knowledge_request.c.version == before.version)
        .values(
            stage=after.stage,
            version=after.version,
            reply=after.reply,
            entry_id=after.entry_id,
            provisional=int(after.provisional),
            **_moments(after),
        )
    )
    if done.rowcount != 1:
        raise StaleVersion(f"反馈 {before.number} 已被别人处理过", current=before.version + 1)


def insert_done(connection: Connection, request_id: int, done: Done) -> None:
    """Add a step taken."""
    values = {**asdict(done), "request_id": request_id, "at": to_wall(done.at), "late": int(done.late)}
    connection.execute(insert(knowledge_request_event).values(**values))


def done_to(connection: Connection, request_id: int) -> list[Done]:
    """Return the steps taken, oldest first."""
    t = knowledge_request_event
    query = select(t).where(t.c.request_id == request_id).order_by(t.c.id)
    return [
        Done(
            at=from_wall(row.at),
            account=row.account,
            step=row.step,
            stage_from=row.stage_from,
            stage_to=row.stage_to,
            late=bool(row.late),
            note=row.note,
        )
        for row in connection.execute(query)
    ]


def _moments(asked: Asked) -> dict[str, dt.datetime | None]:
    names = ("stage_at", "target_at", "limit_at", "closed_at")
    return {name: to_wall(getattr(asked, name)) for name in names}


def _asked(row: Any) -> Asked:  # noqa: ANN401 - a row of a select over the table
    moments: dict[str, Any] = {name: from_wall(getattr(row, name)) for name in ("target_at", "limit_at", "closed_at")}
    return Asked(
        **{name: getattr(row, name) for name in _PLAIN},
        **moments,
        number=row.number,
        text=row.text_masked,
        at=from_wall(row.at),
        stage_at=from_wall(row.stage_at),
        provisional=bool(row.provisional),
        request_id=row.id,
    )
