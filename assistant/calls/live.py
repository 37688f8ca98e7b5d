"""The caller's words as they arrive, and whether what they mean has changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from assistant.errors import RequestInvalid
from kb.domain.suggestion import Suggestion
from kb.text.normalise import printable
from kb.text.rulefiles import RuleFiles

FILE = "live.toml"
Speaker = Literal["caller", "agent"]
MAX_SEGMENT = 1_000
MARKS = re.compile(r"[\s，。！？、；：,.!?;:~…]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of the talk; one that is not `final` may still be heard differently and is replaced by the next."""

    speaker: Speaker
    text: str
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRules:
    """What carries no question, how many characters are looked at, and how few are too few."""

    greetings: tuple[str, ...]
    window: int
    least: int

    def meat(self, text: str) -> str:
        """Return `text` without greetings at its beginning and its end, and without the marks around them."""
        left = MARKS.sub("，", unicodedata.normalize("NFKC", printable(text))).strip("，")
        while left:
            shorter = self._peel(left)
            if shorter == left:
                break
            left = shorter
        return left if len(left) >= self.least else ""

    def _peel(self, text: str) -> str:
        for word in self.greetings:
            if text == word or text.startswith(f"{word}，"):
                return text[len(word) :].strip("，")
            if text.endswith(f"，{word}"):
                return text[: -len(word)].strip("，")
        return text


class Transcript:
    """One call's talk. What the agent says is passed on to listeners and asks nothing."""

    def __init__(self, rules: LiveRules) -> None:
        self._rules = rules
        self._said = ""
        self._pending = ""
        self._asked = ""

    def hear(self, segment: Segment) -> str:
        """Take a segment; return the words to ask about, or `""` when nothing new was said."""
        if segment.speaker == "agent":
            return ""
        meat = self._rules.meat(segment.text)
        if segment.final:
            self._said = self._joined(meat)
            self._pending = ""
        else:
            self._pending = meat
        words = self._joined(self._pending)
        if words == self._asked or not words:
            return ""
        self._asked = words
        return words

    def _joined(self, meat: str) -> str:
        return "，".join(filter(None, (self._said, meat)))[-self._rules.window :]


def meaning(suggestion: Suggestion) -> tuple[object, ...]:
    """Return what an agent would act on; two suggestions that agree in it need not be shown twice."""
    first = suggestion.answers[0] if suggestion.answers else None
    return (
        suggestion.band,
        (first.entry_id, tuple(sorted(first.branch.items()))) if first else None,
        tuple(item.fact for item in suggestion.must_ask),
        suggestion.call_type.label,
        suggestion.categories[0].label if suggestion.categories else "",
        suggestion.identity.required,
        suggestion.say,
        tuple(notice.notice_id for notice in suggestion.outages),
        suggestion.work_order.needed,
        suggestion.work_order.form,
        suggestion.work_order.missing,
    )


def read_segment(data: object) -> Segment:
    """Read a segment.

    Raises:
        RequestInvalid: not `{"speaker", "text", "final"}`, or too long.
    """
    if not isinstance(data, dict) or not set(data) <= {"speaker", "text", "final"}:
        raise RequestInvalid("片段的字段不对", hint='例如 {"speaker": "caller", "text": "电表走得快", "final": true}')
    fields: Mapping[str, Any] = data
    speaker, text, final = fields.get("speaker"), fields.get("text"), fields.get("final", True)
    if speaker not in get_args(Speaker) or not isinstance(text, str) or not isinstance(final, bool):
        raise RequestInvalid("片段的取值不对", hint="speaker 是 caller 或 agent，text 是文字，final 是 true 或 false")
    if len(text) > MAX_SEGMENT:
        raise RequestInvalid(f"片段过长（上限 {MAX_SEGMENT} 字）", hint="请分成几段发送")
    return Segment(speaker=cast("Speaker", speaker), text=text, final=final)


def load_live_rules(files: RuleFiles) -> LiveRules:
    """Read the rules in force."""
    data = files.toml(FILE)
    greetings = tuple(sorted(data["greetings"], key=len, reverse=True))
    return LiveRules(greetings=greetings, window=int(data["window"]), least=int(data["least"]))
