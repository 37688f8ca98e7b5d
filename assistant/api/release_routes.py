"""Routes about releases: list, compare, publish through the gate, roll back, ask an earlier one; and long work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from assistant.accounts.types import Account
from assistant.api.curating import read_object, read_question, read_reason, read_text, version_said
from assistant.api.entry_routes import asked_to_dict
from assistant.api.guards import services_of
from assistant.api.replies import Body, Editor, Profile, Reviewer, reply
from assistant.api.review_routes import queue
from assistant.api.services import Services
from assistant.api.work import Work, Works
from assistant.editing.desk import Published
from assistant.editing.reach import place_of
from assistant.editing.scope import confined, may_edit
from assistant.editing.views import release_diff, release_rows
from assistant.errors import NotAllowed, RequestInvalid
from kb.domain.errors import StaleVersion
from kb.store.lineage import Version
from kb.store.records import current_release, get_release

router = APIRouter()
PAGE = 50


def works_of(request: Request) -> Works:
    """Return the long work of the application that got this request."""
    works: Works = request.app.state.works
    return works


@router.get("/api/v1/releases")
def releases(request: Request, account: Editor, before: int = 0) -> Response:
    """The releases, newest first; and what is ready for the next one."""
    services = services_of(request)
    rows = [row for row in release_rows(services.database) if not before or row["number"] < before]
    now = services.clock.now().isoformat()
    ready = [
        one for one in queue(services, account)
        if one["state"] == "approved" and (not one["publish_at"] or one["publish_at"] <= now)
    ]  # fmt: skip
    return reply(
        {
            "current": _current(services),
            "releases": rows[:PAGE],
            "more": len(rows) > PAGE,
            "ready": ready,
            "pinned": services.workshop.pins.number,
        }
    )


@router.get("/api/v1/releases/{before}/against/{after}")
def difference(request: Request, account: Editor, before: int, after: int) -> Response:
    """What changed between two releases, as far as the account may see drafts and what was withdrawn."""
    services = services_of(request)
    return reply(release_diff(services.database, before, after, sees=lambda pair: _sees(account, pair)))


@router.post("/api/v1/releases")
def publish(request: Request, account: Reviewer, body: Body) -> Response:
    """Publish what is approved, through the gate; `If-Match` names the release it goes on top of."""
    base, desk = version_said(request), services_of(request).workshop.desk
    data = read_object(body, {"note", "override"})
    note, override = read_text(data, "note"), read_text(data, "override")
    return _publishing(
        request, account, base, lambda work: desk.publish(account, note=note, override=override, tick=work.tick)
    )


@router.post("/api/v1/releases/{number}/rollback")
def roll_back(request: Request, account: Reviewer, number: int, body: Body) -> Response:
    """Bring back what an earlier release held, as the next one; `If-Match` names the one in force."""
    desk = _whole(request, account, number).workshop.desk
    base, reason = read_reason(request, body)
    if not reason.strip():
        raise RequestInvalid("请写明为什么回滚")
    return _publishing(
        request, account, base, lambda work: desk.roll_back(account, number, reason=reason, tick=work.tick)
    )


@router.post("/api/v1/releases/{number}/ask")
def ask(request: Request, account: Editor, number: int, body: Body) -> Response:
    """Ask an earlier release beside the one in force; the release stays pinned, ready for the next question."""
    services = _whole(request, account, number)
    question = read_question(read_object(body, {"text", "facts", "as_of", "region"}))

    def job(_work: Work) -> dict[str, Any]:
        workshop = services.workshop
        then = workshop.over(workshop.pins.shelf(number)).answer(question)
        now = workshop.over(workshop.library.shelf).answer(question)
        return {"pinned": number, "then": asked_to_dict(then, ""), "now": asked_to_dict(now, "")}

    return _started(works_of(request).start(account.name, f"重放第 {number} 版", job))


@router.get("/api/v1/progress/{work_id}")
def progress(request: Request, account: Profile, work_id: str) -> Response:
    """How far a piece of one's own long work is, and what came of it."""
    return reply(works_of(request).of(account.name, work_id).to_dict())


def _whole(request: Request, account: Account, number: int) -> Services:
    """Return the services for a step on an earlier release, which holds what a confined account may not see.

    Raises:
        NotAllowed: the account is confined.
        NotFound: no such release.
    """
    services = services_of(request)
    if confined(account):
        raise NotAllowed("没有这个地址")
    with services.database.read() as connection:
        get_release(connection, number)
    return services


def _publishing(request: Request, account: Account, base: int, step: Callable[[Work], Published]) -> Response:
    """Begin a step that makes the next release, unless another was made on `base` by then.

    Raises:
        StaleVersion: another release is in force already.
    """
    services = services_of(request)
    _require_current(services, base)

    def job(work: Work) -> dict[str, Any]:
        _require_current(services, base)
        return _published(step(work))

    return _started(works_of(request).start(account.name, "发布", job))


def _started(work: Work) -> Response:
    return reply(work.to_dict(), 202)


def _published(done: Published) -> dict[str, Any]:
    return {
        "release": done.release.number,
        "changed": done.changed,
        "gate": done.gate.to_dict(),
        "dropped": [{"item_id": item, "version": version} for item, version in done.dropped],
    }


def _current(services: Services) -> int:
    with services.database.read() as connection:
        return current_release(connection)


def _require_current(services: Services, base: int) -> None:
    current = _current(services)
    if current != base:
        message = f"期间已发布第 {current} 版，您看的是第 {base} 版"
        raise StaleVersion(message, current=current, hint="请看过新的一版再操作")


def _sees(account: Account, pair: tuple[Version | None, Version | None]) -> bool:
    return all(may_edit(account, place_of(version.payload)) for version in pair if version is not None)
