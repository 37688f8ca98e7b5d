"""Routes about what the watchers found."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from assistant.api.guards import services_of
from assistant.api.replies import Body, Editor, read_texts, reply
from assistant.editing.watching import PATIENCE, read_kind
from assistant.errors import NotReady

router = APIRouter()
TEXT = 400


@router.get("/api/v1/watch")
def findings(request: Request, account: Editor, kind: str = "contradiction") -> Response:
    """One watcher's findings; 202 while they are being made."""
    services = services_of(request)
    wanted = read_kind(kind)
    if services.release() is None:
        raise NotReady("知识库正在打开")
    report = services.watch.report(account, wanted, wait=PATIENCE)
    if report is None:
        return reply({"kind": wanted, "ready": False}, status=202)
    return reply({"ready": True, **report.to_dict()})


@router.post("/api/v1/watch/dismiss")
def dismiss(request: Request, account: Editor, body: Body) -> Response:
    """Set a finding aside until either side changes."""
    given = read_texts(body, {"kind", "finding_id", "digest", "reason"}, most=TEXT)
    services_of(request).watch.dismiss(
        account,
        given["finding_id"],
        kind=read_kind(given["kind"]),
        digest=given["digest"],
        reason=given["reason"],
    )
    return reply({"dismissed": given["finding_id"]})


@router.post("/api/v1/watch/remedy")
def remedy(request: Request, account: Editor, body: Body) -> Response:
    """Draft a remedy: a withdrawal, or phrasings merged into another entry."""
    given = read_texts(body, {"action", "item_id", "into", "reason"}, most=TEXT)
    made = services_of(request).watch.remedy(
        account, given["action"], given["item_id"], into=given["into"], reason=given["reason"]
    )
    return reply(made)
