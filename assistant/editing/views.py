"""Entries, versions, reviews and releases as plain JSON values: what the command line prints and the API sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.editing.desk import Desk
from kb.curation.differences import field_changes, passage_changes
from kb.curation.standing import Standing
from kb.domain.errors import NotFound
from kb.domain.knowledge import Release
from kb.store import releases
from kb.store.database import Database
from kb.store.lineage import Version, changed_between, in_force, newest, passages_of, version_of, versions_of
from kb.store.records import get_release
from kb.store.releases import Origin
from kb.store.reviews import TABLES, ItemKind, Review
from kb.store.versions import DOCUMENTS, ENTRIES

Json = dict[str, Any]
Pair = tuple[Version | None, Version | None]


def standing_row(standing: Standing) -> Json:
    """Return one line of the list of entries."""
    return {
        "entry_id": standing.entry_id,
        "stage": standing.stage,
        "version": standing.head.version,
        "answerable": standing.answerable,
        "question": standing.question,
        "author": standing.head.author,
        "at": standing.head.at.isoformat(),
    }


def entry_page(database: Database, desk: Desk, entry_id: str) -> Json:
    """Return all there is about an entry.

    Raises:
        NotFound: no such entry.
    """
    found = desk.standings([entry_id])
    if not found:
        raise NotFound(f"没有这个条目：{entry_id}", hint="用 zhida entry list 查看编号")
    one = found[0]
    live = {"version": one.live.version, "content": one.live.payload} if one.live else None
    return {
        **standing_row(one),
        "reason": one.head.reason,
        "removal": one.head.removal,
        "content": one.head.payload,
        "live": live,
        "review": review_row(one.review) if one.review else None,
        "history": history_rows(database, entry_id),
    }


def history_rows(database: Database, entry_id: str) -> list[Json]:
    """Return every version of an entry, oldest first.

    Raises:
        NotFound: no such entry.
    """
    with database.read() as connection:
        versions = versions_of(connection, ENTRIES, entry_id)
    if not versions:
        raise NotFound(f"没有这个条目：{entry_id}", hint="用 zhida entry list 查看编号")
    return [_history_row(version) for version in versions]


def entry_diff(database: Database, entry_id: str, before: int = 0, after: int = 0) -> list[Json]:
    """Return what changed between two versions of an entry; by default between the newest and the one before.

    Raises:
        NotFound: no such entry or version.
    """
    newer = after or int(history_rows(database, entry_id)[-1]["version"])
    return versions_diff(database, entry_id, before or newer - 1, newer)


def versions_diff(database: Database, entry_id: str, before: int, after: int) -> list[Json]:
    """Return what changed between two versions of an entry; version 0 is nothing.

    Raises:
        NotFound: no such entry or version.
    """
    with database.read() as connection:
        new = version_of(connection, ENTRIES, entry_id, after)
        old = version_of(connection, ENTRIES, entry_id, before).payload if before else {}
    return field_changes(old, new.payload)


def review_row(review: Review) -> Json:
    """Return one line of the review queue."""
    return {
        "kind": review.kind,
        "item_id": review.item_id,
        "version": review.version,
        "state": review.state,
        "submitted_by": review.submitted_by,
        "submitted_at": review.submitted_at.isoformat(),
        "decided_by": review.decided_by,
        "decided_at": review.decided_at.isoformat() if review.decided_at else None,
        "note": review.note,
        "publish_at": review.publish_at.isoformat() if review.publish_at else None,
    }


def review_change(database: Database, kind: ItemKind, item_id: str) -> Json:
    """Return what the newest version of an item would change in what is published, field by field.

    Raises:
        NotFound: no such item.
    """
    versions = TABLES[kind]
    with database.read() as connection:
        head = newest(connection, versions, [item_id]).get(item_id)
        live = in_force(connection, versions, [item_id]).get(item_id)
        if head is None:
            raise NotFound("没有这个编号")
        passages = (
            passage_changes(passages_of(connection, live.pk) if live else {}, passages_of(connection, head.pk))
            if kind == "document"
            else None
        )
    before = live.payload if live is not None else {}
    return {
        "kind": kind,
        "item_id": item_id,
        "version": head.version,
        "removal": head.removal,
        "base": live.version if live is not None else 0,
        "author": head.author,
        "reason": head.reason,
        "at": head.at.isoformat(),
        "content": before if head.removal else head.payload,
        "changes": [] if head.removal else field_changes(before, head.payload),
        "passages": passages,
    }


def release_rows(database: Database) -> list[Json]:
    """Return every release, newest first."""
    with database.read() as connection:
        return [release_row(release, origin) for release, origin in releases.list_releases(connection)]


def release_row(release: Release, origin: Origin | None) -> Json:
    """Return one line of the list of releases."""
    return {
        "number": release.number,
        "at": release.created_at.isoformat() if release.created_at else None,
        "note": release.note,
        "entries": release.entries,
        "passages": release.passages,
        "action": origin.action if origin else None,
        "account": origin.account if origin else None,
        "basis": origin.basis if origin else None,
        "gate": origin.gate if origin else None,
    }


def release_diff(
    database: Database, before: int, after: int, *, sees: Callable[[Pair], bool] = lambda _pair: True
) -> Json:
    """Return what changed between two releases: entries field by field, documents by passage.

    `sees` says of the versions before and after whether they are to be shown.

    Raises:
        NotFound: no such release.
    """
    with database.read() as connection:
        for number in (before, after):
            get_release(connection, number)
        entries = [one for one in changed_between(connection, ENTRIES, before, after) if sees(one[1:])]
        documents = [one for one in changed_between(connection, DOCUMENTS, before, after) if sees(one[1:])]
        passages = [
            (passages_of(connection, a.pk) if a else {}, passages_of(connection, b.pk) if b else {})
            for _item, a, b in documents
        ]
    return {
        "before": before,
        "after": after,
        "entries": [_moved(item, a, b, "question") for item, a, b in entries],
        "documents": [
            {**_moved(item, a, b, "title"), "passages": passage_changes(*pair)}
            for (item, a, b), pair in zip(documents, passages, strict=True)
        ],
    }


def _moved(item: str, before: Version | None, after: Version | None, title: str) -> Json:
    kind = "changed" if before and after else "added" if after else "removed"
    shown = after or before
    return {
        "id": item,
        "change": kind,
        "title": shown.payload.get(title, "") if shown else "",
        "fields": field_changes(before.payload, after.payload) if before and after else [],
    }


def _history_row(version: Version) -> Json:
    last = f"–{version.release_to - 1}" if version.release_to else "–"
    return {
        "version": version.version,
        "status": version.status,
        "author": version.author,
        "at": version.at.isoformat(),
        "reason": version.reason,
        "origin": version.origin,
        "releases": f"{version.release_from}{last}" if version.release_from is not None else "",
    }
