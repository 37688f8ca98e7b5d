"""What a turn of a case may expect of a suggestion: each kind, the axes it can speak for, and how it is judged.

The four axes are those on which supervisors comment on a call: 语言 (how it is said), 判断 (what is found out first),
业务 (whether it is right) and 主动 (what is offered unasked). A kind speaks for the first of its axes its turn names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from kb.domain.suggestion import Suggestion

AXES = ("语言", "判断", "业务", "主动")
BANDS = ("high", "medium", "low")
MARKS = ("反问", "警告", "推诿", "缺请", "缺致歉", "缺结束语")
SCRIPT = "script"
YES, NO = "是", "否"

Texts = tuple[str, ...]
Shape = Literal["any", "each", "groups", "flag", "text", "script"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One thing a turn expects.

    `wanted` are alternatives, any of which will do; for `script` they are the marks that must all be found, and none
    means that none may be found. `draft` is the reply to be checked (`script` only).
    """

    kind: str
    wanted: Texts
    axis: str
    draft: str = ""

    def __str__(self) -> str:
        wanted = f"{self.kind}：{'／'.join(self.wanted) or '无'}"
        return f"{wanted}（{self.draft}）" if self.draft else wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of expectation: how its value is written, its axes in order of preference, what it looks at, the test.

    Shapes: `any` a list of alternatives, `each` a list of which every item is expected on its own, `groups` a list of
    lists of alternatives, `flag` true or false, `text` one text, `script` `{"text", "marks"}`.
    """

    shape: Shape
    axes: Texts
    seen: Callable[[Suggestion], Texts]
    test: Callable[[Texts, Texts], bool]


def judge(expectation: Expectation, suggestion: Suggestion) -> tuple[bool, Texts]:
    """Return whether a suggestion meets an expectation of any kind but `script`, and what was looked at."""
    kind = KINDS[expectation.kind]
    seen = kind.seen(suggestion)
    return kind.test(expectation.wanted, seen), seen


def judge_marks(expectation: Expectation, found: Collection[str]) -> bool:
    """Return whether the marks found in a drafted reply are the wanted ones; more than those may be found."""
    return set(expectation.wanted) <= set(found) if expectation.wanted else not found


def yes_no(value: object) -> str:
    """Return a flag as it is written in expectations and reports."""
    return YES if value else NO


def _among(wanted: Texts, seen: Texts) -> bool:
    return any(one in seen for one in wanted)


def _within(wanted: Texts, seen: Texts) -> bool:
    return any(one in text for one in wanted for text in seen)


def _nowhere(wanted: Texts, seen: Texts) -> bool:
    return not _within(wanted, seen)


def _everything_said(s: Suggestion) -> Texts:
    """Return all an agent could read out: answers with their titles, what to say, and the neighbouring questions."""
    answers = tuple(text for answer in s.answers for text in (answer.question, answer.answer))
    return answers + s.say + tuple(hint.question for hint in s.hints)


KINDS: Mapping[str, Kind] = {
    "call_type": Kind(shape="any", axes=("判断", "业务", "主动"), seen=lambda s: (s.call_type.label,), test=_among),
    "category": Kind(
        shape="any", axes=("判断", "业务", "主动"), seen=lambda s: tuple(c.label for c in s.categories[:1]), test=_among
    ),
    "band": Kind(shape="any", axes=("判断", "业务"), seen=lambda s: (s.band,), test=_among),
    "must_ask": Kind(
        shape="each", axes=("判断", "业务", "主动"), seen=lambda s: tuple(m.fact for m in s.must_ask), test=_among
    ),
    "identity": Kind(
        shape="flag", axes=("判断", "主动", "业务"), seen=lambda s: (yes_no(s.identity.required),), test=_among
    ),
    "order": Kind(
        shape="flag", axes=("主动", "业务", "判断"), seen=lambda s: (yes_no(s.work_order.needed),), test=_among
    ),
    "form": Kind(
        shape="text", axes=("业务", "主动", "判断"), seen=lambda s: (s.work_order.form or "不开单",), test=_among
    ),
    "answers": Kind(
        shape="any", axes=("业务", "判断", "主动"), seen=lambda s: tuple(a.entry_id for a in s.answers), test=_among
    ),
    "answer_has": Kind(
        shape="groups", axes=("业务", "判断", "主动"), seen=lambda s: tuple(a.answer for a in s.answers), test=_within
    ),
    "never": Kind(shape="each", axes=("判断", "业务", "主动"), seen=_everything_said, test=_nowhere),
    "missing": Kind(shape="each", axes=("主动", "业务"), seen=lambda s: s.work_order.missing, test=_among),
    "hints": Kind(
        shape="each", axes=("主动", "判断", "业务"), seen=lambda s: tuple(h.entry_id for h in s.hints), test=_among
    ),
    "say": Kind(shape="groups", axes=("语言", "主动", "业务"), seen=lambda s: s.say, test=_within),
    "avoid": Kind(
        shape="each",
        axes=("语言", "主动", "业务", "判断"),
        seen=lambda s: tuple(a.utterance for a in s.avoid),
        test=_within,
    ),
    SCRIPT: Kind(shape="script", axes=("语言", "主动"), seen=lambda _s: (), test=_among),
}
