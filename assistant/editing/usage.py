"""How entries fare on calls: how often each was shown, shown first, called wrong, and followed by an order anyway."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kb.curation.watch.rules import WatchRules
from kb.curation.watch.singles import alone
from kb.curation.watch.subjects import entry_subject, side_of
from kb.curation.watch.types import Finding
from kb.domain.clock import CHINA
from kb.domain.knowledge import Entry
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
    after = (now - dt.timedelta(days=days)).astimezone(CHINA).replace(tzinfo=None)
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


def never_shown(entries: Iterable[Entry], usage: Usage, today: dt.date, rules: WatchRules) -> Iterator[Finding]:
    """Yield public entries in force that no suggestion showed, once the log is long enough to tell."""
    least = int(rules.limit("usage", "least_days"))
    if usage.since is None or (today - usage.since).days < least:
        return
    for entry in _answering(entries, today):
        started = entry.validity.valid_from
        if not usage.shown[entry.entry_id] and (started is None or (today - started).days >= least):
            why = f"自 {usage.since.isoformat()} 起没有在任何一通电话里出现"
            yield alone("never_shown", side_of(entry_subject(entry), entry.question), why)


def not_chosen(entries: Iterable[Entry], usage: Usage, today: dt.date, rules: WatchRules) -> Iterator[Finding]:
    """Yield entries shown often that did not help: never first, called wrong, or an order was filed all the same."""
    least, share = rules.limit("usage", "least_shown"), rules.limit("usage", "unhelpful_share")
    for entry in _answering(entries, today):
        times, first = usage.shown[entry.entry_id], usage.first[entry.entry_id]
        unhelpful = usage.wrong[entry.entry_id] + usage.ordered[entry.entry_id]
        if times < least or (first and unhelpful < share * first):
            continue
        why = f"出现 {times} 次，第一位 {first} 次；被说答案错 {usage.wrong[entry.entry_id]} 次，"
        why += f"随后仍开单 {usage.ordered[entry.entry_id]} 次"
        side = side_of(entry_subject(entry), entry.question)
        yield alone("not_chosen", side, why, score=min(1.0, times / 1000))


def _answering(entries: Iterable[Entry], today: dt.date) -> Iterator[Entry]:
    for entry in entries:
        if entry.kind != "guard" and entry.visibility == "对外" and entry.validity.covers(today):
            yield entry
