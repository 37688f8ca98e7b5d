"""Routes about knowledge to look at: entries, their history, labels."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from assistant.api import shelves
from assistant.api.body import parse_json
from assistant.api.guards import services_of
from assistant.api.replies import Body, Editor, Reader, Suggester, reply

router = APIRouter()


@router.post("/api/v1/entries/search")
def search_entries(request: Request, account: Reader, body: Body) -> Response:
    """List entries by filters and words; a POST, because words may hold a caller's number."""
    return reply(shelves.find(services_of(request), account, shelves.read_query(parse_json(body))))


@router.get("/api/v1/entries/{entry_id}")
def entry(request: Request, account: Reader, entry_id: str) -> Response:
    """One entry as it stands."""
    return reply(shelves.show(services_of(request), account, entry_id))


@router.get("/api/v1/entries/{entry_id}/versions")
def entry_versions(request: Request, account: Editor, entry_id: str) -> Response:
    """Every version of an entry."""
    return reply(shelves.past(services_of(request), account, entry_id))


@router.get("/api/v1/labels")
def labels(request: Request, _account: Suggester) -> Response:
    """The call types and categories an agent may correct to."""
    return reply({name: list(values) for name, values in services_of(request).labels.items()})
