"""Work-order rules: data, tried in order, each with a name that the decision carries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.judge.words import any_match, compile_all
from kb.domain.errors import RuleFileInvalid
from kb.domain.suggestion import Band, Scored
from kb.text.rulefiles import RuleFiles

FILE = "workorder.toml"
CONDITIONS = {
    "call_type",
    "danger",
    "words",
    "not_words",
    "facts",
    "band",
    "flags",
    "outage",
    "needed_from",
    "needed_below",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything a rule may look at.

    `model` is the rule the calibrated model holds most likely, `likely` the probability (0-1) that an order is needed,
    added up over all rules that need one.
    """

    text: str
    call_type: str
    danger: bool
    band: Band
    facts: Mapping[str, str]
    flags: frozenset[str]
    outage: bool
    model: Scored
    likely: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; `model` rules hold only when the calibrated model names them, `silent` ones keep the answer back."""

    rule_id: str
    needed: bool
    form: str | None
    reason: str
    model: bool
    silent: bool
    when: Mapping[str, Any]
    words: tuple[re.Pattern[str], ...]
    not_words: tuple[re.Pattern[str], ...]

    def holds(self, situation: Situation) -> bool:
        """Whether every condition holds."""
        if self.model and situation.model.label != self.rule_id:
            return False
        if self.words and not any_match(self.words, situation.text):
            return False
        if self.not_words and any_match(self.not_words, situation.text):
            return False
        return self._plain_conditions(situation)

    def went_by(self, text: str) -> str:
        """Return the words of a text the rule went by; empty where it asks for none."""
        found = (pattern.search(text) for pattern in self.words)
        return next((match.group() for match in found if match), "")

    def _plain_conditions(self, situation: Situation) -> bool:
        when = self.when
        checks = (
            situation.call_type in when.get("call_type", (situation.call_type,)),
            when.get("danger", situation.danger) == situation.danger,
            situation.band in when.get("band", (situation.band,)),
            all(situation.facts.get(name) == value for name, value in when.get("facts", {}).items()),
            "flags" not in when or bool(situation.flags & set(when["flags"])),
            when.get("outage", situation.outage) == situation.outage,
            when.get("needed_from", 0.0) <= situation.likely,
            situation.likely < when.get("needed_below", 2.0),
        )
        return all(checks)


def decide(rules: tuple[Rule, ...], situation: Situation) -> Rule | None:
    """Return the first rule that holds."""
    return next((rule for rule in rules if rule.holds(situation)), None)


def load_rules(files: RuleFiles) -> tuple[Rule, ...]:
    """Read the rules in force.

    Raises:
        RuleFileInvalid: an unknown condition or a malformed rule.
    """
    return tuple(_rule(data) for data in files.toml(FILE)["rules"])


def _rule(data: Mapping[str, Any]) -> Rule:
    unknown = set(data["when"]) - CONDITIONS
    if unknown:
        raise RuleFileInvalid(f"{FILE} 规则 {data['id']} 有不认识的条件：{'、'.join(sorted(unknown))}")
    return Rule(
        rule_id=data["id"],
        needed=data["needed"],
        form=data.get("form"),
        reason=data["reason"],
        model=data.get("model", False),
        silent=data.get("silent", False),
        when=data["when"],
        words=compile_all(data["when"].get("words", ()), FILE),
        not_words=compile_all(data["when"].get("not_words", ()), FILE),
    )
