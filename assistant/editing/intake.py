"""An import against what is stored: what is known beforehand, and drafting what a plan says."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from assistant.accounts.types import Account
from assistant.editing.reach import require_own, require_reach
from ingest.exchange.planning import ImportPlan, Known
from kb.curation import lifecycle
from kb.curation.library import Tick
from kb.curation.lifecycle import Decision, Ref
from kb.domain.codec import entry_from_dict
from kb.domain.errors import KbError
from kb.domain.knowledge import Entry
from kb.store import reviews
from kb.store.lineage import newest
from kb.store.versions import ENTRIES, Change


def known_entries(connection: Connection) -> dict[str, Known]:
    """Return every entry's newest version, as an import compares with it."""
    heads, away = newest(connection, ENTRIES), reviews.archived_items(connection)
    return {
        item: Known(
            entry=None if head.removal else entry_from_dict(head.payload),
            version=head.version,
            archived=item in away,
        )
        for item, head in heads.items()
    }


def wanted_of(plan: ImportPlan, only: Collection[str] | None) -> dict[str, tuple[Entry, int]]:
    """Return what a plan would draft, or `only` some of its ids: id -> (entry, expected version)."""
    return {
        line.entry_id: (line.entry, line.expected)
        for line in plan.lines
        if line.entry is not None and (only is None or line.entry_id in only)
    }


def take_in(
    connection: Connection, account: Account, wanted: dict[str, tuple[Entry, int]], change: Change, tick: Tick
) -> list[Decision]:
    """Draft what an account may write; what it may not, and what somebody changed meanwhile, stays out."""
    refused = {item: error for item, one in wanted.items() if (error := _refusal(connection, account, *one))}
    tick(len(refused))
    within = [one for item, one in wanted.items() if item not in refused]
    saved = {one.ref.item_id: one for one in lifecycle.save_many(connection, within, change, tick)}
    return [
        saved.get(item) or Decision(ref=Ref(kind="entry", item_id=item, version=expected + 1), error=refused[item])
        for item, (_entry, expected) in wanted.items()
    ]


def _refusal(connection: Connection, account: Account, entry: Entry, expected: int) -> KbError | None:
    try:
        require_own(account, entry)
        if expected:
            require_reach(connection, account, "entry", entry.entry_id)
    except KbError as error:
        return error
    return None
