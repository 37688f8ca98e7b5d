"""Routes of requests from agents about the knowledge."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from assistant.api.guards import services_of
from assistant.api.replies import Body, Suggester, named_version, read_texts, reply, versioned
from assistant.errors import RequestInvalid
from assistant.learning.request_store import RequestFilter
from assistant.learning.requests import MAX_TEXT, NewRequest

router = APIRouter()
FILTERS = {"stage", "kind", "overdue", "open", "mine"}
YES = {"1", "true"}


@router.get("/api/v1/requests")
def requests(request: Request, account: Suggester) -> Response:
    """One's own requests, or the team's, the next due first: `?stage= &kind= &overdue= &open= &mine=`."""
    query = dict(request.query_params)
    if not set(query) <= FILTERS:
        raise RequestInvalid("有不认识的筛选项", hint=f"可用：{'、'.join(sorted(FILTERS))}")
    service = services_of(request).learning.requests
    wanted = RequestFilter(
        stage=query.get("stage", ""),
        kind=query.get("kind", ""),
        overdue=query.get("overdue", "") in YES,
        open=query.get("open", "") in YES,
        account=account.name if query.get("mine", "") in YES else "",
    )
    rules = service.rules
    return reply({
        "requests": service.list(account, wanted),
        "stages": [{"name": stage, "limit_text": rules.text(stage)[1]} for stage in rules.stages],
        "kinds": list(rules.kinds),
    })  # fmt: skip


@router.post("/api/v1/requests")
def hand_in(request: Request, account: Suggester, body: Body) -> Response:
    """Hand a request in; it waits for the team lead."""
    given = read_texts(body, {"kind", "text", "note", "entry_id"}, most=MAX_TEXT)
    service = services_of(request).learning.requests
    made = service.submit(account, NewRequest(**given, release=services_of(request).release() or 0))
    return versioned(service.show(account, made.number), made.version, 201)


@router.get("/api/v1/requests/{number}")
def one_request(request: Request, account: Suggester, number: str) -> Response:
    """One request, who did what, and what may be done next."""
    shown = services_of(request).learning.requests.show(account, number)
    return versioned(shown, shown["version"])


@router.post("/api/v1/requests/{number}/steps")
def take_step(
    request: Request, account: Suggester, number: str, body: Body, if_match: Annotated[str, Header()] = ""
) -> Response:
    """Take a step `{"step", "note"?, "entry_id"?}` with `If-Match: version`."""
    service = services_of(request).learning.requests
    service.show(account, number)
    given, version = read_texts(body, {"step", "note", "entry_id"}, most=MAX_TEXT), named_version(if_match)
    moved = service.step(
        account, number, given["step"], version=version, note=given["note"], entry_id=given["entry_id"]
    )
    return versioned(service.show(account, number), moved.version)
