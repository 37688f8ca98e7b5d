"""What the measured system did with one question, reduced to what figures and reports need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from eval.errors import BadArgument
from eval.metrics.ranking import first_right, in_order
from eval.question import Question
from kb.domain.suggestion import Answer, Suggestion

EXCERPT = 500
EXPLAINED = 3
FEATURES_KEPT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One ranked or shown answer. `confidence` is 0-1; `excerpt` is the start of the answer, for shown ones only.

    `why` says what spoke for it (matched wording, exactness, strongest features, expansions), for the first three and
    for right ones.
    """

    entry_id: str
    kind: str
    question: str
    confidence: float
    excerpt: str = ""
    why: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One question and what came back.

    `candidates` is the ranked list (up to 10, also what band low hides); `shown` is what the agent saw, first on top.
    `took_ms` is wall time measured by the runner. When `error` is set the system failed: nothing was ranked, shown,
    labelled or asked, and every measure counts that against it. `forbidden` names what may never be returned and was.
    """

    question: Question
    candidates: tuple[Candidate, ...] = ()
    shown: tuple[Candidate, ...] = ()
    band: str = "low"
    call_type: str = ""
    categories: tuple[str, ...] = ()
    work_order: bool = False
    form: str | None = None
    rules: tuple[str, ...] = ()
    must_ask: tuple[str, ...] = ()
    took_ms: float = 0.0
    error: str | None = None
    forbidden: tuple[str, ...] = ()

    @property
    def ranked(self) -> tuple[str, ...]:
        """Ids in rank order, best first, each once."""
        return in_order(candidate.entry_id for candidate in self.candidates)

    @property
    def rank(self) -> int | None:
        """Rank (from 1) of the first right answer among the candidates, or `None`."""
        return first_right(self.ranked, self.question.entries)

    @property
    def category(self) -> str:
        """The first predicted category, or `""`."""
        return self.categories[0] if self.categories else ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def outcome_of(question: Question, suggestion: Suggestion, took_ms: float, forbidden: tuple[str, ...] = ()) -> Outcome:
    """Reduce a suggestion. The ranking is `candidates` (asked for with explain), or `answers` where that is absent.

    Raises:
        BadArgument: a confidence outside 0-1, which no calibrated probability can be.
    """
    ranked = suggestion.answers if suggestion.candidates is None else suggestion.candidates
    _check(ranked + suggestion.answers)
    return Outcome(
        question=question,
        candidates=_reduce(ranked, excerpt=0, explain=question.entries),
        shown=_reduce(suggestion.answers, excerpt=EXCERPT),
        band=suggestion.band,
        call_type=suggestion.call_type.label,
        categories=tuple(category.label for category in suggestion.categories),
        work_order=suggestion.work_order.needed,
        form=suggestion.work_order.form,
        rules=suggestion.work_order.rules,
        must_ask=in_order(ask.fact for ask in suggestion.must_ask),
        took_ms=took_ms,
        forbidden=forbidden,
    )


def _check(answers: Sequence[Answer]) -> None:
    bad = next((answer for answer in answers if not 0.0 <= answer.confidence <= 1.0), None)
    if bad is not None:
        raise BadArgument(f"{bad.entry_id} 的置信度不在 0 到 1 之间：{bad.confidence}")


def _reduce(answers: Sequence[Answer], *, excerpt: int, explain: Sequence[str] | None = None) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            entry_id=answer.entry_id,
            kind=answer.kind,
            question=answer.question,
            confidence=answer.confidence,
            excerpt=answer.answer[:excerpt],
            why={} if explain is None or (place >= EXPLAINED and answer.entry_id not in explain) else _why(answer.why),
        )
        for place, answer in enumerate(answers)
    )


def _why(why: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the matched wording, exactness and expansions, and of the features the strongest few."""
    features = why.get("features") or {}
    strongest = sorted(features, key=lambda name: (-abs(features[name]), name))[:FEATURES_KEPT]
    kept = {name: why[name] for name in ("matched", "exact", "expansions") if why.get(name)}
    return {**kept, "features": {name: features[name] for name in strongest}} if features else kept
