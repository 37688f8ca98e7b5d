"""How a drafted reply is said: 反问, 警告, 推诿, and what courtesy is missing. The faults are data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.errors import RequestInvalid
from assistant.judge.words import any_match, compile_all
from kb.domain.errors import RuleFileInvalid
from kb.text.normalise import printable
from kb.text.rulefiles import RuleFiles

FILE = "script.toml"
MARKS = ("反问", "警告", "推诿", "缺请", "缺致歉", "缺结束语")
MAX_DRAFT = 2_000
SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")
BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One fault of a drafted reply.

    `rule` names the rule, `quote` the sentence it is about (empty when something is missing because of what the
    caller said), `instead` the sentence to say.
    """

    mark: str
    rule: str
    quote: str
    why: str
    instead: str


def remark_to_dict(remark: Remark) -> dict[str, str]:
    """Return the one JSON shape of a remark: `{"mark", "rule", "quote", "why", "instead"}`."""
    return {
        "mark": remark.mark,
        "rule": remark.rule,
        "quote": remark.quote,
        "why": remark.why,
        "instead": remark.instead,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A rule of `script.toml`: a fault of a sentence, or the lack of what it calls for in the whole reply."""

    rule_id: str
    mark: str
    why: str
    instead: str
    said: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    missing: tuple[re.Pattern[str], ...]
    caller: tuple[re.Pattern[str], ...]

    def quote(self, sentences: tuple[str, ...], reply: str, caller: str) -> str | None:
        """Return the offending sentence, an empty text for an omission the caller's words call for, or `None`."""
        if self.missing and any_match(self.missing, reply):
            return None
        for sentence in sentences:
            if any_match(self.said, sentence) and not any_match(self.unless, sentence):
                return sentence
        return "" if any_match(self.caller, caller) else None


class ScriptChecker:
    """Reads a drafted reply and says what is wrong with how it is said."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self._faults = faults

    def check(self, text: str) -> tuple[str, ...]:
        """Return the marks of a reply, each once, in the order of `MARKS`."""
        found = {remark.mark for remark in self.review(text)}
        return tuple(mark for mark in MARKS if mark in found)

    def review(self, text: str, caller: str = "") -> tuple[Remark, ...]:
        """Return what is wrong with a drafted reply, in the rules' order.

        Args:
            text: the reply, at most `MAX_DRAFT` characters.
            caller: what the caller said, if known: an apology may be due although the reply itself shows no fault.

        Raises:
            RequestInvalid: nothing readable, or over-long.
        """
        reply = _plain(text)
        if not reply:
            raise RequestInvalid("没有可读的文字", hint="请写下准备对客户说的话")
        if len(text) > MAX_DRAFT or len(caller) > MAX_DRAFT:
            raise RequestInvalid(f"文字过长（上限 {MAX_DRAFT} 字）", hint="请只写准备对客户说的这一段")
        sentences = tuple(BLANKS.sub("", part) for part in SENTENCE.findall(_folded(text)))
        return tuple(self._remarks(sentences, reply, _plain(caller)))

    def _remarks(self, sentences: tuple[str, ...], reply: str, caller: str) -> Iterator[Remark]:
        for fault in self._faults:
            quote = fault.quote(sentences, reply, caller)
            if quote is not None:
                yield Remark(mark=fault.mark, rule=fault.rule_id, quote=quote, why=fault.why, instead=fault.instead)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", printable(text.replace("\r", "\n"))).strip()


def _plain(text: str) -> str:
    return BLANKS.sub("", _folded(text))


def load_script_checker(files: RuleFiles) -> ScriptChecker:
    """Read the faults in force.

    Raises:
        RuleFileInvalid: an unknown mark, or a pattern that does not compile.
    """
    return ScriptChecker(tuple(_fault(rule) for rule in files.toml(FILE)["faults"]))


def _fault(rule: Mapping[str, Any]) -> Fault:
    if rule["mark"] not in MARKS:
        known = "、".join(MARKS)
        raise RuleFileInvalid(f"{FILE} 规则 {rule['id']} 的标记不认识：{rule['mark']}", hint=f"可用：{known}")
    return Fault(
        rule_id=rule["id"],
        mark=rule["mark"],
        why=rule["why"],
        instead=rule["instead"],
        said=compile_all(rule["said"], FILE),
        unless=compile_all(rule.get("unless", ()), FILE),
        missing=compile_all(rule.get("missing", ()), FILE),
        caller=compile_all(rule.get("caller", ()), FILE),
    )
