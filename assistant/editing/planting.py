"""Planting pairs into what is published, in a release that is never committed, and looking what the finders say."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from eval.errors import UnknownEntries
from eval.pairs import FOUND, Label, PlantedPair
from kb.curation.library import Library, Shelf, Tick
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.run import Watchers
from kb.curation.watch.types import Finding
from kb.domain.knowledge import Branch, Entry, Release
from kb.search.catalogue import Catalogue
from kb.store import records
from kb.store.records import Ready
from kb.store.versions import ENTRIES, Change

PREFIX = "planted-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """What the finders said: by finder, the partners of each planted entry, and what they found without any."""

    named: Mapping[Label, Mapping[str, Sequence[str]]]
    elsewhere: Mapping[Label, Sequence[Finding]]
    targets: Mapping[str, str]


def plant(
    library: Library, pairs: Sequence[PlantedPair], rules: WatchRules, at: dt.datetime, tick: Tick = lambda _n: None
) -> Planted:
    """Run the finders over what is published and the pairs; nothing is kept.

    Raises:
        UnknownEntries: a pair is planted against what the base does not hold.
    """
    targets = targets_of(library.shelf.catalogue, pairs)
    with planted(library, pairs, at, tick) as shelf:
        return _look(shelf, rules, at.date(), targets)


@contextmanager
def planted(
    library: Library, pairs: Sequence[PlantedPair], at: dt.datetime, tick: Tick = lambda _n: None
) -> Iterator[Shelf]:
    """Build the release that holds the pairs too, and drop it again."""
    candidate = library.prepare(lambda connection: _publish(connection, pairs, at), tick)
    try:
        yield candidate.shelf
    finally:
        library.discard(candidate)


def targets_of(catalogue: Catalogue, pairs: Sequence[PlantedPair]) -> dict[str, str]:
    """Return the id of what each pair is planted against.

    Raises:
        UnknownEntries: the base does not hold it.
    """
    places = {
        f"{found.document.title}{found.passage.locator.split(' › ')[-1]}": item
        for item, found in catalogue.passages.items()
    }
    found = {
        pair.pair_id: pair.entry_id if pair.entry_id in catalogue.entries else places.get(pair.target, "")
        for pair in pairs
    }
    missing = [pair.target for pair in pairs if not found[pair.pair_id]]
    if missing:
        raise UnknownEntries(f"知识库里没有：{'、'.join(missing[:5])}")
    return found


def _publish(connection: Connection, pairs: Sequence[PlantedPair], at: dt.datetime) -> Release:
    change = Change(author="评测", reason="植入", at=at)
    for pair in pairs:
        entry = Entry(
            entry_id=PREFIX + pair.pair_id,
            kind="标问",
            question=pair.question,
            branches=(Branch(answer=pair.answer),),
        )
        records.put_entry(connection, entry, change, expected=0)
    ours = frozenset(pk for pk, item, _version, _gone in ENTRIES.drafts(connection) if item.startswith(PREFIX))
    return records.publish(connection, at=at, note="植入", ready=Ready(entries=ours))


def _look(shelf: Shelf, rules: WatchRules, today: dt.date, targets: Mapping[str, str]) -> Planted:
    watchers = Watchers(shelf, rules, today)
    reports: dict[Label, list[Finding]] = {"contradiction": watchers.contradictions, "duplicate": watchers.duplicates}
    named: dict[Label, dict[str, list[str]]] = {label: defaultdict(list) for label in FOUND}
    elsewhere: dict[Label, list[Finding]] = {label: [] for label in FOUND}
    for label, findings in reports.items():
        for finding in findings:
            ours = [item for item in finding.items if item.startswith(PREFIX)]
            if not ours:
                elsewhere[label].append(finding)
            elif len(ours) < len(finding.items):
                partner = next(item for item in finding.items if item not in ours)
                named[label][ours[0].removeprefix(PREFIX)].append(partner)
    return Planted(named=named, elsewhere=elsewhere, targets=targets)
