"""The next release from the one that answers: its knowledge and its index, at the cost of what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from sqlalchemy import Connection

from kb.domain.knowledge import Entry, FoundPassage
from kb.index.growth import Change, can_grow, grow
from kb.index.parts import Tools
from kb.index.snapshot import Content, Snapshot
from kb.index.units import build_units
from kb.search.catalogue import Catalogue
from kb.store import records
from kb.text.tokens import Analyser

Tick = Callable[[int], None]


def next_catalogue(connection: Connection, number: int, before: Catalogue) -> tuple[Catalogue, Change]:
    """Read release `number` given an earlier one; return it and what its index has to add and drop.

    The two share every value that did not change.
    """
    found = records.difference(connection, before.release, number)
    gone_passages = [p for p in before.passages.values() if p.document.document_id in found.gone_documents]
    gone_entries = [before.entries[entry_id] for entry_id in found.gone_entries]
    kept = {p.passage.passage_id for p in gone_passages}
    catalogue = Catalogue(
        release=number,
        entries=_entries([e for i, e in before.entries.items() if i not in found.gone_entries], found.entries),
        passages=_passages([p for i, p in before.passages.items() if i not in kept], found.passages),
    )
    items, units = build_units(_only(number, found.entries, found.passages).texts())
    gone = [item.item_id for item, _texts in _only(number, gone_entries, gone_passages).texts()]
    return catalogue, Change(content=Content(release=number, items=items, units=units), gone=gone)


def next_snapshot(root: Path, before: Snapshot, change: Change, analyser: Analyser, tick: Tick) -> Snapshot | None:
    """Grow the next snapshot beside the one in force; None where it has to be built anew.

    Raises:
        IndexDamaged: the one in force is no longer whole on the disk.
    """
    if not can_grow(before, change, analyser):
        return None
    return grow(root, before, change, Tools(analyser=analyser, encoder=before.encoder, tick=tick))


def _only(number: int, entries: Iterable[Entry], passages: Iterable[FoundPassage]) -> Catalogue:
    return Catalogue(release=number, entries=_entries([], entries), passages=_passages([], passages))


def _entries(kept: list[Entry], added: Iterable[Entry]) -> dict[str, Entry]:
    """Return entries in id order, as a reading of the whole release gives them."""
    return {entry.entry_id: entry for entry in sorted([*kept, *added], key=lambda entry: entry.entry_id)}


def _passages(kept: list[FoundPassage], added: Iterable[FoundPassage]) -> dict[str, FoundPassage]:
    """Return passages document by document, in reading order."""
    ordered = sorted([*kept, *added], key=lambda found: found.document.document_id)
    return {found.passage.passage_id: found for found in ordered}
