"""From a request body to an order filed, and what the same caller filed before."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import Response

from assistant.accounts.types import Account
from assistant.api.body import parse_json
from assistant.api.replies import named_version
from assistant.api.services import Services
from assistant.api.wire import to_json, work_order_to_dict
from assistant.errors import NotReady, RequestInvalid
from assistant.suggest.following import Turn
from assistant.suggest.request import SuggestRequest, parse_request
from assistant.workorder.service import Filing
from assistant.workorder.slots import ACCOUNT, PHONE
from assistant.workorder.types import Earlier, OrderFilter, Scope, event_to_dict, order_to_dict
from kb.domain.suggestion import Suggestion
from kb.text.normalise import printable

OWN = {"key", "fields", "needed", "form", "reason", "related"}
MAX_FIELDS, MAX_FIELD, MAX_LIST = 30, 500, 200
NOT_DIGITS = re.compile(r"\D")
KEY = re.compile(r"[\w.:-]{1,80}")
DO_NOT_ASK = "不要再问"
FILTERS = ("stage", "form", "overdue", "due_hours", "sort", "limit")


def file_response(services: Services, account: Account, body: bytes, key: str) -> Response:
    """File an order from a body: a request for a suggestion plus `fields`, `key` and, against the advice, a decision.

    Raises:
        RequestInvalid: see `read_filing`.
        NotReady: the knowledge is still being opened.
    """
    data = parse_json(body)
    if not isinstance(data, dict):
        raise RequestInvalid("请求应是一个 JSON 对象", hint='例如 {"key": "…", "text": "…", "fields": {}}')
    request = in_region(parse_request({name: value for name, value in data.items() if name not in OWN}), account)
    if services.release() is None:
        raise NotReady("知识库正在打开")
    digest = hashlib.sha256(body).hexdigest()
    chosen = key or _text(data, "key") or f"{services.clock.now():%Y%m%d}.{digest[:40]}"
    if not KEY.fullmatch(chosen):
        raise RequestInvalid("key 不能用", hint="1 到 80 个字母、数字或 _ . : -")
    suggestion = services.assistant.answer(continued(services, account, request))
    filed = services.orders.file(_filing(data, request, suggestion, account, (chosen, digest)))
    order = order_to_dict(filed.order, services.clock.now()) if filed.order else None
    shown = {"order": order, "missing": list(filed.missing), "again": filed.again}
    return Response(to_json(shown), status_code=200 if filed.again or not order else 201, media_type="application/json")


def draft_response(services: Services, account: Account, body: bytes) -> Response:
    """Draft the form an agent chose against the advice: a request for a suggestion plus `form`.

    Raises:
        RequestInvalid: not a request, or no such form.
        NotReady: the knowledge is still being opened.
    """
    data = parse_json(body)
    if not isinstance(data, dict):
        raise RequestInvalid("请求应是一个 JSON 对象", hint='例如 {"text": "…", "form": "报修单"}')
    request = in_region(parse_request({name: value for name, value in data.items() if name != "form"}), account)
    if services.release() is None:
        raise NotReady("知识库正在打开")
    suggestion = services.assistant.answer(continued(services, account, request))
    facts = {name: str(value) for name, value in request.facts.items()}
    advice = services.orders.draft(_text(data, "form"), suggestion, facts, request.region)
    shown, _earlier = with_earlier(services, account, request, replace(suggestion, work_order=advice))
    return _json(work_order_to_dict(shown.work_order))


def continued(services: Services, account: Account, request: SuggestRequest) -> SuggestRequest:
    """Return the request with what its call was about so far, unless it says so itself."""
    if request.call_id is None or request.before is not None:
        return request
    last = services.memory.before(account.name, request.call_id, request.text)
    return request if last is None else replace(request, before=Turn(text=last.full, facts=last.facts))


def _filing(
    data: Mapping[str, Any], request: SuggestRequest, suggestion: Suggestion, account: Account, keys: tuple[str, str]
) -> Filing:
    fields = data.get("fields") or {}
    if not isinstance(fields, dict) or len(fields) > MAX_FIELDS:
        raise RequestInvalid("fields 应是字段名到文字的对象", hint=f"最多 {MAX_FIELDS} 项")
    if not all(isinstance(value, str) and len(value) <= MAX_FIELD for value in fields.values()):
        raise RequestInvalid("fields 的取值应是文字", hint=f"每项不超过 {MAX_FIELD} 字")
    needed = data.get("needed")
    if needed is not None and not isinstance(needed, bool):
        raise RequestInvalid("needed 应是 true 或 false", hint="不写则照建议办")
    return Filing(
        account=account.name,
        team=account.department,
        key=keys[0],
        digest=keys[1],
        suggestion=suggestion,
        facts={name: str(value) for name, value in request.facts.items()},
        fields={name: printable(value) for name, value in fields.items()},
        region=request.region,
        needed=needed,
        form=_text(data, "form") or None,
        reason=_text(data, "reason"),
        related=_text(data, "related") or None,
    )


def scope_of(account: Account) -> Scope:
    """Return whose orders an account may see."""
    return Scope(department=account.department, region=account.region)


def in_region(request: SuggestRequest, account: Account) -> SuggestRequest:
    """Return the request in the region its account is confined to, whatever it says itself."""
    return replace(request, region=account.region) if account.region else request


def list_response(services: Services, account: Account, query: Mapping[str, str]) -> Response:
    """List the orders in scope by `stage`, `form`, `overdue=true`, `due_hours`, `sort=due`, `limit`.

    Raises:
        RequestInvalid: a filter that does not exist, or a value that cannot be.
    """
    if set(query) - set(FILTERS) or query.get("sort", "due") != "due":
        raise RequestInvalid("有不认识的筛选项", hint=f"可用：{'、'.join(FILTERS)}；sort 只有 due")
    wanted = OrderFilter(
        stage=query.get("stage") or None,
        form=query.get("form") or None,
        overdue=query.get("overdue", "").lower() in {"1", "true"},
        due_hours=_number(query["due_hours"]) if "due_hours" in query else None,
        by_limit="sort" in query,
        limit=max(1, min(MAX_LIST, int(_number(query.get("limit", "50"))))),
    )
    now, found = services.clock.now(), services.orders.list(wanted, scope=scope_of(account))
    return _json({"orders": [order_to_dict(order, now) for order in found]})


def show_response(services: Services, account: Account, number: str) -> Response:
    """Show an order with its events; its version is the ETag a change must name."""
    order, events = services.orders.show(number, scope=scope_of(account))
    shown = {**order_to_dict(order, services.clock.now()), "events": [event_to_dict(event) for event in events]}
    response = _json(shown)
    response.headers["ETag"] = f'"{order.version}"'
    return response


def move_response(services: Services, account: Account, number: str, body: bytes, if_match: str) -> Response:
    """Put an order to its next stage: `{"to", "note"?, "satisfied"?}` with `If-Match: version`.

    Raises:
        VersionUnsaid: no usable `If-Match`.
        RequestInvalid: the body is not as described.
    """
    version = named_version(if_match)
    data = parse_json(body)
    if not isinstance(data, dict) or set(data) - {"to", "note", "satisfied"}:
        raise RequestInvalid("请求不对", hint='例如 {"to": "处理", "note": "已派配网抢修指挥班"}')
    satisfied = data.get("satisfied")
    if satisfied is not None and not isinstance(satisfied, bool):
        raise RequestInvalid("satisfied 应是 true 或 false", hint="客户是否满意；没问到就不写")
    note = _text(data, "note")
    if len(note) > MAX_FIELD:
        raise RequestInvalid(f"说明不超过 {MAX_FIELD} 字")
    order = services.orders.move(
        number,
        _text(data, "to"),
        version=version,
        account=account.name,
        note=note,
        satisfied=satisfied,
        scope=scope_of(account),
    )
    return _json(order_to_dict(order, services.clock.now()))


def with_earlier(
    services: Services, account: Account, request: SuggestRequest, suggestion: Suggestion
) -> tuple[Suggestion, Earlier]:
    """Return the suggestion with what the caller's earlier orders already say filled in, and those orders.

    The caller is known by phone or 户号, from the call (`caller`) or from the words.
    """
    slots = services.orders.adviser.slots.extract(request.text)
    phone, number = (request.caller.get(name) or slots.get(name, "") for name in (PHONE, ACCOUNT))
    earlier = earlier_of(services, account, phone, number)
    order = suggestion.work_order
    if not earlier.orders or not order.needed or order.form is None:
        return suggestion, earlier
    known = {name: value for name, value in earlier.known.items() if name in order.missing}
    filled = replace(
        order,
        draft={**order.draft, **known},
        missing=tuple(name for name in order.missing if name not in known),
    )
    return replace(suggestion, work_order=filled), earlier


def earlier_of(services: Services, account: Account, phone: str, number: str) -> Earlier:
    """Return what a caller filed before, as far as the account may see orders at all, and those."""
    if not account.may("order"):
        return Earlier()
    return services.orders.earlier(NOT_DIGITS.sub("", phone), NOT_DIGITS.sub("", number), scope=scope_of(account))


def earlier_to_dict(earlier: Earlier, now: dt.datetime) -> dict[str, Any]:
    """Return earlier orders and the fields not to ask for again, as JSON."""
    return {
        "orders": [order_to_dict(order, now) for order in earlier.orders],
        "known": [{"field": name, "value": value, "mark": DO_NOT_ASK} for name, value in earlier.known.items()],
    }


def _json(data: Mapping[str, Any]) -> Response:
    return Response(to_json(data), media_type="application/json", headers={"Cache-Control": "no-store"})


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise RequestInvalid(f"字段 {name} 应是文字", hint="字段见 docs/reference/api.md")
    return printable(value)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise RequestInvalid("筛选项应是数字", hint="due_hours 是小时数，limit 是条数") from None
    if not 0 <= value <= 10_000:
        raise RequestInvalid("筛选项的数字不合理", hint="0 到 10000")
    return value
