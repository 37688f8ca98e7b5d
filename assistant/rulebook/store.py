"""Every text a rule file ever had, in the records."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, update

from kb.domain.clock import from_wall, to_wall
from kb.store.schema import rule_version

Status = Literal["draft", "superseded", "applied", "replaced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """One text of a rule file. `text` is `None` where the bundled file was put back; `report` is what a preview found.

    `applied` is in force, `replaced` was; a `draft` waits for a second person, a `superseded` one was overtaken.
    """

    name: str
    version: int
    status: Status
    text: str | None
    author: str
    reason: str
    at: dt.datetime
    decided_by: str = ""
    decided_at: dt.datetime | None = None
    note: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)


def versions_of(connection: Connection, name: str) -> list[RuleVersion]:
    """Return every version of a rule file, oldest first."""
    query = select(rule_version).where(rule_version.c.name == name).order_by(rule_version.c.version)
    return [_version(row) for row in connection.execute(query)]


def add(connection: Connection, new: RuleVersion) -> None:
    """Store a version."""
    connection.execute(
        insert(rule_version).values(
            name=new.name,
            version=new.version,
            status=new.status,
            text=new.text,
            author=new.author,
            reason=new.reason,
            created_at=to_wall(new.at),
            decided_by=new.decided_by,
            decided_at=to_wall(new.decided_at),
            note=new.note,
            report=json.dumps(dict(new.report), ensure_ascii=False),
        )
    )


def move(connection: Connection, name: str, before: Status, after: Status) -> None:
    """Give a file's versions in one status another."""
    table = rule_version
    connection.execute(update(table).where(table.c.name == name, table.c.status == before).values(status=after))


def decide(
    connection: Connection, name: str, version: int, *, by: str, at: dt.datetime, note: str, report: Mapping[str, Any]
) -> None:
    """Mark a version as applied, with who decided and what the preview found."""
    table = rule_version
    connection.execute(
        update(table)
        .where(table.c.name == name, table.c.version == version)
        .values(
            status="applied", decided_by=by, decided_at=to_wall(at), note=note,
            report=json.dumps(dict(report), ensure_ascii=False),
        )
    )  # fmt: skip


def _version(row: Row[Any]) -> RuleVersion:
    return RuleVersion(
        name=row.name,
        version=row.version,
        status=row.status,
        text=row.text,
        author=row.author,
        reason=row.reason,
        at=from_wall(row.created_at),
        decided_by=row.decided_by,
        decided_at=from_wall(row.decided_at),
        note=row.note,
        report=json.loads(row.report),
    )
