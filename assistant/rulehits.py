"""How often each rule speaks on a labelled set, and how often rightly: what nobody needs and what errs shows up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assistant.judge.asking import Call, load_ask_rules
from assistant.judge.facts import load_facts
from assistant.judge.words import load_word_rules
from assistant.runtime import Runtime
from assistant.workorder.rules import load_rules
from eval.question import Question
from kb.domain.suggestion import Suggestion

ORDER, ASK, CALL_TYPE = "工单", "必问", "业务类型"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """One rule: its kind and id, what it does in words, how often it decided, and how often the label agrees."""

    kind: str
    rule_id: str
    does: str
    hits: int
    right: int


class Spoken(NamedTuple):
    """A rule that decided on one question, and whether the label agrees."""

    kind: str
    rule_id: str
    right: bool


def rule_hits(
    runtime: Runtime, questions: Sequence[Question], progress: Callable[[], None] = lambda: None
) -> tuple[Hits, ...]:
    """Return every rule in force with its hits on a set, work-order rules first; a rule without a hit has 0.

    A work-order rule is right when its decision (to file or not) is the labelled one, an asking rule when the fact is
    labelled as one to ask, a call-type rule when the labelled type is its own.
    """
    speakers = _Speakers(runtime)
    spoken: list[Spoken] = []
    for question in questions:
        spoken += speakers.of(question, runtime.assistant.suggest(question.text, as_of=question.as_of))
        progress()
    total = Counter((one.kind, one.rule_id) for one in spoken)
    right = Counter((one.kind, one.rule_id) for one in spoken if one.right)
    return tuple(
        Hits(kind=kind, rule_id=rule_id, does=does, hits=total[kind, rule_id], right=right[kind, rule_id])
        for kind, rule_id, does in speakers.known()
    )


class _Speakers:
    """The rules in force, asked which of them decided."""

    def __init__(self, runtime: Runtime) -> None:
        self._normalise = runtime.library.analyser.normalise
        self._facts = load_facts(runtime.files, self._normalise)
        self._asking = load_ask_rules(runtime.files)
        self._words = load_word_rules(runtime.files)
        self._orders = load_rules(runtime.files)

    def known(self) -> Iterable[tuple[str, str, str]]:
        """Return (kind, id, what it does) of every rule, each id once."""
        orders = [(ORDER, rule.rule_id, f"{rule.form or '不派'}：{rule.reason}") for rule in self._orders]
        asks = [(ASK, rule.rule_id, f"问{rule.fact}") for rule in self._asking.rules]
        types = [(CALL_TYPE, rule.rule_id, rule.label) for rule in self._words.call_types]
        return {(kind, rule_id): (kind, rule_id, does) for kind, rule_id, does in (*orders, *asks, *types)}.values()

    def of(self, question: Question, suggestion: Suggestion) -> Iterator[Spoken]:
        """Return the rules that decided on one question."""
        text = self._normalise(question.text).text
        order = suggestion.work_order
        for rule_id in order.rules:
            yield Spoken(ORDER, rule_id, order.needed == question.needs_work_order)
        call = Call(
            text=text,
            call_type=suggestion.call_type.label,
            facts=self._facts.stated(text),
            notice=bool(suggestion.outages),
            danger=self._words.danger(text),
        )
        for fact, rule_id in self._asking.due(call).items():
            yield Spoken(ASK, rule_id, fact in question.must_ask)
        settled = self._words.settled(text)
        if settled is not None:
            yield Spoken(CALL_TYPE, settled.rule_id, settled.label == question.call_type)
