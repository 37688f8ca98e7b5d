"""Routes that return pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from assistant.accounts.types import ROLE_NAMES
from assistant.api.body import form_field, read_body
from assistant.api.failures import html
from assistant.api.guards import identify, keep_session, same_origin, services_of
from assistant.errors import NotSignedIn
from assistant.suggest.request import MAX_TEXT
from assistant.web.pages import Pages

router = APIRouter()


def pages_of(request: Request) -> Pages:
    """Return the pages of the application that got this request."""
    pages: Pages = request.app.state.pages
    return pages


@router.get("/")
def desk(request: Request) -> Response:
    """Return the agent's desk, or how to get in."""
    pages, services = pages_of(request), services_of(request)
    try:
        account = identify(request)
    except NotSignedIn:
        return html(pages.render("signed_out.html", minutes=services.settings.link_minutes))
    if not account.may("suggest"):
        return html(pages.render("no_desk.html", account=account, role_name=ROLE_NAMES[account.role]))
    return html(
        pages.render(
            "desk.html",
            account=account,
            role_name=ROLE_NAMES[account.role],
            release=services.release() or "",
            max_text=MAX_TEXT,
        )
    )


@router.get("/sign-in")
def sign_in_page(request: Request, token: str = "") -> Response:
    """Return a page with one button; the link is used up by the button, so that a link preview does not burn it."""
    return html(pages_of(request).render("sign_in.html", token=token))


@router.post("/sign-in")
def sign_in(request: Request, body: Annotated[bytes, Depends(read_body)]) -> Response:
    """Turn a link into a session cookie."""
    same_origin(request)
    session = services_of(request).accounts.sign_in(form_field(body, "token"))
    response = RedirectResponse("/", status_code=303)
    keep_session(request, response, session.token)
    return response
