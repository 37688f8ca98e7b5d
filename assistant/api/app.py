"""The application: routes, errors, pages and safety headers put together over given services."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from assistant.api import (
    account_routes,
    audit_routes,
    call_routes,
    casework,
    entry_routes,
    import_routes,
    knowledge_routes,
    learning_routes,
    live_routes,
    outage_routes,
    release_routes,
    request_routes,
    review_routes,
    routes,
    rule_routes,
    run_routes,
    sheet_routes,
    watch_routes,
)
from assistant.api import pages as page_routes
from assistant.api.failures import install_failures
from assistant.api.guards import make_limits
from assistant.api.journal import Journal
from assistant.api.live_routes import LiveCalls
from assistant.api.services import Services
from assistant.api.shield import Shield
from assistant.api.uploads import Uploads
from assistant.api.work import Works
from assistant.web.pages import STATIC, Pages

ROUTERS: tuple[APIRouter, ...] = (
    routes.router,
    casework.router,
    account_routes.router,
    knowledge_routes.router,
    outage_routes.router,
    request_routes.router,
    learning_routes.router,
    entry_routes.router,
    review_routes.router,
    release_routes.router,
    import_routes.router,
    call_routes.router,
    live_routes.router,
    run_routes.router,
    watch_routes.router,
    sheet_routes.router,
    rule_routes.router,
    audit_routes.router,
    page_routes.router,
)
IMMUTABLE = "public, max-age=31536000, immutable"


def create_app(services: Services) -> FastAPI:
    """Return the application.

    The generated documentation pages are off: they load from a CDN, and their 422 echoes what was sent.
    """
    app = FastAPI(title="知答", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    pages = Pages()
    app.state.services = services
    app.state.pages = pages
    app.state.journal = Journal(services.database, services.masker)
    app.state.limits = make_limits(services)
    app.state.works = Works()
    app.state.uploads = Uploads()
    app.state.live_calls = LiveCalls(services.live)
    for router in ROUTERS:
        app.include_router(router)
    app.mount(pages.static_url, Assets(directory=STATIC), name="static")
    install_failures(app, pages)
    app.add_middleware(Shield)
    return app


def go_on_with(app: FastAPI, services: Services) -> None:
    """Answer the next request from other services: rules and words were changed. What is under way ends as it began."""
    app.state.live_calls.listen_by(services.live)
    before: Services = app.state.services
    before.runs.go_on_with(services.runs)
    workshop = replace(services.workshop, listing=before.workshop.listing)
    app.state.services = replace(services, memory=before.memory, runs=before.runs, workshop=workshop)


class Assets(StaticFiles):
    """Static files under a path that names their content, so that they may be kept for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return one file with its lifetime."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = IMMUTABLE
        return response
