"""Routes of the outage board."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from assistant.api.body import parse_json
from assistant.api.guards import services_of
from assistant.api.replies import BoardKeeper, Body, Reader, named_version, read_texts, reply, versioned
from assistant.api.shelves import catalogue_of
from assistant.errors import RequestInvalid
from assistant.learning.board import EDITABLE, Board

router = APIRouter()
FIELDS = {*EDITABLE, "notice_id", "reason"}
IfMatch = Annotated[str, Header()]


@router.get("/api/v1/outages")
def outages(request: Request, account: Reader) -> Response:
    """The outage notices in force."""
    return reply({"outages": _board(request).rows(account)})


@router.get("/api/v1/outages/{notice_id}")
def outage(request: Request, account: Reader, notice_id: str) -> Response:
    """One notice with the history of what it promised."""
    shown = _board(request).show(account, notice_id)
    return versioned(shown, shown["version"])


@router.post("/api/v1/outages")
def add_outage(request: Request, account: BoardKeeper, body: Body) -> Response:
    """Put a notice on the board; calls are answered by it when this returns."""
    fields = _given(body)
    reason = fields.pop("reason", "")
    made = _board(request).add(account, fields, reason=reason)
    return versioned(made, made["version"], 201)


@router.put("/api/v1/outages/{notice_id}")
def change_outage(
    request: Request, account: BoardKeeper, notice_id: str, body: Body, if_match: IfMatch = ""
) -> Response:
    """Change a notice; the answer lists the calls that were told another time."""
    board = _board(request)
    board.show(account, notice_id)
    version, fields = named_version(if_match), _given(body)
    if fields.pop("notice_id", notice_id) != notice_id:
        raise RequestInvalid("编号不能改", hint="请结束这一条，另登记一条")
    reason = fields.pop("reason", "")
    changed = board.change(account, notice_id, fields, expected=version, reason=reason)
    return versioned(changed, changed["version"])


@router.post("/api/v1/outages/{notice_id}/end")
def end_outage(request: Request, account: BoardKeeper, notice_id: str, body: Body, if_match: IfMatch = "") -> Response:
    """Say that power is back: nobody is told of the notice any more."""
    board = _board(request)
    board.show(account, notice_id)
    version, reason = named_version(if_match), read_texts(body, {"reason"})["reason"]
    ended = board.end(account, notice_id, expected=version, reason=reason)
    return versioned(ended, ended["version"])


@router.get("/api/v1/outages/{notice_id}/told")
def told_outage(request: Request, account: BoardKeeper, notice_id: str) -> Response:
    """The calls whose last word on this notice was another time than it promises now."""
    return reply({"told": _board(request).told(account, notice_id)})


def _board(request: Request) -> Board:
    services = services_of(request)
    catalogue_of(services)
    return services.learning.board


def _given(body: bytes) -> dict[str, str]:
    """Return the fields that were sent; one that was not is left as it is."""
    sent, data = read_texts(body, FIELDS), parse_json(body)
    return {name: sent[name] for name in data} if isinstance(data, dict) else {}
