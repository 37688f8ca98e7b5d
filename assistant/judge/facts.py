"""Facts (slots): what they are called, how to ask for them, and what the caller's words already state."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.errors import RequestInvalid
from assistant.judge.stretches import ASIDE, Wordings
from assistant.judge.words import compile_all
from kb.domain.errors import RuleFileInvalid
from kb.domain.suggestion import MustAsk
from kb.text.normalise import Normaliser
from kb.text.rulefiles import RuleFiles

FILE = "facts.toml"
KEYS = {"ask", "options", "decisive_for_price", "words", "patterns", "not_patterns", "aside", "about"}
BY_OPTION = ("words", "patterns", "not_patterns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact: the question to ask, its options, and how people state them."""

    name: str
    ask: str
    options: tuple[str, ...]
    wordings: Wordings

    def question(self) -> MustAsk:
        """Return the question as it appears in a suggestion."""
        return MustAsk(fact=self.name, ask=self.ask, options=self.options)


class FactBook:
    """All facts in force."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.facts = dict(facts)

    def stated(self, text: str) -> dict[str, str]:
        """Return the facts a normalised text states.

        Two options of one fact in one breath state neither, unless all but one are denied (不是…是…).
        """
        found: dict[str, str] = {}
        for fact in self.facts.values():
            options = fact.wordings.said(text)
            if len(options) == 1:
                found[fact.name] = options.pop()
        return found

    def silence(self, text: str, names: Collection[str]) -> str:
        """Return `text` without the words that state any of these facts."""
        for name in names:
            text = self.facts[name].wordings.without(text) if name in self.facts else text
        return text

    def check(self, given: Mapping[str, object]) -> dict[str, str]:
        """Return facts given from outside; unknown names are kept (a customer's own knowledge may use them).

        Raises:
            RequestInvalid: a value that is not one of a known fact's options, or not a text.
        """
        checked: dict[str, str] = {}
        for name, value in given.items():
            options = self.facts[name].options if name in self.facts else ()
            if not isinstance(value, str) or (options and value not in options):
                allowed = "、".join(options) or "文字"
                raise RequestInvalid(f"事实「{name}」的取值不认识：{value!r}", hint=f"可用：{allowed}")
            checked[name] = value
        return checked

    def ask(self, name: str, options: tuple[str, ...]) -> MustAsk:
        """Return the question for a fact; a fact only the knowledge knows is asked by its own options."""
        fact = self.facts.get(name)
        if fact is not None:
            return fact.question()
        return MustAsk(fact=name, ask=f"请问是哪一种{name}：{'、'.join(options)}？", options=options)


def load_facts(files: RuleFiles, normalise: Normaliser) -> FactBook:
    """Read the facts in force; their words are normalised as the caller's are, their expressions meet them so.

    Raises:
        RuleFileInvalid: an unknown key, an option that is none, or an expression that does not compile.
    """
    data = files.toml(FILE)
    denied = _expression(data.get("denied", ()))
    return FactBook({name: _fact(name, rule, normalise, denied) for name, rule in data["facts"].items()})


def _fact(name: str, rule: Mapping[str, Any], normalise: Normaliser, denied: re.Pattern[str] | None) -> Fact:
    _check_keys(name, rule)
    words = {(normalise(word).text, option) for option, said in rule.get("words", {}).items() for word in said}
    patterns = {option: _expression(said) for option, said in rule.get("patterns", {}).items()}
    refused = {option: _expression(said) for option, said in rule.get("not_patterns", {}).items()}
    wordings = Wordings(
        words=tuple(sorted(words, key=lambda pair: (-len(pair[0]), pair))),
        patterns={
            option: pattern
            for option, pattern in {**patterns, ASIDE: _expression(rule.get("aside", ()))}.items()
            if pattern is not None
        },
        not_patterns={option: pattern for option, pattern in refused.items() if pattern is not None},
        about=_expression(rule.get("about", ())),
        denied=denied,
    )
    return Fact(name=name, ask=rule["ask"], options=tuple(rule["options"]), wordings=wordings)


def _check_keys(name: str, rule: Mapping[str, Any]) -> None:
    unknown = set(rule) - KEYS
    if unknown:
        raise RuleFileInvalid(f"{FILE} 事实「{name}」有不认识的键：{'、'.join(sorted(unknown))}")
    for table in BY_OPTION:
        strangers = set(rule.get(table, {})) - set(rule["options"])
        if strangers:
            raise RuleFileInvalid(f"{FILE} 事实「{name}」的 {table} 里没有这个取值：{'、'.join(sorted(strangers))}")


def _expression(patterns: object) -> re.Pattern[str] | None:
    if not isinstance(patterns, list | tuple) or not all(isinstance(one, str) for one in patterns):
        raise RuleFileInvalid(f"{FILE} 里的表达式要写成列表：{patterns!r}")
    for one in compile_all(patterns, FILE):
        if one.search(""):
            raise RuleFileInvalid(f"{FILE} 里的表达式什么都没说也算说了：{one.pattern}")
    return compile_all(("|".join(patterns),), FILE)[0] if patterns else None
