"""Routes about rules and words: look, draft, preview, apply, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from assistant.accounts.types import Account
from assistant.api.body import parse_json
from assistant.api.guards import services_of
from assistant.api.release_routes import works_of
from assistant.api.replies import Body, Editor, Reviewer, read_texts, reply
from assistant.api.work import Work
from assistant.errors import RequestInvalid
from assistant.rulebook.checking import MOST
from assistant.rulebook.desk import RuleDesk
from kb.text.normalise import printable

router = APIRouter()


def desk_of(request: Request) -> RuleDesk:
    """Return the rule desk in force."""
    return services_of(request).rules


@router.get("/api/v1/rules")
def rules(request: Request, _account: Editor) -> Response:
    """Every rule file, one line each."""
    return reply({"rules": desk_of(request).rows()})


@router.get("/api/v1/rules/{name}")
def rule(request: Request, _account: Editor, name: str) -> Response:
    """A rule file with its draft and history."""
    return reply(desk_of(request).page(name))


@router.post("/api/v1/rules/{name}/drafts")
def draft(request: Request, account: Editor, name: str, body: Body) -> Response:
    """Draft a rule file's next text, given the version it is based on."""
    data = read_draft(body)
    version = desk_of(request).save(account, name, data["text"], expected=data["expected"], reason=data["reason"])
    return reply({"name": name, "version": version}, 201)


@router.post("/api/v1/rules/{name}/preview")
def preview(request: Request, account: Editor, name: str, body: Body) -> Response:
    """Begin to compare a text with what is in force on golden questions."""
    text = read_texts(body, {"text"}, most=MOST, raw=True)["text"]
    desk_of(request).check(name, text)
    return _start(request, account, lambda work: desk_of(request).preview(name, text, work.at))


@router.post("/api/v1/rules/{name}/apply")
def apply(request: Request, account: Reviewer, name: str, body: Body) -> Response:
    """Begin to put a draft in force."""
    given = read_texts(body, {"version", "override"})
    if not given["version"].isdecimal():
        raise RequestInvalid("请写明要应用第几版")
    version, override = int(given["version"]), given["override"]

    def job(work: Work) -> dict[str, Any]:
        return desk_of(request).apply(account, name, version, override=override, progress=work.at)

    return _start(request, account, job)


@router.post("/api/v1/rules/{name}/undo")
def undo(request: Request, account: Reviewer, name: str, body: Body) -> Response:
    """Begin to put back what was in force before."""
    reason = read_texts(body, {"reason"})["reason"]

    def job(_work: Work) -> dict[str, Any]:
        return {"version": desk_of(request).undo(account, name, reason=reason)}

    return _start(request, account, job)


def read_draft(body: bytes) -> dict[str, Any]:
    """Return a draft's text, the version it is based on and the reason.

    Raises:
        RequestInvalid: a field is missing, unknown, or of the wrong kind.
    """
    data = parse_json(body)
    if not isinstance(data, dict) or set(data) != {"text", "expected", "reason"}:
        raise RequestInvalid("请求的字段不对", hint="可用：text、expected、reason")
    texts = isinstance(data["text"], str) and isinstance(data["reason"], str) and len(data["reason"]) <= 400
    if not texts or type(data["expected"]) is not int or data["expected"] < 0:
        raise RequestInvalid("text 和 reason 应是文字，expected 应是依据的版本号")
    return {**data, "reason": printable(data["reason"])}


def _start(request: Request, account: Account, job: Callable[[Work], dict[str, Any]]) -> Response:
    return reply(works_of(request).start(account.name, "改规则", job, alone=True).to_dict(), 202)
