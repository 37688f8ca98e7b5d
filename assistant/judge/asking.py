"""Which facts must be asked first because the words call for them, whatever was retrieved. The rules are data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.judge.words import any_match, compile_all
from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

FILE = "ask.toml"
KEYS = {"id", "fact", "words", "not_words", "call_type", "known", "unknown", "notice", "danger"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a rule may look at: the normalised words, the judged call type, what is known.

    `notice`: a published outage notice may explain the call; `danger`: somebody is in danger.
    """

    text: str
    call_type: str
    facts: Mapping[str, str]
    notice: bool = False
    danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRule:
    """One reason to ask for a fact."""

    rule_id: str
    fact: str
    words: tuple[re.Pattern[str], ...]
    not_words: tuple[re.Pattern[str], ...]
    call_types: tuple[str, ...]
    known: Mapping[str, str]
    unknown: tuple[str, ...]
    notice: bool | None
    danger: bool | None

    def holds(self, call: Call) -> bool:
        """Whether the fact is open and every condition holds."""
        open_ = self.fact not in call.facts and not any(name in call.facts for name in self.unknown)
        conditions = (
            open_,
            not self.call_types or call.call_type in self.call_types,
            self.notice in (None, call.notice),
            self.danger in (None, call.danger),
            all(call.facts.get(name) == value for name, value in self.known.items()),
        )
        return all(conditions) and any_match(self.words, call.text) and not any_match(self.not_words, call.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRules:
    """All rules in force."""

    rules: tuple[AskRule, ...]

    def due(self, call: Call) -> dict[str, str]:
        """Return fact -> id of the first rule that asks for it, in the rules' order."""
        asked: dict[str, str] = {}
        for rule in self.rules:
            if rule.fact not in asked and rule.holds(call):
                asked[rule.fact] = rule.rule_id
        return asked


def load_ask_rules(files: RuleFiles) -> AskRules:
    """Read the rules in force.

    Raises:
        RuleFileInvalid: an unknown condition, or a pattern that does not compile.
    """
    return AskRules(rules=tuple(_rule(rule) for rule in files.toml(FILE)["ask"]))


def _rule(data: Mapping[str, Any]) -> AskRule:
    unknown = set(data) - KEYS
    if unknown:
        raise RuleFileInvalid(f"{FILE} 规则 {data['id']} 有不认识的条件：{'、'.join(sorted(unknown))}")
    return AskRule(
        rule_id=data["id"],
        fact=data["fact"],
        words=compile_all(data["words"], FILE),
        not_words=compile_all(data.get("not_words", ()), FILE),
        call_types=tuple(data.get("call_type", ())),
        known=dict(data.get("known", {})),
        unknown=tuple(data.get("unknown", ())),
        notice=data.get("notice"),
        danger=data.get("danger"),
    )
