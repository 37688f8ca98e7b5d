"""Routes that return pages. A page is an empty frame; everything in it comes from the API as its scripts ask for it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from assistant.accounts.errors import PasswordWrong
from assistant.accounts.types import ACTIONS, ROLE_NAMES, Account
from assistant.api import shelves
from assistant.api.body import form_field, read_body
from assistant.api.errors import problem
from assistant.api.failures import html
from assistant.api.guards import (
    client_of,
    identify,
    keep_session,
    limits_of,
    same_origin,
    services_of,
    slow_down,
)
from assistant.api.replies import Auditor, Editor, Evaluator, Filer, Manager, Profile, Reader, Suggester, TeamMember
from assistant.editing.scope import confined
from assistant.errors import NotSignedIn
from assistant.outage.notices import KINDS
from assistant.suggest.request import MAX_TEXT
from assistant.web.pages import Pages
from assistant.workorder.types import STAGES
from kb.curation.watch.types import KIND_NAMES

router = APIRouter()

# Address, name in the bar, and the action that opens it.
PAGES = (
    ("/", "坐席", "suggest"),
    ("/orders", "工单", "order"),
    ("/entries", "知识", "knowledge"),
    ("/watch", "巡查", "edit"),
    ("/reviews", "审核", "edit"),
    ("/releases", "发布", "edit"),
    ("/import", "导入导出", "edit"),
    ("/rules", "规则", "edit"),
    ("/outages", "停电", "knowledge"),
    ("/requests", "反馈", "suggest"),
    ("/gaps", "缺口", "edit"),
    ("/runs", "评测", "evaluate"),
    ("/scoring", "打分", "evaluate"),
    ("/users", "账号", "manage"),
    ("/audit", "审计", "audit"),
    ("/health", "健康", "manage"),
)
HERE = {"entry.html": "/entries"}  # pages that are not in the bar themselves
ORDERS = "/api/v1/work-orders"


def pages_of(request: Request) -> Pages:
    """Return the pages of the application that got this request."""
    pages: Pages = request.app.state.pages
    return pages


def frame(request: Request, account: Account, template: str, **values: Any) -> Response:  # noqa: ANN401 - templates
    """Return a page with its bar: the account, and the pages open to it."""
    nav = [(path, name) for path, name, action in PAGES if action in account.actions]
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


@router.get("/entries")
def entries_page(request: Request, account: Reader) -> Response:
    """Knowledge to look at."""
    return frame(request, account, "entries.html", edits=account.may("edit"), decides=account.may("publish"))


@router.get("/entry")
def new_entry_page(request: Request, account: Editor) -> Response:
    """A new entry."""
    return frame(request, account, "entry.html", entry_id="", edits=True, decides=account.may("publish"))


@router.get("/entry/{entry_id}")
def entry_page(request: Request, account: Reader, entry_id: str) -> Response:
    """One entry: to read, and for who may, to change."""
    row = shelves.seen(services_of(request), account, entry_id)
    decides = row.edits and account.may("publish")
    return frame(request, account, "entry.html", entry_id=entry_id, edits=row.edits, decides=decides)


@router.get("/reviews")
def reviews_page(request: Request, account: Editor) -> Response:
    """What waits for review or for its moment."""
    return frame(request, account, "reviews.html", decides=account.may("publish"))


@router.get("/releases")
def releases_page(request: Request, account: Editor) -> Response:
    """Releases: publish, compare, go back."""
    everything = not confined(account)
    decides = account.may("publish")
    return frame(request, account, "releases.html", decides=decides, everything=everything)


@router.get("/import")
def import_page(request: Request, account: Editor) -> Response:
    """Entries in from a file, and out as one."""
    return frame(request, account, "import.html")


@router.get("/watch")
def watch_page(request: Request, account: Editor) -> Response:
    """What the watchers found."""
    return frame(request, account, "watch.html", kinds=list(KIND_NAMES.items()))


@router.get("/orders")
def orders_page(request: Request, account: Filer) -> Response:
    """Orders: what is due, what was said, and the next stage."""
    forms = services_of(request).orders.adviser.forms
    moves, edits = account.may("handle"), account.may("edit")
    return frame(request, account, "orders.html", forms=forms, stages=STAGES, moves=moves, edits=edits)


@router.get("/outages")
def outages_page(request: Request, account: Reader) -> Response:
    """The outage board."""
    return frame(request, account, "outages.html", keeps=account.may("outage"), kinds=KINDS)


@router.get("/requests")
def requests_page(request: Request, account: Suggester) -> Response:
    """Requests from agents: the queue with its stages and clocks."""
    return frame(request, account, "requests.html", team=account.may("team"))


@router.get("/gaps")
def gaps_page(request: Request, account: Editor) -> Response:
    """What calls asked and the knowledge could not answer, and the phrasings they suggest."""
    return frame(request, account, "gaps.html")


@router.get("/feedback")
def feedback_page(request: Request, account: TeamMember) -> Response:
    """What agents said about suggestions."""
    return frame(request, account, "feedback.html")


@router.get("/runs")
def runs_page(request: Request, account: Evaluator) -> Response:
    """Evaluation runs."""
    return frame(request, account, "runs.html")


@router.get("/comparison")
def comparison_page(request: Request, account: Evaluator) -> Response:
    """Two runs side by side."""
    return frame(request, account, "comparison.html")


@router.get("/scoring")
def scoring_page(request: Request, account: Evaluator) -> Response:
    """People's scores."""
    return frame(request, account, "scoring.html")


@router.get("/users")
def users_page(request: Request, account: Manager) -> Response:
    """Accounts and keys."""
    policy = services_of(request).accounts.policy
    meanings = [(action, policy.meanings[action]) for action in ACTIONS]
    return frame(request, account, "users.html", roles=list(ROLE_NAMES.items()), actions=meanings)


@router.get("/audit")
def audit_page(request: Request, account: Auditor) -> Response:
    """The audit chain."""
    return frame(request, account, "audit.html")


@router.get("/health")
def health_page(request: Request, account: Manager) -> Response:
    """What `zhida doctor` sees."""
    return frame(request, account, "health.html")


@router.get("/account")
def account_page(request: Request, account: Profile) -> Response:
    """One's own password and sessions."""
    return frame(request, account, "account.html")


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
