"""Every failure leaves through here: as problem+json, or as a page where a person is looking."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from assistant.api.errors import from_http_status, problem, problem_response, public_error, status_of
from assistant.errors import NotSignedIn, RequestInvalid
from assistant.web.pages import Pages
from kb.domain.errors import ZhidaError

log = logging.getLogger("zhida.api")


def install_failures(app: FastAPI, pages: Pages) -> None:
    """Register the handlers for our errors and the framework's own."""

    def answer(request: Request, error: ZhidaError, headers: dict[str, str] | None = None) -> Response:
        if wants_page(request):
            if isinstance(error, NotSignedIn):
                minutes = request.app.state.services.settings.link_minutes
                return html(pages.render("signed_out.html", minutes=minutes, name="", error=None), status=401)
            return page_response(pages, error)
        return problem_response(error, headers)

    @app.exception_handler(ZhidaError)
    def ours(request: Request, error: ZhidaError) -> Response:
        if status_of(error) >= 500:
            log.error("%s in %s", error.code, request.method)
        return answer(request, error)

    @app.exception_handler(HTTPException)
    def framework(request: Request, error: HTTPException) -> Response:
        return answer(request, from_http_status(error.status_code), dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def parameters(request: Request, _error: RequestValidationError) -> Response:
        return answer(request, RequestInvalid("请求参数不完整或格式不对"))


def wants_page(request: Request) -> bool:
    """Whether a browser navigated here; everything under `/api/` speaks JSON only."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def page_response(pages: Pages, error: ZhidaError) -> Response:
    """Return an error as a page."""
    shown = problem(public_error(error))
    return html(pages.render("error.html", **shown), status=int(shown["status"]))


def html(text: str, status: int = 200) -> Response:
    """Return a page; never cached, because desks are shared."""
    return Response(text, status_code=status, media_type="text/html", headers={"Cache-Control": "no-store"})
