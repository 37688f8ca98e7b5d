"""Routes about the audit chain."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response

from assistant.accounts.types import Account
from assistant.api.body import parse_json
from assistant.api.guards import services_of
from assistant.api.replies import Auditor, Body, reply
from assistant.audit import chain, store
from assistant.errors import NotAllowed, RequestInvalid

router = APIRouter()
PAGE = 100


@router.post("/api/v1/audit/search")
def events(request: Request, account: Auditor, body: Body) -> Response:
    """The newest events: `{"before"?: 120, "actor"?: "张三"}`; `before` continues below a number."""
    unconfined(account)
    data = parse_json(body)
    if not isinstance(data, dict) or not set(data) <= {"before", "actor"}:
        raise RequestInvalid("请求的字段不对", hint='例如 {"before": 120, "actor": "张三"}，都可以不写')
    before, actor = data.get("before"), data.get("actor", "")
    if not (before is None or type(before) is int) or not isinstance(actor, str):
        raise RequestInvalid("before 应是序号，actor 应是账号名")
    with services_of(request).database.read() as connection:
        found = store.newest(connection, limit=PAGE, before=before, actor=actor)
    return reply({"events": [event_to_dict(noted) for noted in found], "more": len(found) == PAGE})


@router.get("/api/v1/audit/verification")
def verification(request: Request, account: Auditor) -> Response:
    """Walk the whole chain; where it breaks first, if anywhere."""
    unconfined(account)
    with services_of(request).database.read() as connection:
        return reply(asdict(chain.verify(store.walk(connection))))


def unconfined(account: Account) -> None:
    """Let through who is confined to no department: the chain is one, and tells of all.

    Raises:
        NotAllowed: confined; looks like missing.
    """
    if account.department or account.region:
        raise NotAllowed("没有这个地址")


def event_to_dict(noted: chain.Noted) -> dict[str, Any]:
    """Return one event with its place in the chain."""
    return {
        "number": noted.number,
        "at": noted.at.isoformat(timespec="seconds"),
        **asdict(noted.event),
        "hash": noted.hash,
    }
