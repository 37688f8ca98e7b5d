"""Findings somebody looked at and set aside, each with the state of its sides then."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from kb.domain.clock import from_wall, to_wall
from kb.store.schema import dismissal


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissal:
    """Who set a finding aside, when and why; it holds while the finding's digest stays the same."""

    finding_id: str
    kind: str
    digest: str
    account: str
    reason: str
    at: dt.datetime


def put_dismissal(connection: Connection, new: Dismissal) -> None:
    """Store a dismissal, in place of an earlier one of the same finding."""
    connection.execute(delete(dismissal).where(dismissal.c.finding_id == new.finding_id))
    connection.execute(
        insert(dismissal).values(
            finding_id=new.finding_id,
            kind=new.kind,
            digest=new.digest,
            account=new.account,
            reason=new.reason,
            at=to_wall(new.at),
        )
    )


def drop_dismissal(connection: Connection, finding_id: str) -> bool:
    """Take a finding back from where it was set aside; whether it stood there."""
    return connection.execute(delete(dismissal).where(dismissal.c.finding_id == finding_id)).rowcount > 0


def dismissals(connection: Connection) -> dict[str, Dismissal]:
    """Return every dismissal by its finding."""
    return {
        row.finding_id: Dismissal(
            finding_id=row.finding_id,
            kind=row.kind,
            digest=row.digest,
            account=row.account,
            reason=row.reason,
            at=from_wall(row.at),
        )
        for row in connection.execute(select(dismissal))
    }
