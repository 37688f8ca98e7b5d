"""Orders as plain values, and the one JSON shape of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Stage = Literal["受理", "处理", "答复", "归档"]
STAGES: tuple[Stage, ...] = ("受理", "处理", "答复", "归档")
# Forward step by step; an answer that does not satisfy goes back to the handler.
STEPS: Mapping[Stage, tuple[Stage, ...]] = {"受理": ("处理",), "处理": ("答复",), "答复": ("归档", "处理"), "归档": ()}
OPEN: tuple[Stage, ...] = ("受理", "处理")

# The form fields that hold personal data, and the column each is kept in.
PERSONAL: Mapping[str, str] = {
    "户号": "account_no",
    "户名": "account_name",
    "联系人": "contact",
    "举报人": "contact",
    "联系电话": "phone",
    "用电地址": "address",
    "违法地址": "address",
}
COLUMN_FIELDS: Mapping[str, str] = {
    "account_no": "户号",
    "account_name": "户名",
    "contact": "联系人",
    "phone": "联系电话",
    "address": "用电地址",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order. Moments are in Asia/Shanghai; `fields` holds personal data by name, `details` the rest, masked.

    `department` is to handle it; `team` is the department of the account that filed it, empty when that had none.
    """

    number: str
    form: str
    stage: Stage
    version: int
    call_type: str
    category: str
    region: str
    department: str
    urgent: bool
    anonymous: bool
    fields: Mapping[str, str]
    content: str
    details: Mapping[str, str]
    reason: str
    rules: tuple[str, ...]
    release: int
    accepted_at: dt.datetime
    target_at: dt.datetime
    limit_at: dt.datetime
    provisional: bool
    created_by: str
    team: str = ""
    related: str | None = None
    closed_at: dt.datetime | None = None
    order_id: int = 0

    def overdue(self, now: dt.datetime) -> bool:
        """Whether the limit has passed and nobody has answered yet."""
        return self.stage in OPEN and now > self.limit_at


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """Something that happened to an order. `satisfied` is what the caller said when it was closed, if anybody asked."""

    at: dt.datetime
    account: str
    kind: str
    stage_from: str | None = None
    stage_to: str | None = None
    note: str = ""
    satisfied: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was advised and what was decided; `reason` is the agent's when the two differ."""

    at: dt.datetime
    account: str
    key: str
    digest: str
    text_masked: str
    release: int
    rules: tuple[str, ...]
    advised_needed: bool
    advised_form: str | None
    needed: bool
    form: str | None
    reason: str

    @property
    def overridden(self) -> bool:
        """Whether the agent decided otherwise than advised."""
        return (self.advised_needed, self.advised_form) != (self.needed, self.form)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders to list, newest first, or with `by_limit` the unanswered ones first, due soonest first.

    `due_hours`: answer due within so many hours (overdue ones included).
    """

    stage: str | None = None
    form: str | None = None
    overdue: bool = False
    due_hours: float | None = None
    by_limit: bool = False
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose orders may be seen: those a department filed or is to handle, and those of a region or of none.

    An empty text confines nothing.
    """

    department: str = ""
    region: str = ""


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What the same caller filed before: orders, newest first, and fields that need not be asked again."""

    orders: tuple[Order, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)


def order_to_dict(order: Order, now: dt.datetime) -> dict[str, Any]:
    """Return an order as JSON; `now` says whether it is overdue."""
    return {
        "number": order.number,
        "form": order.form,
        "stage": order.stage,
        "version": order.version,
        "call_type": order.call_type,
        "category": order.category,
        "region": order.region,
        "department": order.department,
        "urgent": order.urgent,
        "anonymous": order.anonymous,
        "fields": dict(order.fields),
        "content": order.content,
        "details": dict(order.details),
        "reason": order.reason,
        "rules": list(order.rules),
        "release": order.release,
        "accepted_at": order.accepted_at.isoformat(timespec="minutes"),
        "target_at": order.target_at.isoformat(timespec="minutes"),
        "limit_at": order.limit_at.isoformat(timespec="minutes"),
        "provisional": order.provisional,
        "overdue": order.overdue(now),
        "minutes_left": int((order.limit_at - now).total_seconds() // 60) if order.stage in OPEN else None,
        "next": list(STEPS[order.stage]),
        "created_by": order.created_by,
        "team": order.team,
        "related": order.related,
        "closed_at": order.closed_at.isoformat(timespec="minutes") if order.closed_at else None,
    }


def event_to_dict(event: OrderEvent) -> dict[str, Any]:
    """Return an event as JSON."""
    return {
        "at": event.at.isoformat(timespec="seconds"),
        "account": event.account,
        "kind": event.kind,
        "stage_from": event.stage_from,
        "stage_to": event.stage_to,
        "note": event.note,
        "satisfied": event.satisfied,
    }
