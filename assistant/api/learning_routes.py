"""Routes of what calls teach: gaps, suggested phrasings, entries drafted from orders."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from assistant.api.guards import services_of
from assistant.api.replies import Body, Editor, read_texts, reply
from assistant.api.shelves import catalogue_of
from assistant.errors import RequestInvalid
from assistant.learning.gaps import GapQuery
from assistant.learning.service import Learning

router = APIRouter()
MOST_DAYS = 366
MOST_TEXT = 5_000
YES = {"1", "true"}


@router.get("/api/v1/gaps")
def gaps(request: Request, _account: Editor) -> Response:
    """What calls asked and the knowledge could not answer, most calls first: `?days= &min_calls= &all=`."""
    query = dict(request.query_params)
    if not set(query) <= {"days", "min_calls", "all"}:
        raise RequestInvalid("有不认识的筛选项", hint="可用：days、min_calls、all")
    days, least = (_number(query.get(name, "0")) for name in ("days", "min_calls"))
    wanted = GapQuery(days=days, min_calls=least, everything=query.get("all", "") in YES)
    return reply(_learning(request).gaps.report(wanted))


@router.post("/api/v1/gaps/aside")
def put_gap_aside(request: Request, account: Editor, body: Body) -> Response:
    """Set a gap aside `{"text", "reason"}`; it comes back when enough further calls ask the same."""
    given = read_texts(body, {"text", "reason"}, most=MOST_TEXT)
    return reply(_learning(request).aside.put(account, given["text"], reason=given["reason"]))


@router.post("/api/v1/gaps/back")
def take_gap_back(request: Request, account: Editor, body: Body) -> Response:
    """List a gap again that was set aside `{"gap_id"}`."""
    return reply(_learning(request).aside.take_back(account, read_texts(body, {"gap_id"})["gap_id"]))


@router.get("/api/v1/phrasings")
def phrasings(request: Request, _account: Editor) -> Response:
    """Phrasings that agents' choices suggest, and what became of earlier ones."""
    return reply(_learning(request).phrasings.report())


@router.post("/api/v1/phrasings/accept")
def accept_phrasing(request: Request, account: Editor, body: Body) -> Response:
    """Try a phrasing `{"entry_id", "text"}` on the golden questions; draft it, or say what would get worse."""
    given = read_texts(body, {"entry_id", "text"})
    return reply(_learning(request).phrasings.accept(account, given["entry_id"], given["text"]))


@router.post("/api/v1/phrasings/dismiss")
def dismiss_phrasing(request: Request, account: Editor, body: Body) -> Response:
    """Put a suggested phrasing away for good `{"entry_id", "text", "reason"}`."""
    given = read_texts(body, {"entry_id", "text", "reason"})
    phrasings = _learning(request).phrasings
    return reply(phrasings.dismiss(account, given["entry_id"], given["text"], reason=given["reason"]))


@router.get("/api/v1/promotable-orders")
def promotable_orders(request: Request, account: Editor) -> Response:
    """Closed orders whose callers were satisfied, as the drafts they would become."""
    return reply({"orders": _learning(request).promotion.candidates(account)})


@router.post("/api/v1/work-orders/{number}/entry")
def promote_order(request: Request, account: Editor, number: str) -> Response:
    """Draft an entry from a closed order whose caller was satisfied, without personal data."""
    return reply(_learning(request).promotion.promote(account, number), 201)


def _learning(request: Request) -> Learning:
    services = services_of(request)
    catalogue_of(services)
    return services.learning


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) > MOST_DAYS:
        raise RequestInvalid(f"筛选项应是 0 到 {MOST_DAYS} 的整数")
    return int(text)
