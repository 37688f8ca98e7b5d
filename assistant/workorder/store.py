"""Orders in the records. Moments are kept as wall time in China, which has no summer time."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, case, func, insert, or_, select, update

from assistant.workorder.types import (
    COLUMN_FIELDS,
    OPEN,
    PERSONAL,
    Decision,
    Order,
    OrderEvent,
    OrderFilter,
    Scope,
    Stage,
)
from kb.domain.clock import from_wall, to_wall
from kb.domain.errors import StaleVersion
from kb.store.schema import work_order, work_order_decision, work_order_event

SATISFIED = "satisfied"


def insert_order(connection: Connection, order: Order) -> Order:
    """Add an order under the next number of its day (`YYYYMMDD` and five digits) and return it."""
    newest = connection.execute(select(func.max(work_order.c.id))).scalar() or 0
    number = f"{order.accepted_at:%Y%m%d}{newest + 1:05d}"
    related = _id_of(connection, order.related) if order.related else None
    personal = {PERSONAL[name]: value for name, value in order.fields.items() if name in PERSONAL}
    values = {
        "number": number,
        **{name: getattr(order, name) for name in _PLAIN},
        "urgent": int(order.urgent),
        "anonymous": int(order.anonymous),
        "provisional": int(order.provisional),
        "related_id": related,
        **personal,
        "details": json.dumps(dict(order.details), ensure_ascii=False),
        "rules": " ".join(order.rules),
        **{name: to_wall(getattr(order, name)) for name in ("accepted_at", "target_at", "limit_at")},
    }
    made = connection.execute(insert(work_order).values(**values))
    key = made.inserted_primary_key
    return replace(order, number=number, order_id=int(key[0]) if key else 0)


def find_order(connection: Connection, number: str, scope: Scope) -> Order | None:
    """Return one order, if it lies within the scope."""
    row = connection.execute(select(work_order).where(work_order.c.number == number, *_within(scope))).one_or_none()
    return None if row is None else _order(connection, row)


def list_orders(connection: Connection, wanted: OrderFilter, now: dt.datetime, scope: Scope) -> list[Order]:
    """Return the orders of a scope, in the order `wanted` says."""
    unanswered = work_order.c.stage.in_(OPEN)
    soonest = [case((unanswered, 0), else_=1), case((unanswered, work_order.c.limit_at))] if wanted.by_limit else []
    query = select(work_order).where(*_within(scope)).order_by(*soonest, work_order.c.id.desc()).limit(wanted.limit)
    if wanted.stage:
        query = query.where(work_order.c.stage == wanted.stage)
    if wanted.form:
        query = query.where(work_order.c.form == wanted.form)
    if wanted.overdue:
        query = query.where(work_order.c.stage.in_(OPEN), work_order.c.limit_at < to_wall(now))
    if wanted.due_hours is not None:
        until = to_wall(now + dt.timedelta(hours=wanted.due_hours))
        query = query.where(work_order.c.stage.in_(OPEN), work_order.c.limit_at <= until)
    return [_order(connection, row) for row in connection.execute(query).all()]


def orders_of(connection: Connection, phone: str, account_no: str, since: dt.datetime, scope: Scope) -> list[Order]:
    """Return a scope's orders of a phone or a 户号 accepted since, newest first; empty texts match nothing."""
    same = [work_order.c.phone == phone] if phone else []
    same += [work_order.c.account_no == account_no] if account_no else []
    if not same:
        return []
    query = select(work_order).where(or_(*same), work_order.c.accepted_at >= to_wall(since), *_within(scope))
    return [_order(connection, row) for row in connection.execute(query.order_by(work_order.c.id.desc())).all()]


def move(connection: Connection, order: Order, to: Stage, *, at: dt.datetime) -> Order:
    """Put an order to another stage: compare-and-set on its version.

    Raises:
        StaleVersion: somebody changed it since version `order.version` was read.
    """
    closed = to_wall(at) if to == "归档" else None
    done = connection.execute(
        update(work_order)
        .where(work_order.c.number == order.number, work_order.c.version == order.version)
        .values(stage=to, version=order.version + 1, closed_at=closed)
    )
    if done.rowcount != 1:
        raise StaleVersion(f"工单 {order.number} 已被别人改过", current=order.version + 1)
    return replace(order, stage=to, version=order.version + 1, closed_at=at if closed else None)


