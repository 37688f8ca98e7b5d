"""What the records hold of calls, for learning: log rows, feedback, decisions, verdicts on phrasings."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from assistant.learning.heard import Heard
from kb.domain.clock import from_wall, to_wall
from kb.store.schema import feedback, phrasing_verdict, suggestion_log, work_order_decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an agent did about some words: a feedback kind, or `overridden` for an order filed against the advice."""

    at: dt.datetime
    account: str
    kind: str
    text: str
    release: int
    entry_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a suggested phrasing: 已采用 (drafted), 未采用 (the gate refused; `detail` says why), 不要."""

    entry_id: str
    text: str
    state: str
    at: dt.datetime
    account: str
    release: int
    detail: str


def heard_since(connection: Connection, since: dt.datetime) -> Iterator[Heard]:
    """Yield the log from a moment on, oldest first."""
    query = select(suggestion_log).where(suggestion_log.c.at >= to_wall(since)).order_by(suggestion_log.c.id)
    return map(_heard, connection.execute(query))


def heard_of_notice(connection: Connection, notice_id: str) -> list[Heard]:
    """Return the log rows that showed a notice, oldest first."""
    marked = suggestion_log.c.outages.contains(json.dumps(notice_id, ensure_ascii=False), autoescape=True)
    rows = connection.execute(select(suggestion_log).where(marked).order_by(suggestion_log.c.id))
    return [row for row in map(_heard, rows) if notice_id in row.told]


def said_since(connection: Connection, since: dt.datetime) -> list[Said]:
    """Return feedback and overridden decisions from a moment on, oldest first."""
    told = select(feedback).where(feedback.c.at >= to_wall(since)).order_by(feedback.c.id)
    found = [_said(row, row.kind, row.entry_id) for row in connection.execute(told)]
    d = work_order_decision.c
    decided = select(work_order_decision).where(d.at >= to_wall(since)).order_by(d.id)
    found += [
        _said(row, "overridden", "")
        for row in connection.execute(decided)
        if (row.advised_needed, row.advised_form) != (row.needed, row.form)
    ]
    return sorted(found, key=lambda said: said.at)


def verdicts(connection: Connection) -> list[Verdict]:
    """Return every verdict on a phrasing, newest first."""
    query = select(phrasing_verdict).order_by(phrasing_verdict.c.at.desc(), phrasing_verdict.c.id.desc())
    return [
        Verdict(
            entry_id=row.entry_id,
            text=row.text,
            state=row.state,
            at=from_wall(row.at),
            account=row.account,
            release=row.release,
            detail=row.detail,
        )
        for row in connection.execute(query)
    ]


def put_verdict(connection: Connection, verdict: Verdict) -> None:
    """Keep a verdict, in place of an earlier one on the same phrasing."""
    t = phrasing_verdict
    connection.execute(delete(t).where(t.c.entry_id == verdict.entry_id, t.c.text == verdict.text))
    connection.execute(insert(t).values(**{**asdict(verdict), "at": to_wall(verdict.at)}))


def _heard(row: Any) -> Heard:  # noqa: ANN401 - a row of a select over the table
    return Heard(
        number=row.id,
        at=from_wall(row.at),
        account=row.account,
        call_id=row.call_id,
        text=row.text_masked,
        band=row.band,
        release=row.release,
        told={one["notice_id"]: one["ends"] for one in json.loads(row.outages)},
    )


def _said(row: Any, kind: str, entry_id: str) -> Said:  # noqa: ANN401 - see above
    at = from_wall(row.at)
    return Said(at=at, account=row.account, kind=kind, text=row.text_masked, release=row.release, entry_id=entry_id)
