"""Entries no call showed, and entries shown often that did not help."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from assistant.editing.store import Usage
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.singles import alone
from kb.curation.watch.subjects import entry_subject, side_of
from kb.curation.watch.types import Finding
from kb.domain.knowledge import Entry


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
