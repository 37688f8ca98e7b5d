"""Releases as a list, where each came from, and an earlier one brought back as the next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from kb.domain.clock import from_wall
from kb.domain.knowledge import Release
from kb.store import records, schema
from kb.store.lineage import Version, changed_between, newest
from kb.store.reviews import TABLES, ItemKind, cancel_reviews
from kb.store.versions import Change, Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How a release came to be: `action` publish, withdraw or rollback, by whom, and what its gate found.

    `basis` is the release a roll-back brought back.
    """

    action: str
    account: str
    basis: int | None = None
    gate: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBack:
    """A roll-back's outcome. `dropped` are (item id, version) of open drafts that no longer fit what is published."""

    release: Release
    dropped: tuple[tuple[str, int], ...] = ()


def put_origin(connection: Connection, number: int, origin: Origin) -> None:
    """Remember how a release came to be."""
    connection.execute(
        insert(schema.release_origin).values(
            number=number,
            action=origin.action,
            account=origin.account,
            basis=origin.basis,
            gate=json.dumps(dict(origin.gate or {}), ensure_ascii=False),
        )
    )


def list_releases(connection: Connection) -> list[tuple[Release, Origin | None]]:
    """Return every release, newest first, with its origin where one is known."""
    r, o = schema.release, schema.release_origin
    query = select(r, o.c.action, o.c.account, o.c.basis, o.c.gate).outerjoin(o, o.c.number == r.c.number)
    found: list[tuple[Release, Origin | None]] = []
    for row in connection.execute(query.order_by(r.c.number.desc())):
        release = Release(
            number=row.number,
            created_at=from_wall(row.created_at),
            note=row.note,
            entries=row.entries,
            passages=row.passages,
        )
        known = row.action is not None
        origin = (
            Origin(action=row.action, account=row.account, basis=row.basis, gate=json.loads(row.gate))
            if known
            else None
        )
        found.append((release, origin))
    return found


def roll_back(connection: Connection, target: int, change: Change, *, note: str) -> RolledBack:
    """Publish what release `target` held as the next release; without a difference, return the current one.

    Files whose content changes with it are forgotten, so that ingesting them again is not skipped.

    Raises:
        NotFound: no such release.
    """
    records.get_release(connection, target)
    current = records.current_release(connection)
    moves = {kind: changed_between(connection, versions, current, target) for kind, versions in TABLES.items()}
    if not any(moves.values()):
        return RolledBack(release=records.get_release(connection, current))
    number = current + 1
    records.begin_release(connection, number, at=change.at, note=note)
    dropped: list[tuple[str, int]] = []
    for kind, moved in moves.items():
        dropped += _drop_drafts(connection, kind, [item for item, *_ in moved])
        _restore(connection, TABLES[kind], moved, number, change)
    _forget_files(connection, [version for moved in moves.values() for _item, *pair in moved for version in pair])
    return RolledBack(release=records.finish_release(connection, number), dropped=tuple(dropped))


def _drop_drafts(connection: Connection, kind: ItemKind, items: Iterable[str]) -> list[tuple[str, int]]:
    wanted, versions = set(items), TABLES[kind]
    drafts = [(pk, item, version) for pk, item, version, _ in versions.drafts(connection) if item in wanted]
    versions.mark(connection, [pk for pk, *_ in drafts], status="superseded", release_from=None)
    for _pk, item, _version in drafts:
        cancel_reviews(connection, kind, [item], "pending", "approved")
    return [(item, version) for _pk, item, version in drafts]


def _restore(
    connection: Connection,
    versions: Versions,
    moved: list[tuple[str, Version | None, Version | None]],
    number: int,
    change: Change,
) -> None:
    heads = newest(connection, versions, [item for item, *_ in moved])
    versions.close(connection, [item for item, *_ in moved], number)
    for item, _now, then in moved:
        row = {
            versions.id.name: item,
            "version": heads[item].version + 1,
            "status": "published" if then else "removed",
            "payload": json.dumps(then.payload, ensure_ascii=False) if then else "{}",
            "digest": then.digest if then else "",
            "origin": then.origin if then else heads[item].origin,
            "author": change.author,
            "reason": change.reason,
            "created_at": change.at.replace(tzinfo=None),
            "release_from": number if then else None,
        }
        key = connection.execute(insert(versions.table).values(**row)).inserted_primary_key
        if then is not None and versions.table is schema.document_version and key is not None:
            _copy_passages(connection, then.pk, int(key[0]))


def _copy_passages(connection: Connection, source: int, target: int) -> None:
    p = schema.passage
    rows = select(p.c.ordinal, p.c.passage_id, p.c.payload).where(p.c.document_pk == source)
    copies = [
        {"document_pk": target, "ordinal": ordinal, "passage_id": passage_id, "payload": payload}
        for ordinal, passage_id, payload in connection.execute(rows)
    ]
    if copies:
        connection.execute(insert(p), copies)


def _forget_files(connection: Connection, versions: Iterable[Version | None]) -> None:
    for name in {version.origin for version in versions if version is not None}:
        connection.execute(delete(schema.ingest_file).where(schema.ingest_file.c.name == name))
