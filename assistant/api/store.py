"""The suggestion log in the records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from sqlalchemy import Connection, RowMapping, insert, select

from kb.domain.clock import from_wall, to_wall
from kb.domain.errors import NotFound
from kb.store.schema import suggestion_log


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One suggestion as it is kept: masked words, facts and shown answers as JSON, `at` in Asia/Shanghai.

    `outages` is a JSON list of the notices shown, each with the times that were told (`notice_id`, `starts`, `ends`).
    """

    at: dt.datetime
    text_masked: str
    facts: str
    as_of: str
    release: int
    band: str
    answers: str
    took_ms: int
    account: str
    call_id: str = ""
    outages: str = "[]"


def insert_suggestions(connection: Connection, rows: Sequence[LogRow]) -> None:
    """Add rows to the log."""
    connection.execute(
        insert(suggestion_log),
        [{**asdict(row), "at": to_wall(row.at)} for row in rows],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A logged suggestion with its number."""

    number: int
    row: LogRow


def get_logged(connection: Connection, number: int) -> Logged:
    """Return one logged suggestion.

    Raises:
        NotFound: no such number.
    """
    found = connection.execute(select(suggestion_log).where(suggestion_log.c.id == number)).mappings().first()
    if found is None:
        raise NotFound(f"日志里没有第 {number} 号", hint="编号见 zhida eval logged")
    return _logged(found)


def list_logged(
    connection: Connection, *, since: dt.date | None = None, until: dt.date | None = None, limit: int | None = None
) -> list[Logged]:
    """Return logged suggestions, newest first.

    Args:
        connection: the records.
        since: first day (Asia/Shanghai), inclusive.
        until: last day, inclusive.
        limit: at most this many; all by default.
    """
    query = select(suggestion_log).order_by(suggestion_log.c.id.desc())
    if since is not None:
        query = query.where(suggestion_log.c.at >= dt.datetime.combine(since, dt.time()))
    if until is not None:
        query = query.where(suggestion_log.c.at < dt.datetime.combine(until, dt.time()) + dt.timedelta(days=1))
    return [_logged(row) for row in connection.execute(query.limit(limit)).mappings()]


def _logged(row: RowMapping) -> Logged:
    values = {field.name: row[field.name] for field in fields(LogRow)}
    return Logged(number=row["id"], row=LogRow(**{**values, "at": from_wall(row["at"])}))
