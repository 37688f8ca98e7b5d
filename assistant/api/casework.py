"""Routes of a call's casework: orders, and how a drafted reply is said."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response

from assistant.accounts.types import Account
from assistant.api.body import parse_json
from assistant.api.filing import draft_response, file_response, list_response, move_response, show_response
from assistant.api.guards import Guard, services_of
from assistant.api.replies import Body, Filer
from assistant.api.wire import to_json
from assistant.errors import RequestInvalid
from assistant.judge.script import remark_to_dict

router = APIRouter(prefix="/api/v1")
Handler = Annotated[Account, Depends(Guard("handle"))]


@router.post("/check-script")
def check_script(request: Request, _account: Annotated[Account, Depends(Guard("suggest"))], body: Body) -> Response:
    """Say what is wrong with a drafted reply, and what to say instead."""
    data = parse_json(body)
    if not isinstance(data, dict) or set(data) - {"text", "caller"}:
        raise RequestInvalid("请求不对", hint='例如 {"text": "准备说的话", "caller": "客户的话"}')
    text, caller = data.get("text"), data.get("caller", "")
    if not isinstance(text, str) or not isinstance(caller, str):
        raise RequestInvalid("text 和 caller 应是文字", hint='例如 {"text": "准备说的话"}')
    remarks = services_of(request).script.review(text, caller)
    shown = {"ok": not remarks, "remarks": [remark_to_dict(remark) for remark in remarks]}
    return Response(to_json(shown), media_type="application/json")


@router.post("/work-orders")
def file_order(
    request: Request, account: Filer, body: Body, idempotency_key: Annotated[str, Header()] = ""
) -> Response:
    """File an order from a suggestion, or record why none is filed."""
    return file_response(services_of(request), account, body, idempotency_key)


@router.post("/work-order-draft")
def draft_order(request: Request, account: Filer, body: Body) -> Response:
    """A form chosen against the advice, half filled; nothing is filed."""
    return draft_response(services_of(request), account, body)


@router.get("/work-orders")
def list_orders(request: Request, account: Filer) -> Response:
    """List the orders in scope, newest first or due soonest first."""
    return list_response(services_of(request), account, dict(request.query_params))


@router.get("/work-orders/{number}")
def show_order(request: Request, account: Filer, number: str) -> Response:
    """Show an order and what happened to it."""
    return show_response(services_of(request), account, number)


@router.post("/work-orders/{number}/stage")
def move_order(
    request: Request, account: Handler, number: str, body: Body, if_match: Annotated[str, Header()] = ""
) -> Response:
    """Put an order to its next stage."""
    return move_response(services_of(request), account, number, body, if_match)
