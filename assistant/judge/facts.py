"""Facts (slots): what they are called, how to ask for them, and what the caller's words already state."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assistant.errors import RequestInvalid
from kb.domain.suggestion import MustAsk
from kb.text.normalise import Normaliser
from kb.text.rulefiles import RuleFiles

FILE = "facts.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact: the question to ask, its options, and per option the words that state it, longest first."""

    name: str
    ask: str
    options: tuple[str, ...]
    words: tuple[tuple[str, str], ...]

    def question(self) -> MustAsk:
        """Return the question as it appears in a suggestion."""
        return MustAsk(fact=self.name, ask=self.ask, options=self.options)


class FactBook:
    """All facts in force."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.facts = dict(facts)

    def stated(self, text: str) -> dict[str, str]:
        """Return the facts a normalised text states. Two options of one fact in one breath state neither."""
        found: dict[str, str] = {}
        for fact in self.facts.values():
            options = _options_in(text, fact.words)
            if len(options) == 1:
                found[fact.name] = options.pop()
        return found

    def silence(self, text: str, names: Collection[str]) -> str:
        """Return `text` without the words that state any of these facts."""
        for name in names:
            for word, _option in self.facts[name].words if name in self.facts else ():
                text = text.replace(word, "")
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


def _options_in(text: str, words: tuple[tuple[str, str], ...]) -> set[str]:
    """Return the options whose words occur, each stretch of text read once, longest words first."""
    found: set[str] = set()
    rest = text
    for word, option in words:
        if word in rest:
            found.add(option)
            rest = rest.replace(word, "＿")
    return found


def load_facts(files: RuleFiles, normalise: Normaliser) -> FactBook:
    """Read the facts in force; their words are normalised as the caller's are."""
    facts = {}
    for name, rule in files.toml(FILE)["facts"].items():
        words = [(normalise(word).text, option) for option, said in rule.get("words", {}).items() for word in said]
        facts[name] = Fact(
            name=name,
            ask=rule["ask"],
            options=tuple(rule["options"]),
            words=tuple(sorted(set(words), key=lambda pair: (-len(pair[0]), pair))),
        )
    return FactBook(facts)
