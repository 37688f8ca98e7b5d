"""Routes of the review queue: what waits, what it would change, and the steps for many at once."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from assistant.accounts.types import Account
from assistant.api.curating import decisions_dict, read_moment, read_object, read_refs, read_text
from assistant.api.guards import services_of
from assistant.api.replies import Body, Editor, Reviewer, reply
from assistant.api.services import Services
from assistant.editing.reach import reaches
from assistant.editing.views import review_change, review_row
from assistant.errors import RequestInvalid
from kb.domain.errors import NotFound
from kb.store.lineage import newest
from kb.store.reviews import TABLES, ItemKind, Review

router = APIRouter()
TITLES = {"entry": "question", "document": "title"}


@router.get("/api/v1/reviews")
def waiting(request: Request, account: Editor) -> Response:
    """What waits for review or for its moment, oldest first."""
    return reply({"reviews": queue(services_of(request), account)})


@router.get("/api/v1/reviews/{kind}/{item_id}")
def change(request: Request, account: Editor, kind: ItemKind, item_id: str) -> Response:
    """What the newest version of an item would change in what is published."""
    services = services_of(request)
    with services.database.read() as connection:
        if not newest(connection, TABLES[kind], [item_id]) or not reaches(connection, account, kind, item_id):
            raise NotFound("没有这个编号", hint="请核对编号，或回到列表再找")
    return reply(review_change(services.database, kind, item_id))


@router.post("/api/v1/reviews/submit")
def submit(request: Request, account: Editor, body: Body) -> Response:
    """Put drafts forward for review, each by itself."""
    refs = read_refs(read_object(body, {"refs"}))
    return reply(decisions_dict(services_of(request).workshop.desk.submit(account, refs)))


@router.post("/api/v1/reviews/approve")
def approve(request: Request, account: Reviewer, body: Body) -> Response:
    """Approve what waits, each by itself, to go out at once or after a moment; nobody approves their own."""
    data = read_object(body, {"refs", "note", "publish_at"})
    services, moment = services_of(request), read_moment(read_text(data, "publish_at"))
    if moment is not None and moment <= services.clock.now():
        raise RequestInvalid("定时的时刻已经过了", hint="写一个以后的时刻，或留空")
    note = read_text(data, "note")
    return reply(decisions_dict(services.workshop.desk.approve(account, read_refs(data), note=note, publish_at=moment)))


@router.post("/api/v1/reviews/reject")
def reject(request: Request, account: Reviewer, body: Body) -> Response:
    """Send back what waits, each by itself, with a reason."""
    data = read_object(body, {"refs", "note"})
    done = services_of(request).workshop.desk.reject(account, read_refs(data), note=read_text(data, "note"))
    return reply(decisions_dict(done))


def queue(services: Services, account: Account) -> list[dict[str, Any]]:
    """Return what waits and lies within an account's reach, with its title and its last author."""
    found = services.workshop.desk.waiting()
    with services.database.read() as connection:
        heads = {
            kind: newest(connection, versions, [one.item_id for one in found if one.kind == kind])
            for kind, versions in TABLES.items()
        }
        mine = [one for one in found if reaches(connection, account, one.kind, one.item_id)]
    return [_row(services, one, heads[one.kind][one.item_id]) for one in mine]


def _row(services: Services, one: Review, head: Any) -> dict[str, Any]:  # noqa: ANN401 - a version of either table
    title = head.payload.get(TITLES[one.kind], "")
    if not title and one.kind == "entry":
        title = services.workshop.desk.standings([one.item_id])[0].question
    return {**review_row(one), "title": title, "removal": head.removal, "author": head.author, "reason": head.reason}
