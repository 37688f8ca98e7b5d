"""Which knowledge an account may look at: what is in force, what is internal, drafts and what was withdrawn."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, get_args

from assistant.accounts.types import Account
from assistant.api.services import Services
from assistant.editing.listing import VALIDITIES, Row, Wanted
from assistant.editing.views import history_rows, review_row
from assistant.errors import NotReady, RequestInvalid
from kb.curation.standing import Stage, Standing
from kb.domain.codec import entry_to_dict
from kb.domain.errors import NotFound
from kb.search.catalogue import Catalogue
from kb.store import history

MAX_QUERY, MOST = 200, 100
FILTERS = tuple(field.name for field in dataclasses.fields(Wanted))


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a list is narrowed to, and which part of it. `offset` counts entries."""

    wanted: Wanted
    offset: int
    limit: int


def read_query(data: object) -> Query:
    """Read a list's filters.

    Raises:
        RequestInvalid: unknown fields, wrong types, values that do not exist, or numbers out of range.
    """
    if not isinstance(data, dict) or not set(data) <= {*FILTERS, "offset", "limit"}:
        raise RequestInvalid("筛选的字段不对", hint=f"可用：{'、'.join((*FILTERS, 'offset', 'limit'))}")
    texts = {name: data.get(name, "") for name in FILTERS}
    if not all(isinstance(text, str) and len(text) <= MAX_QUERY for text in texts.values()):
        raise RequestInvalid(f"筛选条件应是 {MAX_QUERY} 字以内的文字")
    for name, known in (("stage", get_args(Stage)), ("validity", tuple(VALIDITIES))):
        if texts[name] and texts[name] not in known:
            raise RequestInvalid(f"筛选条件 {name} 不认识", hint=f"可用：{'、'.join(known)}")
    offset, limit = data.get("offset", 0), data.get("limit", 50)
    if type(offset) is not int or type(limit) is not int or not (0 <= offset <= 10**7 and 1 <= limit <= MOST):
        raise RequestInvalid(f"offset 从 0 起，limit 在 1 到 {MOST} 之间")
    return Query(wanted=Wanted(**texts), offset=offset, limit=limit)


def catalogue_of(services: Services) -> Catalogue:
    """Return the knowledge that answers.

    Raises:
        NotReady: it is still being opened.
    """
    catalogue = services.catalogue()
    if catalogue is None:
        raise NotReady("知识库正在打开")
    return catalogue


def find(services: Services, account: Account, query: Query) -> dict[str, Any]:
    """Return one page of what an account may look at, by id, and how many there are."""
    found = services.workshop.listing.find(account, query.wanted)
    page = found[query.offset : query.offset + query.limit]
    return {"total": len(found), "entries": [line_row(row) for row in page]}


def seen(services: Services, account: Account, entry_id: str) -> Row:
    """Return an entry an account may look at.

    In force and public: every reader. Internal: `internal`. Not in force, drafts and withdrawn: `edit`, of the
    account's own department. Other regions: nobody confined to one.

    Raises:
        NotFound: no such entry, or not for this account.
    """
    row = services.workshop.listing.one(account, entry_id)
    if row is None:
        raise NotFound("没有这个条目", hint="请核对编号，或回到列表再找")
    return row


def edited(services: Services, account: Account, entry_id: str) -> Row:
    """Return an entry an account may change.

    Raises:
        NotFound: no such entry, or not for this account.
    """
    row = seen(services, account, entry_id)
    if not row.edits:
        raise NotFound("没有这个条目", hint="请核对编号，或回到列表再找")
    return row


def show(services: Services, account: Account, entry_id: str) -> dict[str, Any]:
    """Return one entry as an account may see it; for who may change it, with its newest version and its review.

    Raises:
        NotFound: no such entry, or not for this account.
    """
    row = seen(services, account, entry_id)
    one = services.workshop.desk.standings([entry_id])[0]
    live = {"version": one.live.version, "content": one.live.payload} if one.live is not None else None
    shown = {**line_row(row), "live": live, "draft": None, "review": None, "reason": "", "removal": False}
    return {**shown, **_work_on(services, one)} if row.edits else shown


def past(services: Services, account: Account, entry_id: str) -> dict[str, Any]:
    """Return every version of an entry, newest first, those that take it away included.

    Raises:
        NotFound: no such entry, or not for this account.
    """
    edited(services, account, entry_id)
    with services.database.read() as connection:
        contents = {stored.version: stored for stored in history.versions(connection, entry_id)}
    rows = history_rows(services.database, entry_id)
    return {"entry_id": entry_id, "versions": [{**row, "restorable": row["version"] in contents} for row in rows[::-1]]}


def _work_on(services: Services, one: Standing) -> dict[str, Any]:
    with services.database.read() as connection:
        stored = history.versions(connection, one.entry_id)
    last = stored[0] if stored else None
    return {
        "version": one.head.version,
        "removal": one.head.removal,
        "reason": one.head.reason,
        "draft": entry_dict(last) if last is not None else None,
        "review": review_row(one.review) if one.review is not None else None,
    }


def entry_dict(stored: history.Stored) -> dict[str, Any]:
    """Return a stored version's content with its number."""
    return {"version": stored.version, "content": entry_to_dict(stored.entry)}


def line_row(row: Row) -> dict[str, Any]:
    """Return one line of the list; who wrote the newest version and when is for who may change it."""
    face, line = row.face, row.line
    span = face.validity
    return {
        "entry_id": line.entry_id,
        "question": face.question,
        "kind": face.kind,
        "categories": list(face.categories),
        "owner": face.owner,
        "visibility": face.visibility,
        "valid_from": span.valid_from.isoformat() if span.valid_from else None,
        "valid_to": span.valid_to.isoformat() if span.valid_to else None,
        "stage": row.stage,
        "answerable": row.answerable,
        "edits": row.edits,
        "version": line.version if row.edits else None,
        "author": line.author if row.edits else "",
        "at": line.at.isoformat(timespec="seconds") if row.edits else "",
    }
