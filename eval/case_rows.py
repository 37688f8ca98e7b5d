"""One line of a case file to one `Case`: every way a line can be wrong is named here, with the turn and the field."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from eval.case_checks import AXES, BANDS, KINDS, MARKS, SCRIPT, Expectation, Shape, Texts, yes_no
from eval.gold_rows import BadRow
from eval.labels import Labels, load_labels
from kb.text.rulefiles import RuleFiles

FACTS, FORMS = "facts.toml", "forms.toml"
LEAST_TURNS, MOST_TURNS = 2, 5
TITLE = re.compile(r"\d{2} \S.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What a case may name: labels, the options of each fact, and the fields each form has asked of the caller."""

    labels: Labels
    facts: Mapping[str, Texts]
    forms: Mapping[str, Texts]

    def allowed(self, kind: str) -> Collection[str] | None:
        """Return the legal values of a kind of expectation, or `None` where any text is legal."""
        legal: dict[str, Collection[str]] = {
            "call_type": self.labels.call_types,
            "category": self.labels.categories,
            "band": BANDS,
            "must_ask": self.facts,
            "form": self.forms,
            "missing": {asked for fields in self.forms.values() for asked in fields},
            SCRIPT: MARKS,
        }
        return legal.get(kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One sentence of the caller and what is expected then.

    `gives` are the facts the agent learns from it, asked for or volunteered; they hold from this turn on.
    `agent_said` is the wrong reply of the criticised agent, `""` where there was none. `axes` says what is tested.
    """

    caller: str
    expect: tuple[Expectation, ...]
    axes: Mapping[str, str]
    gives: Mapping[str, str] = field(default_factory=dict)
    agent_said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A call that went wrong, replayed: its name ("01 居民报装"), what it teaches, and its 2-5 turns."""

    name: str
    lesson: str
    turns: tuple[Turn, ...]


def load_vocabulary(rules: RuleFiles | None = None) -> Vocabulary:
    """Read the names in force (data folder first, then the bundled ones).

    Raises:
        LabelsInvalid: the taxonomy names no call type or no category.
        RuleFileInvalid: a rule file does not parse.
    """
    files = rules or RuleFiles()
    return Vocabulary(
        labels=load_labels(files),
        facts={name: tuple(fact["options"]) for name, fact in files.toml(FACTS)["facts"].items()},
        forms={name: tuple(form["ask"]) for name, form in files.toml(FORMS)["forms"].items()},
    )


def parse_case(line: str, vocabulary: Vocabulary) -> Case:
    """Read one JSON line.

    Raises:
        BadRow: broken JSON (`broken_line`), a field missing (`missing_column`) or not known (`unknown_field`), a value
            of the wrong shape (`bad_value`), a name outside the vocabulary (`unknown_label`), or expectations and axes
            that do not cover each other (`axis_mismatch`).
    """
    data = _record(_json(line), "一行", required=("case", "lesson", "turns"))
    name = _text(data["case"], "case")
    if not TITLE.fullmatch(name):
        raise BadRow("bad_value", f"case 须是「两位序号 标题」，如「01 居民报装」：{name}")
    turns = data["turns"]
    if not isinstance(turns, list) or not LEAST_TURNS <= len(turns) <= MOST_TURNS:
        raise BadRow("bad_value", f"turns 须是 {LEAST_TURNS} 到 {MOST_TURNS} 轮的列表")
    parsed = tuple(_turn(turn, f"第 {number} 轮", vocabulary) for number, turn in enumerate(turns, start=1))
    return Case(name=name, lesson=_text(data["lesson"], "lesson"), turns=parsed)


def _turn(value: object, where: str, vocabulary: Vocabulary) -> Turn:
    data = _record(value, where, required=("caller", "expect", "axes"), optional=("gives", "agent_said"))
    axes = _mapping(data["axes"], f"{where} axes")
    _known(axes, AXES, f"{where} axes")
    expect = _record(data["expect"], f"{where} expect", required=(), optional=tuple(KINDS))
    if not expect:
        raise BadRow("bad_value", f"{where} expect 至少写一项期望")
    expectations = tuple(
        one for kind, wanted in expect.items() for one in _expected(kind, wanted, f"{where} expect.{kind}", axes)
    )
    for one in expectations:
        _known(one.wanted, vocabulary.allowed(one.kind), f"{where} expect.{one.kind}")
    idle = [axis for axis in axes if axis not in {one.axis for one in expectations}]
    if idle:
        raise BadRow("axis_mismatch", f"{where} axes 的「{idle[0]}」没有任何期望在测")
    return Turn(
        caller=_text(data["caller"], f"{where} caller"),
        expect=expectations,
        axes=axes,
        gives=_facts(data.get("gives", {}), f"{where} gives", vocabulary),
        agent_said=_text(data["agent_said"], f"{where} agent_said") if "agent_said" in data else "",
    )


def _expected(kind: str, value: object, where: str, axes: Mapping[str, str]) -> list[Expectation]:
    own = KINDS[kind].axes
    axis = next((axis for axis in own if axis in axes), None)
    if axis is None:
        raise BadRow("axis_mismatch", f"{where} 没有归属：axes 里须写明 {'、'.join(own)} 之一")
    if KINDS[kind].shape != "script":
        return [Expectation(kind=kind, wanted=wanted, axis=axis) for wanted in SHAPES[KINDS[kind].shape](value, where)]
    data = _record(value, where, required=("text", "marks"))
    marks = _texts(data["marks"], f"{where}.marks") if data["marks"] != [] else ()
    return [Expectation(kind=kind, wanted=marks, axis=axis, draft=_text(data["text"], f"{where}.text"))]


def _any(value: object, where: str) -> list[Texts]:
    return [_texts(value, where)]


def _each(value: object, where: str) -> list[Texts]:
    return [(one,) for one in _texts(value, where)]


def _groups(value: object, where: str) -> list[Texts]:
    if not isinstance(value, list) or not value:
        raise BadRow("bad_value", f'{where} 须是若干组说法，如 [["抱歉", "对不起"], ["24小时"]]')
    return [_texts(group, where) for group in value]


def _flag(value: object, where: str) -> list[Texts]:
    if not isinstance(value, bool):
        raise BadRow("bad_value", f"{where} 须是 true 或 false")
    return [(yes_no(value),)]


def _one(value: object, where: str) -> list[Texts]:
    return [(_text(value, where),)]


SHAPES: Mapping[Shape, Callable[[object, str], list[Texts]]] = {
    "any": _any,
    "each": _each,
    "groups": _groups,
    "flag": _flag,
    "text": _one,
}


def _json(line: str) -> object:
    try:
        return json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        place = f"（第 {error.colno} 个字符）" if isinstance(error, json.JSONDecodeError) else ""
        raise BadRow("broken_line", f"不是完整的 JSON{place}") from None


def _record(value: object, where: str, *, required: Texts, optional: Texts = ()) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadRow("bad_value", f"{where}须是一个 JSON 对象 {{…}}")
    missing = [name for name in required if name not in value]
    if missing:
        raise BadRow("missing_column", f"{where}缺少字段 {'、'.join(missing)}")
    strange = [name for name in value if name not in required + optional]
    if strange:
        raise BadRow("unknown_field", f"{where}有不认识的字段 {'、'.join(strange)}")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadRow("bad_value", f"{where} 须是非空文字")
    return value


def _texts(value: object, where: str) -> Texts:
    if not isinstance(value, list) or not value:
        raise BadRow("bad_value", f"{where} 须是文字的列表，至少一项")
    return tuple(dict.fromkeys(_text(one, where) for one in value))


def _mapping(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise BadRow("bad_value", f"{where} 须是「名称: 文字」")
    return {name: _text(text, f"{where}.{name}") for name, text in value.items()}


def _known(names: Collection[str], allowed: Collection[str] | None, where: str) -> None:
    strange = [name for name in names if allowed is not None and name not in allowed]
    if strange:
        raise BadRow("unknown_label", f"{where} 不认识：{'、'.join(strange)}")


def _facts(value: object, where: str, vocabulary: Vocabulary) -> dict[str, str]:
    facts = _mapping(value, where)
    _known(facts, vocabulary.facts, where)
    for name, option in facts.items():
        _known((option,), vocabulary.facts[name], f"{where}.{name}")
    return facts
