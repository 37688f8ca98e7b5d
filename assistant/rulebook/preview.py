"""What a change of rules does to golden questions: tokens, rank, decision, one line for each question that changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.editing.gate import Held, held, worsened
from eval.cases import Case, run_cases
from eval.outcome import Outcome, outcome_of
from eval.question import Question
from kb.domain.errors import ZhidaError
from kb.domain.suggestion import Suggester, Suggestion
from kb.text.tokens import Analyser

RANKED = 3
LOST = "案例里原来做到的，现在做不到"
ASPECTS: Mapping[str, str] = {
    "tokens": "分词",
    "rank": "排序",
    "band": "把握",
    "call_type": "来电类型",
    "categories": "分类",
    "order": "派单",
    "due": "时限",
    "must_ask": "先问",
    "say": "先说",
    "identity": "核身",
}
Json = dict[str, Any]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One set of rules: what answers with them, and how they cut words. The clock behind it stands still."""

    suggester: Suggester
    analyser: Analyser


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one side did with a question: what can change by aspect, and what tells whether it is worse."""

    aspects: Mapping[str, Any]
    held: Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What changes on how many questions and cases; `changed` and `worse` are one object for each question."""

    questions: int
    expectations: int
    changed: tuple[Json, ...]
    worse: tuple[Json, ...]

    def to_dict(self) -> Json:
        """Return plain JSON values, with how many questions change in each aspect."""
        counts = Counter(ASPECTS[name] for one in self.changed for name in one["aspects"])
        return {
            "questions": self.questions,
            "expectations": self.expectations,
            "counts": dict(counts),
            "changed": list(self.changed),
            "worse": list(self.worse),
        }


def preview(
    before: Side, after: Side, questions: Sequence[Question], cases: Sequence[Case], progress: Progress
) -> Preview:
    """Ask both sides every question and case; `progress` hears (done, total)."""
    total = len(questions) + len(cases)
    changed: list[Json] = []
    worse: list[Json] = []
    for done, question in enumerate(questions, start=1):
        a, b = seen(before, question), seen(after, question)
        names = [name for name in ASPECTS if a.aspects[name] != b.aspects[name]]
        if names:
            changed.append(_line(question, names, a, b))
        if reason := worsened(a.held, b.held):
            worse.append(
                {"question": question.id, "text": question.text, "reason": reason, "after": list(b.held.first)}
            )
        progress(done, total)
    verdicts = 0
    for done, case in enumerate(cases, start=1):
        pairs = zip(
            run_cases([case], before.suggester.suggest), run_cases([case], after.suggester.suggest), strict=True
        )
        for was, now in pairs:
            verdicts += 1
            if was.passed is True and now.passed is False:
                worse.append({"case": now.case, "turn": now.turn, "text": now.caller, "reason": LOST})
        progress(len(questions) + done, total)
    return Preview(questions=len(questions), expectations=verdicts, changed=tuple(changed), worse=tuple(worse))


def seen(side: Side, question: Question) -> Seen:
    """Ask one side one question; a failure is something seen, too."""
    query = side.analyser.query(side.analyser.normalise(question.text))
    tokens = [*query.words, *(f"{said}→{term}" for said, term in query.expansions)]
    try:
        found = side.suggester.suggest(question.text, as_of=question.as_of, explain=True)
    except Exception as error:  # noqa: BLE001 - whatever rules make it raise is what the preview is there to find
        return _failed(question, tokens, error)
    return Seen(aspects={"tokens": tokens, **_aspects(found)}, held=held(outcome_of(question, found, 0.0)))


def _aspects(found: Suggestion) -> Json:
    order = found.work_order
    return {
        "rank": [one.entry_id for one in (found.candidates or ())[:RANKED]],
        "band": found.band,
        "call_type": found.call_type.label,
        "categories": [one.label for one in found.categories[:1]],
        "order": [order.needed, order.form, order.department, list(order.rules)],
        "due": dict(order.due) if order.due else None,
        "must_ask": [one.fact for one in found.must_ask],
        "say": list(found.say),
        "identity": found.identity.required,
    }


def _failed(question: Question, tokens: list[str], error: Exception) -> Seen:
    said = f"{error.code}：{error.message}" if isinstance(error, ZhidaError) else f"{type(error).__name__}：{error}"
    aspects = {**dict.fromkeys(ASPECTS), "tokens": tokens, "order": said}
    return Seen(aspects=aspects, held=held(Outcome(question=question, error=said)))


def _line(question: Question, names: Sequence[str], before: Seen, after: Seen) -> Json:
    return {
        "question": question.id,
        "text": question.text,
        "wanted": list(question.entries),
        "aspects": list(names),
        "before": {name: before.aspects[name] for name in names},
        "after": {name: after.aspects[name] for name in names},
    }