def insert_event(connection: Connection, order_id: int, event: OrderEvent) -> None:
    """Add an event."""
    connection.execute(
        insert(work_order_event).values(
            order_id=order_id,
            at=to_wall(event.at),
            account=event.account,
            kind=event.kind,
            stage_from=event.stage_from,
            stage_to=event.stage_to,
            note=event.note,
            data=json.dumps({} if event.satisfied is None else {SATISFIED: event.satisfied}),
        )
    )


def events_of(connection: Connection, order_id: int) -> list[OrderEvent]:
    """Return an order's events, oldest first."""
    query = select(work_order_event).where(work_order_event.c.order_id == order_id).order_by(work_order_event.c.id)
    return [
        OrderEvent(
            at=from_wall(row.at),
            account=row.account,
            kind=row.kind,
            stage_from=row.stage_from,
            stage_to=row.stage_to,
            note=row.note,
            satisfied=json.loads(row.data).get(SATISFIED),
        )
        for row in connection.execute(query)
    ]


def insert_decision(connection: Connection, decision: Decision, order_id: int | None) -> None:
    """Add a decision; its account and key must be new."""
    connection.execute(
        insert(work_order_decision).values(
            at=to_wall(decision.at),
            account=decision.account,
            request_key=decision.key,
            request_digest=decision.digest,
            order_id=order_id,
            text_masked=decision.text_masked,
            release=decision.release,
            rules=" ".join(decision.rules),
            advised_needed=int(decision.advised_needed),
            advised_form=decision.advised_form,
            needed=int(decision.needed),
            form=decision.form,
            reason=decision.reason,
        )
    )


def decided(connection: Connection, account: str, key: str) -> tuple[str, Order | None] | None:
    """Return the digest and the order (if one was filed) of a decision already taken under this key."""
    query = select(work_order_decision).where(
        work_order_decision.c.account == account, work_order_decision.c.request_key == key
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    found = connection.execute(select(work_order).where(work_order.c.id == row.order_id)).one_or_none()
    return row.request_digest, None if found is None else _order(connection, found)


_PLAIN = (
    "form", "stage", "version", "call_type", "category", "region", "department", "content", "reason", "release",
    "created_by", "team",
)  # fmt: skip


def _order(connection: Connection, row: Any) -> Order:  # noqa: ANN401 - a row of any select over the table
    related = select(work_order.c.number).where(work_order.c.id == row.related_id)
    return Order(
        **{name: getattr(row, name) for name in _PLAIN if name != "stage"},
        stage=cast("Stage", row.stage),
        number=row.number,
        urgent=bool(row.urgent),
        anonymous=bool(row.anonymous),
        provisional=bool(row.provisional),
        fields={name: value for column, name in COLUMN_FIELDS.items() if (value := getattr(row, column))},
        details=json.loads(row.details),
        rules=tuple(row.rules.split()),
        accepted_at=from_wall(row.accepted_at),
        target_at=from_wall(row.target_at),
        limit_at=from_wall(row.limit_at),
        closed_at=from_wall(row.closed_at),
        related=connection.execute(related).scalar() if row.related_id else None,
        order_id=row.id,
    )


def _within(scope: Scope) -> list[ColumnElement[bool]]:
    """What confines a query to a scope. A handling department may stand behind its region: `甲市 · 计量班`."""
    confined: list[ColumnElement[bool]] = []
    if scope.department:
        handles = work_order.c.department.endswith(f" · {scope.department}", autoescape=True)
        confined.append(
            or_(work_order.c.team == scope.department, work_order.c.department == scope.department, handles)
        )
    if scope.region:
        confined.append(work_order.c.region.in_(("", scope.region)))
    return confined


def _id_of(connection: Connection, number: str) -> int | None:
    return connection.execute(select(work_order.c.id).where(work_order.c.number == number)).scalar()
