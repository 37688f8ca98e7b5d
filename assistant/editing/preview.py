"""How a draft would be answered: put into a candidate release nobody sees, and asked beside what answers now."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from assistant.suggest.request import SuggestRequest
from kb.curation.library import PREVIEWS, Library, Shelf
from kb.domain.clock import Clock
from kb.domain.codec import entry_to_dict
from kb.domain.knowledge import Entry, Release
from kb.domain.suggestion import Suggestion
from kb.store import records
from kb.store.lineage import newest
from kb.store.records import Ready, entry_digest
from kb.store.versions import ENTRIES, Change

LEFT_BEHIND = 3_600.0  # seconds after which a candidate of a process that died is swept away


class Asked(Protocol):
    """Answers one checked request."""

    def answer(self, request: SuggestRequest) -> Suggestion:
        """Return the suggestion."""
        ...


Over = Callable[[Shelf], Asked]


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """The same question answered from the release in force (`now`) and with the draft in it (`then`)."""

    now: Suggestion
    then: Suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Previews:
    """Tries drafts out. Nothing of them is kept."""

    library: Library
    over: Over
    clock: Clock

    def ask(self, entry: Entry, request: SuggestRequest) -> Previewed:
        """Answer a question with and without a draft.

        Raises:
            RequestInvalid: see `Assistant.answer`.
        """
        self._sweep()
        now = self.over(self.library.shelf).answer(request)
        candidate = self.library.prepare(lambda connection: self._with(connection, entry), aside=True)
        try:
            then = self.over(candidate.shelf).answer(request)
        finally:
            self.library.discard(candidate)
        return Previewed(now=now, then=then)

    def _with(self, connection: Connection, entry: Entry) -> Release:
        """Publish the draft alone, in a transaction that is only rehearsed."""
        at = self.clock.now()
        head = newest(connection, ENTRIES, [entry.entry_id]).get(entry.entry_id)
        payload = json.dumps(entry_to_dict(entry), ensure_ascii=False)
        change = Change(author="预览", reason="预览", at=at)
        expected = head.version if head is not None else 0
        pk = ENTRIES.put(connection, entry.entry_id, payload, entry_digest(entry), change, expected=expected)
        return records.publish(connection, at=at, note="预览", ready=Ready(entries=frozenset({pk})))

    def _sweep(self) -> None:
        root = self.library.database.data_dir / PREVIEWS
        for folder in root.iterdir() if root.is_dir() else ():
            if folder.stat().st_mtime < time.time() - LEFT_BEHIND:
                shutil.rmtree(folder, ignore_errors=True)
