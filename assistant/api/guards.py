"""Who is asking, and may they: every route that is not on the public list depends on a `Guard`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request, Response

from assistant.accounts.types import Account, Action
from assistant.api.errors import CrossSite
from assistant.api.services import Services
from assistant.errors import NotAllowed, NotSignedIn

COOKIE = "zhida_session"
SAFE = {"GET", "HEAD", "OPTIONS"}


def services_of(request: Request) -> Services:
    """Return the services of the application that got this request."""
    services: Services = request.app.state.services
    return services


@dataclass(frozen=True, slots=True)
class Guard:
    """A dependency that lets through accounts whose role allows `action`.

    Raises:
        NotSignedIn: no valid session or key.
        NotAllowed: signed in, but not for this; looks like missing.
        CrossSite: a cookie on a changing request that another site sent.
    """

    action: Action

    def __call__(self, request: Request) -> Account:
        """Return the account that asks."""
        account = identify(request)
        if not account.may(self.action):
            raise NotAllowed("没有这个地址")
        return account


def identify(request: Request) -> Account:
    """Return the account behind the key or, when none is sent, behind the session cookie.

    Raises:
        NotSignedIn: neither is valid.
        CrossSite: see `same_origin`.
    """
    accounts = services_of(request).accounts
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key:
        return accounts.recognise(key.strip(), "key")
    session = request.cookies.get(COOKIE, "")
    if not session:
        raise NotSignedIn("没有登录，或登录已过期")
    account = accounts.recognise(session, "session")
    if request.method not in SAFE:
        same_origin(request)
    return account


def same_origin(request: Request) -> None:
    """Let through what a page of ours sent.

    Browsers say where a request comes from in `Sec-Fetch-Site` (trustworthy origins only) or `Origin`; one that says
    neither is refused, because every browser in use sends `Origin` with a POST.

    Raises:
        CrossSite: sent by another site, or by nobody who says so.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "")
    if site is not None:
        allowed = site == "same-origin"
    else:
        allowed = bool(origin) and urlsplit(origin).netloc == request.headers.get("host")
    if not allowed:
        raise CrossSite("这个请求不是从知答页面发出的")


def keep_session(request: Request, response: Response, token: str) -> None:
    """Put a session into the cookie; only HTTPS brings it back when it was set over HTTPS."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=services_of(request).settings.session_hours * 3600,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def forget_session(response: Response) -> None:
    """Take the session cookie away, and what the page may have stored on a shared desk."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    response.headers["Clear-Site-Data"] = '"storage"'
