"""Which knowledge an account may look at: what is in force, what is internal, drafts and what was withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from assistant.accounts.types import Account
from assistant.api.listing import Listing, Place, searchable
from assistant.api.services import Services
from assistant.errors import NotReady, RequestInvalid
from kb.domain.codec import entry_to_dict
from kb.domain.errors import NotFound
from kb.domain.knowledge import Entry
from kb.search.catalogue import Catalogue
from kb.store import history

STATES = {"published": "现行", "expired": "已失效", "future": "未生效", "draft": "草稿", "withdrawn": "已撤下"}
MAX_QUERY, MOST = 200, 100
EXACT = ("kind", "category", "owner", "visibility")
FILTERS = ("q", "state", *EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An entry somebody may look at, and how it stands."""

    entry: Entry
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a list is narrowed to; an empty text narrows nothing. `offset` counts entries."""

    texts: Mapping[str, str]
    offset: int
    limit: int


def read_query(data: object) -> Query:
    """Read a list's filters.

    Raises:
        RequestInvalid: unknown fields, wrong types, or numbers out of range.
    """
    if not isinstance(data, dict) or not set(data) <= {*FILTERS, "offset", "limit"}:
        raise RequestInvalid("筛选的字段不对", hint=f"可用：{'、'.join((*FILTERS, 'offset', 'limit'))}")
    texts = {name: data.get(name, "") for name in FILTERS}
    if not all(isinstance(text, str) and len(text) <= MAX_QUERY for text in texts.values()):
        raise RequestInvalid(f"筛选条件应是 {MAX_QUERY} 字以内的文字")
    offset, limit = data.get("offset", 0), data.get("limit", 50)
    if type(offset) is not int or type(limit) is not int or not (0 <= offset <= 10**7 and 1 <= limit <= MOST):
        raise RequestInvalid(f"offset 从 0 起，limit 在 1 到 {MOST} 之间")
    return Query(texts=texts, offset=offset, limit=limit)


def catalogue_of(services: Services) -> Catalogue:
    """Return the knowledge that answers.

    Raises:
        NotReady: it is still being opened.
    """
    catalogue = services.catalogue()
    if catalogue is None:
        raise NotReady("知识库正在打开")
    return catalogue


def find(services: Services, listing: Listing, account: Account, query: Query) -> dict[str, Any]:
    """Return one page of what an account may look at, by id, and how many there are."""
    catalogue = catalogue_of(services)
    held = _held(catalogue, services.clock.now().date(), listing, account, query)
    with services.database.read() as connection:
        waiting = _waiting(connection, listing, account, query)
        page = list(islice(merge(held, waiting), query.offset, query.offset + query.limit))
        contents = listing.contents(connection, [pk for _id, _state, pk in page if pk])
    entries = catalogue.entries
    shown = [Shown(entry=contents[pk] if pk else entries[item], state=state) for item, state, pk in page]
    return {"total": len(held) + len(waiting), "entries": [_row(one) for one in shown]}


def _held(catalogue: Catalogue, today: dt.date, listing: Listing, account: Account, query: Query) -> list[Place]:
    """Return what of the release in force an account may look at and a list is about, in id order.

    In force and public: every reader. Internal: `internal`. Not in force: `edit`, of the account's own department.
    Other regions: nobody confined to one.
    """
    rows = listing.standing(catalogue, today, lambda entry: _state(entry, today))
    words, wanted = query.texts["q"].casefold().split(), query.texts["state"]
    found = [row for row in rows if wanted in {"", row[1]}] if wanted else rows
    if words:
        texts = listing.texts(catalogue)
        found = [row for row in found if all(word in texts[row[0]][1] for word in words)]
    if not _sees_all(account):
        entries = catalogue.entries
        found = [row for row in found if _may_look(account, entries[row[0]], row[1])]
    if any(query.texts[name] for name in EXACT):
        found = [row for row in found if _fits(catalogue.entries[row[0]], query.texts)]
    return found


def _waiting(connection: Connection, listing: Listing, account: Account, query: Query) -> list[Place]:
    """Return the drafts and withdrawn entries that fit a list; their content is read only where it decides."""
    wanted = query.texts["state"]
    if not account.may("edit") or wanted not in {"", "draft", "withdrawn"}:
        return []
    words = query.texts["q"].casefold().split()
    opened = [one for one in history.unpublished(connection, words) if wanted in {"", one[1]}]
    if not words and not wanted:
        listing.forget([pk for _item, _state, pk in opened])
    if _sees_all(account) and not words and not any(query.texts[name] for name in EXACT):
        return opened
    contents = listing.contents(connection, [pk for _item, _state, pk in opened])
    return [
        place
        for place in opened
        if _may_edit(account, contents[place[2]])
        and _fits(contents[place[2]], query.texts)
        and _says(contents[place[2]], words)
    ]


def _says(entry: Entry, words: Sequence[str]) -> bool:
    text = searchable(entry) if words else ""
    return all(word in text for word in words)


def _sees_all(account: Account) -> bool:
    """Whether nothing is hidden from an account: then nobody has to look at each entry."""
    return account.may("edit") and account.may("internal") and not account.department and not account.region


def _may_look(account: Account, entry: Entry, state: str) -> bool:
    return _may_see(account, entry) and (state == "published" or _may_edit(account, entry))


def show(services: Services, account: Account, entry_id: str) -> dict[str, Any]:
    """Return one entry as it stands, a draft beside what is in force.

    Raises:
        NotFound: no such entry, or not for this account.
    """
    entry, found = catalogue_of(services).entries.get(entry_id), list[Shown]()
    state = _state(entry, services.clock.now().date()) if entry is not None else ""
    if entry is not None and _may_look(account, entry, state):
        found.append(Shown(entry=entry, state=state))
    if account.may("edit"):
        with services.database.read() as connection:
            opened = history.unpublished(connection, entry_id=entry_id)
            contents = history.contents(connection, [pk for _item, _state, pk in opened])
        every = [Shown(entry=contents[pk], state=state) for _item, state, pk in opened]
        found += [one for one in every if _may_edit(account, one.entry)]
    if not found:
        raise NotFound("没有这个条目")
    return {"entry_id": entry_id, "stands": [{"state": s.state, **entry_to_dict(s.entry)} for s in found]}


def past(services: Services, account: Account, entry_id: str) -> dict[str, Any]:
    """Return every version of an entry, newest first.

    Raises:
        NotFound: no such entry, or not for this account.
    """
    with services.database.read() as connection:
        found = history.versions(connection, entry_id)
    if not found or not _may_edit(account, found[0].entry):
        raise NotFound("没有这个条目")
    return {"entry_id": entry_id, "versions": [_version(stored) for stored in found]}


def _may_see(account: Account, entry: Entry) -> bool:
    return account.in_region(entry.region) and (entry.visibility != "内部" or account.may("internal"))


def _may_edit(account: Account, entry: Entry) -> bool:
    return account.may("edit") and _may_see(account, entry) and account.covers(entry.owner)


def _state(entry: Entry, today: dt.date) -> str:
    if entry.validity.covers(today):
        return "published"
    start = entry.validity.valid_from
    return "future" if start is not None and today < start else "expired"


def _fits(entry: Entry, wanted: Mapping[str, str]) -> bool:
    """Whether an entry has what a list is narrowed to, its state and words aside."""
    exact = {"kind": entry.kind, "owner": entry.owner, "visibility": entry.visibility}
    if any(wanted[name] and wanted[name] != value for name, value in exact.items()):
        return False
    return not wanted["category"] or wanted["category"] in entry.categories


def _row(shown: Shown) -> dict[str, Any]:
    entry, end = shown.entry, shown.entry.validity.valid_to
    return {
        "entry_id": entry.entry_id,
        "state": shown.state,
        "state_name": STATES[shown.state],
        "kind": entry.kind,
        "question": entry.question,
        "categories": list(entry.categories),
        "owner": entry.owner,
        "visibility": entry.visibility,
        "valid_to": end.isoformat() if end else None,
    }


def _version(stored: history.Stored) -> dict[str, Any]:
    return {
        "version": stored.version,
        "state": stored.state,
        "author": stored.author,
        "reason": stored.reason,
        "at": stored.at.isoformat(timespec="seconds"),
        "release_from": stored.release_from,
        "release_to": stored.release_to,
        "entry": entry_to_dict(stored.entry),
    }
