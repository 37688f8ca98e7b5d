"""Routes about knowledge to look at: entries, their history, outage notices, labels."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from assistant.api import shelves
from assistant.api.body import parse_json
from assistant.api.guards import services_of
from assistant.api.replies import Body, Editor, Reader, Suggester, reply
from kb.domain.knowledge import FoundPassage

router = APIRouter()


@router.post("/api/v1/entries/search")
def search_entries(request: Request, account: Reader, body: Body) -> Response:
    """List entries by filters and words; a POST, because words may hold a caller's number."""
    listing = request.app.state.listing
    return reply(shelves.find(services_of(request), listing, account, shelves.read_query(parse_json(body))))


@router.get("/api/v1/entries/{entry_id}")
def entry(request: Request, account: Reader, entry_id: str) -> Response:
    """One entry as it stands."""
    return reply(shelves.show(services_of(request), account, entry_id))


@router.get("/api/v1/entries/{entry_id}/versions")
def entry_versions(request: Request, account: Editor, entry_id: str) -> Response:
    """Every version of an entry."""
    return reply(shelves.past(services_of(request), account, entry_id))


@router.get("/api/v1/outages")
def outages(request: Request, account: Reader) -> Response:
    """The outage notices in force."""
    services = services_of(request)
    today = services.clock.now().date()
    found = [
        notice
        for notice in shelves.catalogue_of(services).notices
        if notice.document.validity.covers(today)
        and notice.passage.validity.covers(today)
        and account.in_region(notice.document.region)
        and (notice.document.visibility != "内部" or account.may("internal"))
    ]
    return reply({"outages": sorted(map(_notice, found), key=lambda row: (row["starts"], row["notice_id"]))})


@router.get("/api/v1/labels")
def labels(request: Request, _account: Suggester) -> Response:
    """The call types and categories an agent may correct to."""
    return reply({name: list(values) for name, values in services_of(request).labels.items()})


def _notice(notice: FoundPassage) -> dict[str, Any]:
    cells = notice.passage.cells
    return {
        "notice_id": cells.get("编号") or notice.passage.passage_id,
        "kind": cells.get("类型", ""),
        "area": cells.get("区域", ""),
        "line": cells.get("线路", ""),
        "reason": cells.get("原因", ""),
        "starts": cells.get("停电时间", ""),
        "ends": cells.get("送电时间", ""),
        "text": notice.passage.text,
    }
