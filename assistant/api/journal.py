"""Keeps a masked trace of every suggestion, off the answer's path."""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
import unicodedata
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from assistant.api.store import LogRow, insert_suggestions
from assistant.suggest.request import SuggestRequest
from kb.domain.suggestion import Suggestion
from kb.store.database import Database
from kb.text.normalise import printable

log = logging.getLogger("zhida.journal")
MAX_WAITING = 10_000
CALL_ID = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One suggestion given to one account."""

    at: dt.datetime
    request: SuggestRequest
    suggestion: Suggestion
    account: str


class Journal:
    """Collects events and writes them in batches: one queued write drains whatever has come meanwhile.

    Typing produces many suggestions a second and every commit is an fsync; one write each would hold up sign-ins.
    When the disk cannot follow, the oldest of `MAX_WAITING` events are dropped, never the answer.
    """

    def __init__(self, database: Database, masker: Callable[[str], str]) -> None:
        self._database = database
        self._masker = masker
        self._waiting: deque[Event] = deque(maxlen=MAX_WAITING)
        self._lock = threading.Lock()
        self._queued = False

    def record(self, event: Event) -> None:
        """Queue one event; never raises. A process that may not write keeps no trace."""
        if not self._database.writable:
            return
        with self._lock:
            self._waiting.append(event)
            if self._queued:
                return
            self._queued = True
        try:
            self._database.write_later(self._drain)
        except RuntimeError:
            log.warning("suggestion log is closed")

    def _drain(self, connection: Connection) -> None:
        with self._lock:
            events = list(self._waiting)
            self._waiting.clear()
            self._queued = False
        try:
            insert_suggestions(connection, [self._row(event) for event in events])
        except Exception as error:
            log.error("suggestion log lost %d rows: %s", len(events), type(error).__name__)  # noqa: TRY400 - no texts
            raise

    def _row(self, event: Event) -> LogRow:
        suggestion = event.suggestion
        shown = [{"entry_id": answer.entry_id, "confidence": answer.confidence} for answer in suggestion.answers]
        told = [{"notice_id": o.notice_id, "starts": o.starts, "ends": o.ends} for o in suggestion.outages]
        return LogRow(
            at=event.at,
            text_masked=self._mask(event.request.text),
            facts=self._mask(json.dumps(dict(event.request.facts), ensure_ascii=False)),
            as_of=suggestion.as_of,
            release=suggestion.release,
            band=suggestion.band,
            answers=json.dumps(shown, ensure_ascii=False),
            took_ms=round(suggestion.took_ms),
            account=event.account,
            call_id=self._call_id(event.request.call_id or ""),
            outages=json.dumps(told, ensure_ascii=False),
        )

    def _call_id(self, given: str) -> str:
        """Return a call's id; one that is a caller's number, or longer than ids are, names no call here."""
        return given if self._mask(given) == given and len(given) <= CALL_ID else ""

    def _mask(self, text: str) -> str:
        """Mask after folding width and dropping invisible characters, which would hide a number from the patterns."""
        return self._masker(unicodedata.normalize("NFKC", printable(text)))
