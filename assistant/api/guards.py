"""Who is asking, and may they: every route that is not on the public list depends on a `Guard`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.requests import HTTPConnection

from assistant.accounts.types import Account, Action
from assistant.api.errors import CrossSite, TooMany
from assistant.api.limits import Limiter
from assistant.api.services import Services
from assistant.errors import NotAllowed, NotSignedIn

COOKIE = "zhida_session"
SAFE = {"GET", "HEAD", "OPTIONS"}
SIGN_IN_RATE, SIGN_IN_BURST = 5, 50


@dataclass(frozen=True, slots=True)
class Limits:
    """The limiters of one application."""

    users: Limiter
    keys: Limiter
    sign_ins: Limiter


def make_limits(services: Services) -> Limits:
    """Return fresh limiters by the settings in force."""
    users, keys = services.settings.user_rate, services.settings.key_rate
    return Limits(Limiter(users, 2 * users), Limiter(keys, 2 * keys), Limiter(SIGN_IN_RATE, SIGN_IN_BURST))


def services_of(request: HTTPConnection) -> Services:
    """Return the services of the application that got this request."""
    services: Services = request.app.state.services
    return services


def limits_of(request: HTTPConnection) -> Limits:
    """Return the limiters of the application that got this request."""
    limits: Limits = request.app.state.limits
    return limits


@dataclass(frozen=True, slots=True)
class Guard:
    """A dependency that lets through accounts to whom `action` is open.

    Raises:
        NotSignedIn: no valid session or key.
        NotAllowed: signed in, but not for this; looks like missing.
        CrossSite: a cookie on a changing request that another site sent.
        TooMany: faster than the limit.
    """

    action: Action

    def __call__(self, request: Request) -> Account:
        """Return the account that asks."""
        return allow(request, self.action)


def allow(request: HTTPConnection, action: Action) -> Account:
    """Return the account that asks, if `action` is open to it; see `Guard`."""
    account = identify(request)
    if not account.may(action):
        raise NotAllowed("没有这个地址")
    return account


def identify(request: HTTPConnection) -> Account:
    """Return the account behind a request, and count the request against its limit.

    Raises:
        NotSignedIn: see `who_asks`.
        CrossSite: see `who_asks`.
        TooMany: faster than the limit.
    """
    account, limiter, name = who_asks(request)
    slow_down(limiter, name)
    return account


def who_asks(request: HTTPConnection) -> tuple[Account, Limiter, str]:
    """Return the account behind the key or, when none is sent, behind the session cookie; and what limits it.

    Raises:
        NotSignedIn: neither is valid.
        CrossSite: see `same_origin`; a WebSocket counts as a changing request.
    """
    accounts, limits = services_of(request).accounts, limits_of(request)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key:
        account, credential = accounts.recognised(key.strip(), "key")
        return account, limits.keys, credential.public_id
    session = request.cookies.get(COOKIE, "")
    if not session:
        raise NotSignedIn("没有登录，或登录已过期")
    account = accounts.recognise(session, "session")
    if request.scope.get("method") not in SAFE:
        same_origin(request)
    return account, limits.users, account.name


def slow_down(limiter: Limiter, who: str) -> None:
    """Count a request.

    Raises:
        TooMany: faster than the limit.
    """
    wait = limiter.take(who)
    if wait:
        raise TooMany(wait)


def client_of(request: HTTPConnection) -> str:
    """Return the address a request came from."""
    return request.client.host if request.client else ""


def same_origin(request: HTTPConnection) -> None:
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
    response.headers["Clear-Site-Data"] = '"cookies", "storage"'
