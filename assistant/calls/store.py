"""Calls and feedback in the records."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from assistant.calls.types import Call, Feedback
from kb.domain.clock import from_wall, to_wall
from kb.store.schema import feedback, phone_call

KEEP = dt.timedelta(days=1)


def insert_call(connection: Connection, call: Call) -> None:
    """Add a call, and forget those older than a day: they hold phones and customer numbers."""
    at = to_wall(call.created_at)
    connection.execute(delete(phone_call).where(phone_call.c.created_at < at - KEEP))
    connection.execute(insert(phone_call).values(**{**asdict(call), "created_at": at}))


def find_call(connection: Connection, call_id: str) -> Call | None:
    """Return a call."""
    row = connection.execute(select(phone_call).where(phone_call.c.call_id == call_id)).mappings().one_or_none()
    return None if row is None else Call(**{**row, "created_at": from_wall(row["created_at"])})


def insert_feedback(connection: Connection, given: Feedback, *, account: str, department: str, at: dt.datetime) -> bool:
    """Keep feedback whose texts are masked already; whether it is new. The same token is kept once."""
    if connection.execute(select(feedback.c.id).where(feedback.c.token == given.token)).first():
        return False
    connection.execute(
        insert(feedback).values(
            token=given.token,
            at=to_wall(at),
            account=account,
            department=department,
            kind=given.kind,
            text_masked=given.text,
            facts=json.dumps(dict(given.facts), ensure_ascii=False),
            release=given.release,
            as_of=given.as_of,
            entry_id=given.entry_id,
            note=given.note,
        )
    )
    return True


def newest_feedback(connection: Connection, *, department: str, kind: str, limit: int) -> list[dict[str, Any]]:
    """Return feedback, newest first; of one department and one kind where they are given."""
    query = select(feedback).order_by(feedback.c.id.desc()).limit(limit)
    if department:
        query = query.where(feedback.c.department == department)
    if kind:
        query = query.where(feedback.c.kind == kind)
    return [
        {
            "id": row.id,
            "at": from_wall(row.at).isoformat(timespec="seconds"),
            "account": row.account,
            "department": row.department,
            "kind": row.kind,
            "text": row.text_masked,
            "facts": json.loads(row.facts),
            "release": row.release,
            "as_of": row.as_of,
            "entry_id": row.entry_id,
            "note": row.note,
        }
        for row in connection.execute(query)
    ]
