"""The outermost layer: safety headers on every response, and a calm 500 for what nobody foresaw."""

from __future__ import annotations

import logging
import traceback

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.errors import Internal, problem_response

log = logging.getLogger("zhida.api")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: with it browsers send `Origin: null` with the sign-in form.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NO_STORE = "no-store"


class Shield:
    """ASGI middleware; outside Starlette's own, so that its headers reach even a failed request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        started = False

        async def shielded(message: Message) -> None:
            nonlocal started
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", NO_STORE)
            await send(message)

        try:
            await self._app(scope, receive, shielded)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the last place to turn a surprise into an answer
            log_surprise(scope, error)
            if not started and scope["type"] == "http":
                await problem_response(Internal("服务内部出错"))(scope, receive, shielded)


def log_surprise(scope: Scope, error: Exception) -> None:
    """Log where an unforeseen error arose; not its message, which may hold what a caller said."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    route = getattr(scope.get("route"), "path", "-")
    log.error("unforeseen %s in %s %s\n%s", type(error).__name__, scope.get("method", "WS"), route, frames)
