"""What each call was about so far, while the process lives: facts stay known, a follow-up has a question before it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

KEPT = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One question of a call: its words as said and in full, the facts known with it, and the question before it."""

    words: str
    full: str
    facts: Mapping[str, str]
    before: Said | None = None


class CallMemory:
    """Remembers the newest question of each call, the newest `KEPT` calls. Safe to use from several threads."""

    def __init__(self) -> None:
        self._calls: OrderedDict[tuple[str, str], Said] = OrderedDict()
        self._lock = threading.Lock()

    def before(self, account: str, call_id: str, words: str) -> Said | None:
        """Return the question before `words` in this call of this account.

        Somebody who types on, or deletes, still asks the same question: what came before it stays the same.
        """
        with self._lock:
            last = self._calls.get((account, call_id))
        if last is None:
            return None
        same = words.startswith(last.words) or last.words.startswith(words)
        return last.before if same else last

    def keep(self, account: str, call_id: str, said: Said) -> None:
        """Remember the newest question, of one that is being deleted its longest form.

        Only one question before it is kept: a call must not grow a chain.
        """
        before = said.before
        kept = Said(
            words=said.words,
            full=said.full,
            facts=said.facts,
            before=None if before is None else Said(words=before.words, full=before.full, facts=before.facts),
        )
        with self._lock:
            last = self._calls.get((account, call_id))
            if last is not None and last.words != kept.words and last.words.startswith(kept.words):
                return
            self._calls[account, call_id] = kept
            self._calls.move_to_end((account, call_id))
            while len(self._calls) > KEPT:
                self._calls.popitem(last=False)
