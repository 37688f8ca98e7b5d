"""What curators see beside the release: drafts, withdrawn entries and every version of one entry."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, select

from kb.domain.codec import entry_from_dict
from kb.domain.knowledge import Entry
from kb.store.schema import entry_version

State = Literal["published", "draft", "withdrawn", "old"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One version of an entry: its content, where it stands, who wrote it why and when, and the releases it is in.

    A tombstone carries the content it took away. `at` is wall time in China.
    """

    entry: Entry
    version: int
    state: State
    author: str
    reason: str
    at: dt.datetime
    release_from: int | None
    release_to: int | None


def versions(connection: Connection, entry_id: str) -> list[Stored]:
    """Return every version of an entry that has content, newest first; empty when there is no such entry."""
    query = (
        select(entry_version)
        .where(entry_version.c.entry_id == entry_id, entry_version.c.payload != "{}")
        .order_by(entry_version.c.version.desc())
    )
    return [_stored(row, _state(row)) for row in connection.execute(query)]


def _state(row: Any) -> State:  # noqa: ANN401 - a row of a select over the table
    if row.status == "draft":
        return "draft"
    return "published" if row.release_from is not None and row.release_to is None else "old"


def _stored(row: Any, state: State) -> Stored:  # noqa: ANN401 - see above
    return Stored(
        entry=entry_from_dict(json.loads(row.payload)),
        version=row.version,
        state=state,
        author=row.author,
        reason=row.reason,
        at=row.created_at,
        release_from=row.release_from,
        release_to=row.release_to,
    )
