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
    """A sentence due first, and when."""

    text: str
    call_types: tuple[str, ...]
    words: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRule:
    """A fact to know before a price is read out, and the facts under which it matters."""

    fact: str
    when: Mapping[str, str]


class WordRules:
    """The rules of `judge.toml` in force."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        danger, identity = data["danger"], data["identity"]
        self._danger = compile_all(danger["patterns"], FILE)
        self._no_danger = compile_all(danger["not_patterns"], FILE)
        self._danger_say = str(danger["say"])
        self._identity = identity
        self._no_number = compile_all(identity["no_number"], FILE)
        self._say = [
            SayRule(
                text=rule["text"],
                call_types=tuple(rule["when"].get("call_type", ())),
                words=compile_all(rule["when"].get("words", ()), FILE),
            )
            for rule in data["say"]
        ]
        self._price_question = compile_all(data["price_question"]["patterns"], FILE)
        self.price = tuple(PriceRule(fact=rule["fact"], when=rule.get("when", {})) for rule in data["price"])

    def danger(self, text: str) -> bool:
        """Whether the words describe a danger happening now; harmless phrases are read past, they cancel nothing."""
        for pattern in self._no_danger:
            text = pattern.sub("＿", text)
        return any_match(self._danger, text)

    def asks_price(self, text: str) -> bool:
        """Whether the words ask for a price."""
        return any_match(self._price_question, text)

    def identity(self, call_type: str, text: str) -> Identity:
        """Return the identity gate: account facts only after read-back; without a 户号, look up by 户名 at once."""
        if call_type not in self._identity["call_types"]:
            return Identity()
        lost = any_match(self._no_number, text)
        return Identity(
            required=True,
            accepts=tuple(self._identity["accepts"]),
            read_back=tuple(self._identity["read_back"]),
            prompt=self._identity["prompt_without_number"] if lost else self._identity["prompt"],
        )

    def say(self, call_type: str, text: str, *, danger: bool) -> list[str]:
        """Return what is due first: safety before anything else, then apology, thanks or promise."""
        due = [rule.text for rule in self._say if call_type in rule.call_types or any_match(rule.words, text)]
        return [self._danger_say, *due] if danger else due


def load_word_rules(files: RuleFiles) -> WordRules:
    """Read the rules in force."""
    return WordRules(files.toml(FILE))
