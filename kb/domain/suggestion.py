"""The suggestion: one shape for the API, the command line, the log and evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Band = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where an answer stands, and when it holds."""

    document: str
    locator: str
    valid_from: str | None
    valid_to: str | None
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One stored answer, verbatim. `confidence` is the calibrated probability (0-1) that it is right.

    `conflicts_with` names entries that answer the same question otherwise: at most one of them is right.
    """

    entry_id: str
    kind: str
    question: str
    answer: str
    branch: Mapping[str, str]
    confidence: float
    citations: tuple[Citation, ...]
    why: Mapping[str, Any]
    conflicts_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A label with its calibrated probability (0-1)."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """An entry named without its answer."""

    entry_id: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MustAsk:
    """A decisive fact still unknown, the question to ask and the options."""

    fact: str
    ask: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whether the caller must be identified, by what, and what to read back before any account fact."""

    required: bool = False
    accepts: tuple[str, ...] = ()
    read_back: tuple[str, ...] = ()
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Avoid:
    """A wrong thing to say in this situation, why, and the replacement."""

    utterance: str
    why: str
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A published outage notice that may concern the caller."""

    notice_id: str
    kind: str
    area: str
    reason: str
    starts: str
    ends: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderAdvice:
    """Whether to file, which form, by which rules, until when, to whom, and what is known and missing."""

    needed: bool = False
    form: str | None = None
    rules: tuple[str, ...] = ()
    reason: str = ""
    due: Mapping[str, Any] | None = None
    department: str | None = None
    draft: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What was asked in full, with the question before it where the words lean on that, and the facts known."""

    text: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Everything an agent sees for one utterance; reproducible from (text, facts, as_of, release)."""

    text: str
    release: int
    as_of: str
    took_ms: float
    band: Band
    call_type: Scored
    categories: tuple[Scored, ...] = ()
    business: str = ""
    answers: tuple[Answer, ...] = ()
    nearby: tuple[Nearby, ...] = ()
    must_ask: tuple[MustAsk, ...] = ()
    identity: Identity = field(default_factory=Identity)
    say: tuple[str, ...] = ()
    avoid: tuple[Avoid, ...] = ()
    hints: tuple[Nearby, ...] = ()
    outages: tuple[Outage, ...] = ()
    work_order: WorkOrderAdvice = field(default_factory=WorkOrderAdvice)
    candidates: tuple[Answer, ...] | None = None
    context: Context = field(default_factory=lambda: Context(text="", facts={}))


class Suggester(Protocol):
    """Anything that answers an utterance; evaluation measures this shape and knows no other."""

    def suggest(
        self, text: str, *, facts: Mapping[str, str] | None = None, as_of: str | None = None, explain: bool = False
    ) -> Suggestion:
        """Return the suggestion for one utterance."""
        ...
