"""Routes that change entries: save, try out, withdraw, restore, archive, compare. Each names the version it saw."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from assistant.accounts.types import Account
from assistant.api import shelves
from assistant.api.curating import new_id, read_entry, read_object, read_question, read_reason, read_text, version_said
from assistant.api.guards import services_of
from assistant.api.replies import Body, Editor, PageBody, Reviewer, reply, versioned
from assistant.api.services import Services
from assistant.api.wire import suggestion_to_dict
from assistant.editing.preview import Previewed
from assistant.editing.reach import require_own
from assistant.editing.views import versions_diff
from assistant.errors import RequestInvalid
from kb.domain.knowledge import KINDS, Entry
from kb.domain.suggestion import Suggestion
from kb.domain.validity import VISIBILITIES

router = APIRouter()
FLAGS = ("易忘", "易错", "重要")
PREVIEW = {"entry", "text", "facts", "as_of", "region"}


@router.get("/api/v1/entry-choices")
def choices(request: Request, account: Editor) -> Response:
    """What the fields of an entry may hold."""
    services = services_of(request)
    return reply(
        {
            "kinds": [kind for kind in KINDS if kind != "guard"],
            "categories": list(services.workshop.categories),
            "visibilities": list(VISIBILITIES),
            "facts": {name: list(options) for name, options in services.workshop.facts.items()},
            "flags": list(FLAGS),
            "owners": services.workshop.listing.owners(account),
            "owner": account.department,
            "region": account.region,
            "today": services.clock.now().date().isoformat(),
        }
    )


@router.post("/api/v1/entries")
def create_entry(request: Request, account: Editor, body: PageBody) -> Response:
    """Draft a new entry; without an id it gets one."""
    services, data = services_of(request), read_object(body, {"entry", "reason"})
    entry = read_entry(services, data, new_id(services, data))
    return _saved(services, account, entry, expected=0, reason=read_text(data, "reason"))


@router.put("/api/v1/entries/{entry_id}")
def save_entry(request: Request, account: Editor, entry_id: str, body: PageBody) -> Response:
    """Draft an entry's next version on the one named in `If-Match`; who loses is told both sides."""
    services = _edited(request, account, entry_id)
    expected = version_said(request)
    data = read_object(body, {"entry", "reason"})
    entry = read_entry(services, data, entry_id)
    return _saved(services, account, entry, expected=expected, reason=read_text(data, "reason"))


@router.post("/api/v1/entry-preview")
def preview_new(request: Request, account: Editor, body: PageBody) -> Response:
    """How a new entry would be answered; nothing is kept."""
    services, data = services_of(request), read_object(body, PREVIEW)
    return _previewed(services, account, read_entry(services, data, new_id(services, data)), data)


@router.post("/api/v1/entries/{entry_id}/preview")
def preview_entry(request: Request, account: Editor, entry_id: str, body: PageBody) -> Response:
    """How a draft of an entry would be answered, beside what answers now; nothing is kept."""
    services = _edited(request, account, entry_id)
    data = read_object(body, PREVIEW)
    return _previewed(services, account, read_entry(services, data, entry_id), data)


@router.post("/api/v1/entries/{entry_id}/withdraw")
def withdraw_entry(request: Request, account: Editor, entry_id: str, body: Body) -> Response:
    """Draft an entry's withdrawal; it takes effect when it is approved and published."""
    services = _edited(request, account, entry_id)
    expected, reason = read_reason(request, body)
    version = services.workshop.desk.withdraw(account, entry_id, expected=expected, reason=reason)
    return _versioned(entry_id, version)


@router.post("/api/v1/entries/{entry_id}/withdraw-now")
def withdraw_entry_now(request: Request, account: Reviewer, entry_id: str, body: Body) -> Response:
    """Take an entry down at once; when this answers, nobody is given it any more."""
    services = _edited(request, account, entry_id)
    expected, reason = read_reason(request, body)
    done = services.workshop.desk.withdraw_now(account, entry_id, expected=expected, reason=reason)
    return reply({"entry_id": entry_id, "version": expected + 1, "release": done.release.number})


@router.post("/api/v1/entries/{entry_id}/restore")
def restore_entry(request: Request, account: Editor, entry_id: str, body: Body) -> Response:
    """Draft an earlier version's content as the newest; what was archived comes back."""
    services = _edited(request, account, entry_id)
    expected, data = version_said(request), read_object(body, {"version", "reason"})
    version = data.get("version")
    if type(version) is not int or version < 1:
        raise RequestInvalid("version 应是版本号", hint="从 1 起的整数")
    reason = read_text(data, "reason")
    made = services.workshop.desk.restore(account, entry_id, version, reason=reason, expected=expected)
    return _versioned(entry_id, made)


@router.post("/api/v1/entries/{entry_id}/archive")
def archive_entry(request: Request, account: Editor, entry_id: str, body: Body) -> Response:
    """Put a withdrawn or expired entry into the archive."""
    services = _edited(request, account, entry_id)
    expected, reason = read_reason(request, body)
    services.workshop.desk.archive(account, entry_id, expected=expected, reason=reason)
    return _versioned(entry_id, expected)


@router.get("/api/v1/entries/{entry_id}/versions/{before}/against/{after}")
def compare_versions(request: Request, account: Editor, entry_id: str, before: int, after: int) -> Response:
    """What changed between two versions of an entry, field by field; version 0 is nothing."""
    services = _edited(request, account, entry_id)
    if before < 0 or after < 1:
        raise RequestInvalid("版本号不对", hint="较早的从 0 起，较晚的从 1 起")
    changes = versions_diff(services.database, entry_id, before, after)
    return reply({"entry_id": entry_id, "before": before, "after": after, "changes": changes})


def _edited(request: Request, account: Account, entry_id: str) -> Services:
    """Return the services for a step on an entry the account may change; see `shelves.edited`."""
    services = services_of(request)
    shelves.edited(services, account, entry_id)
    return services


def _saved(services: Services, account: Account, entry: Entry, *, expected: int, reason: str) -> Response:
    version = services.workshop.desk.save(account, entry, expected=expected, reason=reason)
    return _versioned(entry.entry_id, version, 200 if expected else 201)


def _versioned(entry_id: str, version: int, status: int = 200) -> Response:
    return versioned({"entry_id": entry_id, "version": version}, version, status)


def _previewed(services: Services, account: Account, entry: Entry, data: dict[str, Any]) -> Response:
    require_own(account, entry)
    found = services.workshop.previews.ask(entry, read_question(data))
    return reply(previewed_to_dict(found, entry.entry_id))


def previewed_to_dict(found: Previewed, entry_id: str) -> dict[str, Any]:
    """Return both answers with the entry's place in each: `rank` from 1, `None` where it is no candidate."""
    return {
        "entry_id": entry_id,
        "now": asked_to_dict(found.now, entry_id),
        "then": asked_to_dict(found.then, entry_id),
    }


def asked_to_dict(suggestion: Suggestion, entry_id: str) -> dict[str, Any]:
    """Return a suggestion with the place and the confidence one entry has in it."""
    ranked = suggestion.candidates or ()
    place = next((n for n, one in enumerate(ranked, 1) if one.entry_id == entry_id), None)
    confidence = ranked[place - 1].confidence if place is not None else None
    shown = any(one.entry_id == entry_id for one in suggestion.answers)
    return {**suggestion_to_dict(suggestion), "rank": place, "confidence": confidence, "shown": shown}
