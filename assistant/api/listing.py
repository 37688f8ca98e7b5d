"""What lists are made of, kept from one page to the next: texts to search, contents of drafts.

Nothing kept here is old: entries and version rows never change, so what is kept of one is right as long as the release
or the list of open rows still names it.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection

from kb.domain.knowledge import Entry
from kb.search.catalogue import Catalogue
from kb.store import history

Place = tuple[str, str, int]  # an entry's id, its state, and the version row that says it (0: the release itself)


class Listing:
    """Searchable texts by entry, and draft contents by row; of one process, safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._release: Catalogue | None = None
        self._stands: tuple[Catalogue | None, dt.date | None, list[Place]] = (None, None, [])
        self._texts: dict[str, tuple[Entry, str]] = {}
        self._drafts: dict[int, Entry] = {}

    def standing(self, catalogue: Catalogue, day: dt.date, state: Callable[[Entry], str]) -> list[Place]:
        """Return (entry id, state, 0) of a release's entries on a day, in id order."""
        with self._lock:
            held, on, rows = self._stands
        if held is catalogue and on == day:
            return rows
        rows = sorted((item, state(entry), 0) for item, entry in catalogue.entries.items())
        with self._lock:
            self._stands = (catalogue, day, rows)
        return rows

    def texts(self, catalogue: Catalogue) -> Mapping[str, tuple[Entry, str]]:
        """Return entry id -> (entry, all it says in one case-folded text) of a release; it costs what changed."""
        with self._lock:
            if self._release is not catalogue:
                before = self._texts
                self._texts = {item: _known(before.get(item), entry) for item, entry in catalogue.entries.items()}
                self._release = catalogue
            return self._texts

    def contents(self, connection: Connection, pks: Iterable[int]) -> Mapping[int, Entry]:
        """Return what some version rows say."""
        wanted = list(pks)
        with self._lock:
            found = {pk: self._drafts[pk] for pk in wanted if pk in self._drafts}
        fresh = history.contents(connection, [pk for pk in wanted if pk not in found])
        with self._lock:
            self._drafts.update(fresh)
        return {**found, **fresh}

    def forget(self, still: Iterable[int]) -> None:
        """Keep the contents of those rows that are still open, and no others."""
        with self._lock:
            self._drafts = {pk: self._drafts[pk] for pk in still if pk in self._drafts}


def searchable(entry: Entry) -> str:
    """Return all an entry says, case-folded."""
    return "\n".join(
        (entry.entry_id, entry.question, *entry.phrasings, *(branch.answer for branch in entry.branches))
    ).casefold()


def _known(before: tuple[Entry, str] | None, entry: Entry) -> tuple[Entry, str]:
    return before if before is not None and before[0] is entry else (entry, searchable(entry))
