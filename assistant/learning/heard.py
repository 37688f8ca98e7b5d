"""The suggestion log read as questions of calls. Pure: typing a question leaves many rows, and it is one question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One logged suggestion: masked words, the band, and the notices shown (number -> the time told)."""

    number: int
    at: dt.datetime
    account: str
    call_id: str
    text: str
    band: str
    release: int = 0
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Question:
    """One question of one call: `last` is how it stood in the end. `key` names the call."""

    key: str
    last: Heard
    told: dict[str, str] = field(default_factory=dict)


def questions(rows: Iterable[Heard], pause: dt.timedelta) -> list[Question]:
    """Return the questions behind log rows (oldest first), oldest first.

    Rows of one account and one call are one question while its words grow out of each other without a longer pause.
    Without a call's id every question counts as a call of its own.
    """
    found: list[Question] = []
    latest: dict[tuple[str, str], Question] = {}
    for row in rows:
        place = (row.account, row.call_id)
        known = latest.get(place)
        if known is None or row.at - known.last.at > pause or not _grown(known.last.text, row.text):
            known = Question(key=row.call_id or f"{row.account}/{row.number}", last=row)
            latest[place] = known
            found.append(known)
        known.last = row
        known.told.update(row.told)
    return found


def _grown(before: str, after: str) -> bool:
    """Whether one text is the other one typed on or partly taken back: they share at least half of the shorter."""
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    return 2 * shared >= min(len(before), len(after))
