"""The API's routes. Each is guarded by one action or stands on the public list; a test compares the two."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from assistant.api.guards import services_of
from assistant.api.replies import Body, Suggester, reply
from assistant.api.suggesting import suggest_response
from assistant.errors import NotReady

router = APIRouter()

# Reachable without signing in, and why. `/` shows an explanation to strangers and holds no data itself.
PUBLIC = {
    ("GET", "/healthz"): "liveness probe",
    ("GET", "/readyz"): "readiness probe",
    ("GET", "/"): "the desk's empty frame, or how to sign in",
    ("GET", "/sign-in"): "a page with one button",
    ("POST", "/sign-in"): "turns a one-time link, or a name and a password, into a session",
    ("MOUNT", "/static"): "style sheets and scripts",
}


@router.get("/healthz")
def healthz() -> Response:
    """Whether the process is alive."""
    return reply({"status": "ok"})


@router.get("/readyz")
def readyz(request: Request) -> Response:
    """Whether questions can be answered, and from which release."""
    release = services_of(request).release()
    if release is None:
        raise NotReady("知识库正在打开")
    return reply({"status": "ready", "release": release})


@router.post("/api/v1/suggest")
def suggest(request: Request, account: Suggester, body: Body) -> Response:
    """Answer what a caller said."""
    return suggest_response(services_of(request), request.app.state.journal, account, body)
