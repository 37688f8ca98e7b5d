"""Carry out a plan: one transaction per file, so that a cut in the middle leaves whole files and a rerun goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection, delete, insert, select

from ingest.plan import FilePlan, Plan, Stored
from kb.domain.knowledge import Document, Entry
from kb.store import records
from kb.store.database import Database
from kb.store.schema import ingest_file
from kb.store.versions import DOCUMENTS, ENTRIES, Change

Tick = Callable[[str], None]


def stored_heads(connection: Connection) -> Stored:
    """Read the newest version of everything."""
    return Stored(entries=ENTRIES.heads(connection), documents=DOCUMENTS.heads(connection))


def known_files(connection: Connection, settings: str) -> dict[str, str]:
    """Return the digest of every file already ingested with the same settings."""
    query = select(ingest_file.c.name, ingest_file.c.digest).where(ingest_file.c.settings == settings)
    return dict(connection.execute(query).all())


def apply_plan(
    plan: Plan, database: Database, change: Change, *, settings: str, tick: Tick = lambda _name: None
) -> None:
    """Store every file of a plan as drafts.

    Raises:
        StaleVersion: somebody edited an item between plan and apply; the file it is in stays untouched.
    """
    for file in plan.files:
        database.write(lambda connection, file=file: _apply_file(connection, file, change, settings))  # type: ignore[misc]
        tick(file.name)


def _apply_file(connection: Connection, file: FilePlan, change: Change, settings: str) -> None:
    mine = replace(change, origin=file.name)
    removing = any(action.kind == "removed" for action in file.actions)
    documents = DOCUMENTS.heads(connection, origin=file.name) if removing else {}
    wanted = [action for action in file.actions if action.kind in {"created", "changed"}]
    entries = [(action.item, action.expected) for action in wanted if isinstance(action.item, Entry)]
    records.put_entries(connection, entries, mine)
    for action in wanted:
        if isinstance(action.item, Document):
            records.put_document(connection, action.item, mine, expected=action.expected)
    for action in file.actions:
        if action.kind == "removed":
            versions = DOCUMENTS if action.item_id in documents else ENTRIES
            versions.remove(connection, action.item_id, mine, expected=action.expected)
    connection.execute(delete(ingest_file).where(ingest_file.c.name == file.name))
    connection.execute(
        insert(ingest_file).values(
            name=file.name, digest=file.digest, settings=settings, at=change.at.replace(tzinfo=None)
        )
    )
