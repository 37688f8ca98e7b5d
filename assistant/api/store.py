"""The suggestion log in the records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert

from kb.domain.clock import CHINA
from kb.store.schema import suggestion_log


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One suggestion as it is kept: masked words, facts and shown answers as JSON, `at` in Asia/Shanghai."""

    at: dt.datetime
    text_masked: str
    facts: str
    as_of: str
    release: int
    band: str
    answers: str
    took_ms: int
    account: str


def insert_suggestions(connection: Connection, rows: Sequence[LogRow]) -> None:
    """Add rows to the log."""
    connection.execute(
        insert(suggestion_log),
        [{**asdict(row), "at": row.at.astimezone(CHINA).replace(tzinfo=None)} for row in rows],
    )
