"""A suggester that answers from a table: real, tiny, and easy to break on purpose; ships for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from kb.domain.errors import NotFound
from kb.domain.suggestion import Answer, Band, MustAsk, Scored, Suggestion, WorkOrderAdvice

NO_REPLY_TYPE = "咨询"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to say to one text: ids with confidences (0-1) in rank order, and the judgements; ids on "G" are guards.

    Band low shows nothing, the others the first `top_k`. With `fails` the suggester raises that message instead.
    """

    ranked: tuple[tuple[str, float], ...] = ()
    band: Band = "low"
    call_type: str = NO_REPLY_TYPE
    categories: tuple[str, ...] = ("其他咨询",)
    work_order: bool = False
    must_ask: tuple[str, ...] = ()
    top_k: int = 3
    fails: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSuggester:
    """Looks the text up in `replies`; what is not there gets `default`."""

    replies: Mapping[str, Reply]
    default: Reply = field(default_factory=Reply)
    release: int = 1

    def suggest(
        self,
        text: str,
        *,
        facts: Mapping[str, str] | None = None,  # noqa: ARG002 - the Protocol's shape
        as_of: str | None = None,
        explain: bool = False,
    ) -> Suggestion:
        """Return the stored reply.

        Raises:
            NotFound: the reply says to fail.
        """
        reply = self.replies.get(text, self.default)
        if reply.fails:
            raise NotFound(reply.fails)
        answers = tuple(_answer(entry_id, confidence) for entry_id, confidence in reply.ranked)
        return Suggestion(
            text=text,
            release=self.release,
            as_of=as_of or "2025-01-01",
            took_ms=0.1,
            band=reply.band,
            call_type=Scored(label=reply.call_type, confidence=1.0),
            categories=tuple(Scored(label=label, confidence=1.0) for label in reply.categories),
            answers=() if reply.band == "low" else answers[: reply.top_k],
            must_ask=tuple(MustAsk(fact=fact, ask=f"请问{fact}？", options=()) for fact in reply.must_ask),
            work_order=WorkOrderAdvice(needed=reply.work_order, form="业务咨询单" if reply.work_order else None),
            candidates=answers if explain else None,
        )

    def with_answers_swapped(self, one: str, other: str) -> TableSuggester:
        """Return a copy with a planted fault: wherever `one` was ranked stands `other`, and the other way round."""
        names = {one: other, other: one}
        return self._changed(lambda name, confidence: (names.get(name, name), confidence))

    def with_confidence_shifted(self, shift: float) -> TableSuggester:
        """Return a copy with a planted fault: every confidence moved by `shift`, kept within 0-1."""
        return self._changed(lambda name, confidence: (name, min(1.0, max(0.0, confidence + shift))))

    def _changed(self, change: Callable[[str, float], tuple[str, float]]) -> TableSuggester:
        replies = {
            text: replace(reply, ranked=tuple(change(*pair) for pair in reply.ranked))
            for text, reply in self.replies.items()
        }
        return replace(self, replies=replies)


def _answer(entry_id: str, confidence: float) -> Answer:
    return Answer(
        entry_id=entry_id,
        kind="guard" if entry_id.startswith("G") else "标问",
        question=f"标准问 {entry_id}",
        answer=f"答案 {entry_id}",
        branch={},
        confidence=confidence,
        citations=(),
        why={},
    )
