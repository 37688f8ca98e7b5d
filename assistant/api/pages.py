"""Routes that return pages. A page is an empty frame; everything in it comes from the API as its scripts ask for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from assistant.accounts.errors import PasswordWrong
from assistant.accounts.types import ACTIONS, ROLE_NAMES, Account, Action
from assistant.api import shelves
from assistant.api.body import form_field, read_body
from assistant.api.errors import problem
from assistant.api.failures import html
from assistant.api.guards import (
    Guard,
    client_of,
    identify,
    keep_session,
    limits_of,
    same_origin,
    services_of,
    slow_down,
)
from assistant.api.replies import Reader
from assistant.api.services import Services
from assistant.editing.scope import confined
from assistant.errors import NotSignedIn
from assistant.outage.notices import KINDS
from assistant.rulebook.preview import ASPECTS
from assistant.suggest.request import MAX_TEXT
from assistant.web.pages import Pages
from assistant.workorder.types import STAGES
from kb.curation.watch.types import KIND_NAMES

router = APIRouter()
HERE = {"entry.html": "/entries"}  # pages that are not in the bar themselves


@dataclass(frozen=True, slots=True)
class Page:
    """A page that needs no more than who asks. `name` stands in the bar, `action` opens it, `values` fill its frame."""

    path: str
    name: str
    action: Action
    template: str
    values: Callable[[Services, Account], Mapping[str, Any]] = lambda _, _who: {}


def _entries(_: Services, who: Account) -> Mapping[str, Any]:
    return {"edits": who.may("edit"), "decides": who.may("publish")}


def _releases(_: Services, who: Account) -> Mapping[str, Any]:
    return {"decides": who.may("publish"), "everything": not confined(who)}


def _orders(services: Services, who: Account) -> Mapping[str, Any]:
    moves, edits = who.may("handle"), who.may("edit")
    return {"forms": services.orders.adviser.forms, "stages": STAGES, "moves": moves, "edits": edits}


def _users(services: Services, _: Account) -> Mapping[str, Any]:
    meanings = services.accounts.policy.meanings
    return {"roles": list(ROLE_NAMES.items()), "actions": [(action, meanings[action]) for action in ACTIONS]}


PAGES = (
    Page("/orders", "工单", "order", "orders.html", _orders),
    Page("/entries", "知识", "knowledge", "entries.html", _entries),
    Page("/entry", "", "edit", "entry.html", lambda *asked: {"entry_id": "", **_entries(*asked)}),
    Page("/watch", "巡查", "edit", "watch.html", lambda *_: {"kinds": list(KIND_NAMES.items())}),
    Page("/reviews", "审核", "edit", "reviews.html", lambda _, who: {"decides": who.may("publish")}),
    Page("/releases", "发布", "edit", "releases.html", _releases),
    Page("/import", "导入导出", "edit", "import.html"),
    Page("/rules", "规则", "edit", "rules.html", lambda _, who: {"applies": who.may("publish"), "aspects": ASPECTS}),
    Page("/outages", "停电", "knowledge", "outages.html", lambda _, who: {"keeps": who.may("outage"), "kinds": KINDS}),
    Page("/requests", "反馈", "suggest", "requests.html", lambda _, who: {"team": who.may("team")}),
    Page("/feedback", "", "team", "feedback.html"),
    Page("/gaps", "缺口", "edit", "gaps.html"),
    Page("/runs", "评测", "evaluate", "runs.html"),
    Page("/comparison", "", "evaluate", "comparison.html"),
    Page("/scoring", "打分", "evaluate", "scoring.html"),
    Page("/users", "账号", "manage", "users.html", _users),
    Page("/audit", "审计", "audit", "audit.html"),
    Page("/health", "健康", "manage", "health.html"),
    Page("/account", "", "profile", "account.html"),
)
BAR = (("/", "坐席", "suggest"), *((page.path, page.name, page.action) for page in PAGES if page.name))


def pages_of(request: Request) -> Pages:
    """Return the pages of the application that got this request."""
    pages: Pages = request.app.state.pages
    return pages


def frame(request: Request, account: Account, template: str, **values: Any) -> Response:  # noqa: ANN401 - templates
    """Return a page with its bar: the account, and the pages open to it."""
    nav = [(path, name) for path, name, action in BAR if action in account.actions]
    role_name = ROLE_NAMES[account.role]
    return html(
        pages_of(request).render(
            template, account=account, role_name=role_name, nav=nav, here=HERE.get(template, request.url.path), **values
        )
    )


@router.get("/")
def desk(request: Request) -> Response:
    """Return the agent's desk, or how to get in."""
    try:
        account = identify(request)
    except NotSignedIn:
        return sign_in_form(request)
    if not account.may("suggest"):
        return frame(request, account, "no_desk.html")
    services = services_of(request)
    forms = services.orders.adviser.forms if account.may("order") else ()
    return frame(request, account, "desk.html", release=services.release() or "", max_text=MAX_TEXT, forms=forms)


def serve(page: Page) -> None:
    """Add a page's route, guarded by its action."""
    asks = Depends(Guard(page.action))

    def show(request: Request, account: Account = asks) -> Response:
        return frame(request, account, page.template, **page.values(services_of(request), account))

    router.add_api_route(page.path, show)


for each in PAGES:
    serve(each)


@router.get("/entry/{entry_id}")
def entry_page(request: Request, account: Reader, entry_id: str) -> Response:
    """One entry: to read, and for who may, to change."""
    row = shelves.seen(services_of(request), account, entry_id)
    decides = row.edits and account.may("publish")
    return frame(request, account, "entry.html", entry_id=entry_id, edits=row.edits, decides=decides)


@router.get("/sign-in")
def sign_in_page(request: Request, token: str = "") -> Response:
    """Return a page with one button; the link is used up by the button, so that a link preview does not burn it."""
    if not token:
        return sign_in_form(request)
    return html(pages_of(request).render("sign_in.html", token=token))


@router.post("/sign-in")
def sign_in(request: Request, body: Annotated[bytes, Depends(read_body)]) -> Response:
    """Turn a link, or a name and a password, into a session cookie."""
    same_origin(request)
    slow_down(limits_of(request).sign_ins, client_of(request))
    accounts, token, name = services_of(request).accounts, form_field(body, "token"), form_field(body, "name")
    try:
        if name:
            session = accounts.sign_in_with_password(name, form_field(body, "password"))
        else:
            session = accounts.sign_in(token)
    except PasswordWrong as error:
        if "text/html" not in request.headers.get("accept", ""):
            raise
        return sign_in_form(request, name=name, error=problem(error))
    response = RedirectResponse("/", status_code=303)
    keep_session(request, response, session.token)
    return response


def sign_in_form(request: Request, *, name: str = "", error: dict[str, Any] | None = None) -> Response:
    """Return the sign-in page, with what went wrong and the name that was typed."""
    minutes = services_of(request).settings.link_minutes
    page = pages_of(request).render("signed_out.html", minutes=minutes, name=name, error=error)
    return html(page, status=401 if error else 200)
