"""What the HTTP face needs, handed in by the composition root. Tests hand in small real ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from assistant.accounts.access import Accounts
from assistant.calls.live import LiveRules
from assistant.calls.memory import CallMemory
from assistant.editing.watching import Watch
from assistant.editing.workshop import Workshop
from assistant.judge.script import ScriptChecker
from assistant.learning.service import Learning
from assistant.measuring.runs import Runs
from assistant.measuring.scores import Scores
from assistant.rulebook.desk import RuleDesk
from assistant.settings import Settings
from assistant.suggest.request import SuggestRequest
from assistant.workorder.service import Orders
from kb.domain.clock import Clock
from kb.domain.suggestion import Suggestion
from kb.search.catalogue import Catalogue
from kb.store.database import Database


class Answerer(Protocol):
    """Answers one checked request."""

    def answer(self, request: SuggestRequest) -> Suggestion:
        """Return the suggestion."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything the routes use.

    Attributes:
        assistant: answers requests; called from several threads at once.
        release: the number of the release that answers, or `None` while the shelf is still being opened. It must not
            open anything itself: a readiness probe asks it every few seconds.
        masker: returns a text without personal data.
        catalogue: the knowledge that answers, or `None` while the shelf is still being opened; opens nothing itself.
        labels: label lists an agent may correct to: `call_types`, `consult`, `query`.
        live: how live talk is read.
        learning: requests from agents, gaps, phrasings, drafts from orders, the outage board.
        workshop: what the curators' pages work with.
        rules: changes rules and words; applied ones come as new services.
        examine: what `zhida doctor` sees, as `{"name", "ok", "detail"}`.
    """

    assistant: Answerer
    release: Callable[[], int | None]
    database: Database
    masker: Callable[[str], str]
    clock: Clock
    settings: Settings
    accounts: Accounts
    catalogue: Callable[[], Catalogue | None]
    labels: Mapping[str, Sequence[str]]
    examine: Callable[[], list[dict[str, Any]]]
    live: LiveRules
    orders: Orders
    script: ScriptChecker
    watch: Watch
    learning: Learning
    workshop: Workshop
    runs: Runs
    scores: Scores
    rules: RuleDesk
    memory: CallMemory = field(default_factory=CallMemory)
