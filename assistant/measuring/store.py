"""Scoring sheets and scores in the records."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from assistant.measuring.errors import SheetMissing
from eval.scoring.sampling import Draw
from kb.domain.clock import from_wall, to_wall
from kb.domain.errors import StaleVersion
from kb.store.schema import score, score_sheet

RULING = ""
"""The scorer of what somebody ruled where scorers differ."""
SEEN = 0
"""The number under which is kept that a scorer has seen the results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One score as it is kept. `account` wrote it down, which is not `scorer` when a filled sheet was handed in."""

    scorer: str
    number: int
    verdict: str
    reason: str
    version: int
    account: str


def insert_sheet(connection: Connection, draw: Draw, *, account: str, at: dt.datetime) -> bool:
    """Keep a draw; whether it is new. The same draw has the same number."""
    if connection.execute(select(score_sheet.c.sheet_id).where(score_sheet.c.sheet_id == draw.sheet_id)).first():
        return False
    kept = json.dumps(draw.to_dict(), ensure_ascii=True)
    values = {"sheet_id": draw.sheet_id, "draw": kept, "created_by": account, "created_at": to_wall(at)}
    connection.execute(insert(score_sheet).values(**values))
    return True


def find_draw(connection: Connection, sheet_id: str) -> Draw:
    """Return a sheet's draw.

    Raises:
        SheetMissing: no such sheet.
    """
    found = connection.execute(select(score_sheet.c.draw).where(score_sheet.c.sheet_id == sheet_id)).scalar()
    if found is None:
        raise SheetMissing("没有这份卷子")
    return Draw.from_dict(json.loads(found))


def list_sheets(connection: Connection) -> list[dict[str, Any]]:
    """Return the sheets, newest first, and how many items each scorer has scored."""
    counts = select(score.c.sheet_id, score.c.scorer, func.count()).where(score.c.number > SEEN)
    done: dict[str, dict[str, int]] = {}
    for sheet_id, scorer, n in connection.execute(counts.group_by(score.c.sheet_id, score.c.scorer)):
        done.setdefault(sheet_id, {})[scorer] = n
    rows = connection.execute(select(score_sheet).order_by(score_sheet.c.created_at.desc(), score_sheet.c.sheet_id))
    return [
        {
            "sheet_id": row.sheet_id,
            "draw": Draw.from_dict(json.loads(row.draw)),
            "created_by": row.created_by,
            "created_at": from_wall(row.created_at),
            "done": done.get(row.sheet_id, {}),
        }
        for row in rows
    ]


def scores_of(connection: Connection, sheet_id: str) -> list[Scored]:
    """Return every score of a sheet, rulings and `SEEN` marks among them, by scorer and item."""
    query = select(score).where(score.c.sheet_id == sheet_id).order_by(score.c.scorer, score.c.number)
    return [
        Scored(
            scorer=row.scorer, number=row.number, verdict=row.verdict, reason=row.reason, version=row.version,
            account=row.account,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def put_score(connection: Connection, sheet_id: str, given: Scored, *, at: dt.datetime) -> int:
    """Keep a score made on version `given.version` (0: none yet) and return the new version.

    Raises:
        StaleVersion: another tab or person was quicker.
    """
    here = (score.c.sheet_id == sheet_id, score.c.scorer == given.scorer, score.c.number == given.number)
    stored = connection.execute(select(score.c.version).where(*here)).scalar() or 0
    if stored != given.version:
        raise StaleVersion("这一条已经打过分了", current=stored)
    values = {
        "verdict": given.verdict, "reason": given.reason, "account": given.account, "at": to_wall(at),
        "version": stored + 1,
    }  # fmt: skip
    if stored:
        connection.execute(update(score).where(*here, score.c.version == stored).values(**values))
    else:
        key = {"sheet_id": sheet_id, "scorer": given.scorer, "number": given.number}
        connection.execute(insert(score).values(**key, **values))
    return stored + 1
