"""How entries fared on calls, counted from the suggestion log, feedback and decisions about orders."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kb.domain.clock import to_wall
from kb.store.schema import feedback, suggestion_log, work_order_decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Counts over some days, by entry. `since` is the day of the first suggestion counted; `None` without any."""

    shown: Counter[str]
    first: Counter[str]
    wrong: Counter[str]
    ordered: Counter[str]
    since: dt.date | None


def read_usage(connection: Connection, *, now: dt.datetime, days: int) -> Usage:
    """Count suggestions, feedback and decisions of the last `days` days. Band low shows nothing and counts nothing."""
    after = to_wall(now - dt.timedelta(days=days))
    decided = select(work_order_decision.c.text_masked).where(
        work_order_decision.c.at >= after, work_order_decision.c.needed == 1
    )
    ordering = set(connection.execute(decided).scalars())
    log = select(suggestion_log.c.at, suggestion_log.c.text_masked, suggestion_log.c.answers).where(
        suggestion_log.c.at >= after, suggestion_log.c.band != "low"
    )
    shown, first, ordered = Counter[str](), Counter[str](), Counter[str]()
    since: dt.date | None = None
    for at, text, answers in connection.execute(log):
        since = at.date() if since is None else min(since, at.date())
        ids = [answer["entry_id"] for answer in json.loads(answers)]
        shown.update(ids)
        first.update(ids[:1])
        if text in ordering:
            ordered.update(ids[:1])
    wrong = select(feedback.c.entry_id).where(feedback.c.at >= after, feedback.c.kind == "wrong")
    return Usage(
        shown=shown, first=first, wrong=Counter(connection.execute(wrong).scalars()), ordered=ordered, since=since
    )
