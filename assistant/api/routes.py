"""The API's routes. Each is guarded by one action or stands on the public list; a test compares the two."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from assistant.accounts.types import ROLE_ACTIONS, ROLE_NAMES, Account
from assistant.api.body import read_body
from assistant.api.guards import COOKIE, Guard, forget_session, services_of
from assistant.api.suggesting import suggest_response
from assistant.api.wire import to_json
from assistant.errors import NotReady

router = APIRouter()

# Reachable without signing in, and why. `/` shows an explanation to strangers and holds no data itself.
PUBLIC = {
    ("GET", "/healthz"): "liveness probe",
    ("GET", "/readyz"): "readiness probe",
    ("GET", "/"): "the desk's empty frame, or how to sign in",
    ("GET", "/sign-in"): "a page with one button",
    ("POST", "/sign-in"): "turns a one-time link into a session",
    ("MOUNT", "/static"): "style sheets and scripts",
}


@router.get("/healthz")
def healthz() -> Response:
    """Whether the process is alive."""
    return Response(to_json({"status": "ok"}), media_type="application/json")


@router.get("/readyz")
def readyz(request: Request) -> Response:
    """Whether questions can be answered, and from which release."""
    release = services_of(request).release()
    if release is None:
        raise NotReady("知识库正在打开")
    return Response(to_json({"status": "ready", "release": release}), media_type="application/json")


@router.get("/api/v1/me")
def me(account: Annotated[Account, Depends(Guard("profile"))]) -> Response:
    """Who is asking and what they may do."""
    data = {
        "name": account.name,
        "role": account.role,
        "role_name": ROLE_NAMES[account.role],
        "actions": sorted(ROLE_ACTIONS[account.role]),
    }
    return Response(to_json(data), media_type="application/json")


@router.post("/api/v1/suggest")
def suggest(
    request: Request,
    account: Annotated[Account, Depends(Guard("suggest"))],
    body: Annotated[bytes, Depends(read_body)],
) -> Response:
    """Answer what a caller said."""
    return suggest_response(services_of(request), request.app.state.journal, account, body)


@router.post("/api/v1/sign-out")
def sign_out(request: Request, _account: Annotated[Account, Depends(Guard("profile"))]) -> Response:
    """End this session; with a key there is none to end."""
    services_of(request).accounts.sign_out(request.cookies.get(COOKIE, ""))
    response = Response(status_code=204)
    forget_session(response)
    return response
