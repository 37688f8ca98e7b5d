"""Events and the chain over them. Pure: knows no database.

An event's hash covers its own fields and the hash of the event before, so that changing, removing or inserting one
breaks the chain at that place (hash chaining as in RFC 6962's log heads, in the simplest linear form). A cut-off end
leaves no gap; it shows against a head that was noted outside, which is why `verify` returns one and takes one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

START = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is to be noted: who (`actor`), did what (`action`), to what (`target`), in which version and release.

    `detail` is short text without secrets and without a caller's personal data.
    """

    actor: str
    action: str
    target: str = ""
    version: int | None = None
    release: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An event in its place: number (from 1, without gaps), moment (Asia/Shanghai), and the two hashes (hex)."""

    number: int
    at: dt.datetime
    event: Event
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a walk along the chain found: how many events, the head's hash, and the first break, if any.

    Attributes:
        broken_at: number of the first event that does not fit; `None` when all fit.
        reason: in Chinese, what is wrong there.
    """

    events: int
    head: str
    broken_at: int | None = None
    reason: str = ""


def event_hash(number: int, at: dt.datetime, event: Event, previous: str) -> str:
    """Return the SHA-256 (hex) over an event in its place; `at` counts to the second."""
    parts = [
        number,
        at.isoformat(timespec="seconds"),
        event.actor,
        event.action,
        event.target,
        event.version,
        event.release,
        event.detail,
        previous,
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def verify(events: Iterable[Noted], expected_head: tuple[int, str] | None = None) -> Verdict:
    """Walk the chain and name the first break.

    Args:
        events: in order of their numbers.
        expected_head: (number, hash) noted earlier outside; it must still stand in the chain.
    """
    count, head, wanted = 0, START, expected_head
    for noted in events:
        reason = _misfit(noted, count + 1, head)
        if reason:
            return Verdict(events=count, head=head, broken_at=noted.number, reason=reason)
        count, head = noted.number, noted.hash
        if wanted is not None and wanted[0] == count:
            if wanted[1] != head:
                return Verdict(
                    events=count, head=head, broken_at=count, reason="与当时记下的校验值不同，整条链被重写过"
                )
            wanted = None
    if wanted is not None:
        return Verdict(events=count, head=head, broken_at=count + 1, reason=f"第 {count + 1} 条起缺失，末尾被截掉了")
    return Verdict(events=count, head=head)


def _misfit(noted: Noted, number: int, previous: str) -> str:
    if noted.number != number:
        return f"第 {number} 条缺失"
    if noted.previous != previous:
        return "与前一条接不上，前一条被换过"
    if noted.hash != event_hash(noted.number, noted.at, noted.event, noted.previous):
        return "内容被改过"
    return ""
