"""What words alone decide: danger, the identity gate, what to say first. Patterns are data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.domain.errors import RuleFileInvalid
from kb.domain.suggestion import Identity
from kb.text.rulefiles import RuleFiles

FILE = "judge.toml"


def compile_all(patterns: Sequence[str], where: str) -> tuple[re.Pattern[str], ...]:
    """Compile patterns.

    Raises:
        RuleFileInvalid: one does not compile; the message shows it.
    """
    try:
        return tuple(re.compile(pattern) for pattern in patterns)
    except re.error as error:
        raise RuleFileInvalid(f"{where} 里的表达式有误：{error}") from None


def any_match(patterns: Sequence[re.Pattern[str]], text: str) -> bool:
    """Whether any pattern occurs in `text`."""
    return any(pattern.search(text) for pattern in patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class SayRule:
    """A sentence due, what it does (致歉, 致谢, 安抚, 告知, 诊断 …) and when; one sentence of each kind is enough."""

    kind: str
    text: str
    call_types: tuple[str, ...]
    words: tuple[re.Pattern[str], ...]
    not_words: tuple[re.Pattern[str], ...]

    def holds(self, call_type: str, text: str) -> bool:
        """Whether the call type or the words call for it, and no word forbids it."""
        due = call_type in self.call_types or any_match(self.words, text)
        return due and not any_match(self.not_words, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRule:
    """A fact to know before a price is read out, and the facts under which it matters."""

    fact: str
    when: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTypeRule:
    """Wordings that settle the call type by themselves."""

    rule_id: str
    label: str
    words: tuple[re.Pattern[str], ...]
    not_words: tuple[re.Pattern[str], ...]

    def holds(self, text: str) -> bool:
        """Whether the words settle it and none forbids it."""
        return any_match(self.words, text) and not any_match(self.not_words, text)


class WordRules:
    """The rules of `judge.toml` in force."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        danger, identity = data["danger"], data["identity"]
        self._danger = compile_all(danger["patterns"], FILE)
        self._no_danger = compile_all(danger["not_patterns"], FILE)
        self._danger_say = str(danger["say"])
        self._supposed = compile_all(danger["supposed"], FILE)
        self._identity = identity
        self._no_number = compile_all(identity["no_number"], FILE)
        self._refusals = [(compile_all(rule["words"], FILE), str(rule["text"])) for rule in data["refuse"]]
        self._kinds = tuple(data["say_order"])
        self._say = [
            SayRule(
                kind=rule["kind"],
                text=rule["text"],
                call_types=tuple(rule["when"].get("call_type", ())),
                words=compile_all(rule["when"].get("words", ()), FILE),
                not_words=compile_all(rule["when"].get("not_words", ()), FILE),
            )
            for rule in data["say"]
        ]
        self.call_types = tuple(
            CallTypeRule(
                rule_id=rule["id"],
                label=rule["label"],
                words=compile_all(rule["words"], FILE),
                not_words=compile_all(rule.get("not_words", ()), FILE),
            )
            for rule in data["call_type"]
        )
        self._price_question = compile_all(data["price_question"]["patterns"], FILE)
        self.price = tuple(PriceRule(fact=rule["fact"], when=rule.get("when", {})) for rule in data["price"])

    def danger(self, text: str) -> bool:
        """Whether the words describe a danger happening now; harmless phrases are read past, they cancel nothing."""
        for pattern in self._no_danger:
            text = pattern.sub("＿", text)
        return any_match(self._danger, text)

    def supposed(self, text: str) -> bool:
        """Whether the words suppose a danger or rehearse it; what the patterns call a danger stays one."""
        return any_match(self._supposed, text)

    def asks_price(self, text: str) -> bool:
        """Whether the words ask for a price."""
        return any_match(self._price_question, text)

    def settled(self, text: str) -> CallTypeRule | None:
        """Return the first rule whose words settle the call type by themselves, or `None`."""
        return next((rule for rule in self.call_types if rule.holds(text)), None)

    def call_type(self, text: str) -> str | None:
        """Return the call type that the words settle by themselves, or `None`; the first rule that holds wins."""
        rule = self.settled(text)
        return rule.label if rule else None

    def refusal(self, text: str) -> str | None:
        """Return the refusal due to a question about somebody's private phone or somebody else's account."""
        return next((said for words, said in self._refusals if any_match(words, text)), None)

    def identity(self, call_type: str, text: str) -> Identity:
        """Return the identity gate: account facts only after read-back; without a 户号, look up by 户名 at once.

        What is refused to everybody passes no gate: proving who one is does not open somebody else's account.
        """
        if call_type not in self._identity["call_types"] or self.refusal(text):
            return Identity()
        lost = any_match(self._no_number, text)
        return Identity(
            required=True,
            accepts=tuple(self._identity["accepts"]),
            read_back=tuple(self._identity["read_back"]),
            prompt=self._identity["prompt_without_number"] if lost else self._identity["prompt"],
        )

    def say(self, call_type: str, text: str, *, danger: bool) -> list[str]:
        """Return what is due, in order: safety before anything else, a refusal, then one sentence of each kind."""
        due: dict[str, str] = {}
        for rule in self._say:
            if rule.kind not in due and rule.holds(call_type, text):
                due[rule.kind] = rule.text
        refusal = self.refusal(text)
        first = ([self._danger_say] if danger else []) + ([refusal] if refusal else [])
        return first + [due[kind] for kind in self._kinds if kind in due]


def load_word_rules(files: RuleFiles) -> WordRules:
    """Read the rules in force."""
    return WordRules(files.toml(FILE))
