"""The whole advice on an order: decision, form, draft, what is missing, department, due time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from assistant.errors import RequestInvalid
from assistant.judge.words import compile_all
from assistant.workorder.calendar import load_workdays
from assistant.workorder.due import Deadlines, load_deadlines
from assistant.workorder.rules import Rule, Situation, decide, load_rules
from assistant.workorder.slots import Slots, load_slots
from kb.domain.suggestion import WorkOrderAdvice
from kb.text.normalise import printable
from kb.text.rulefiles import RuleFiles

FILE = "forms.toml"
SPACES = re.compile(r"\s+")
LEADS = re.compile(r"^[\s,，。.!！?？、]+")
ENDS = re.compile(r"[\s,，。.!！?？、]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What the order is about: the words as said, the category shown, when the call came, from which region."""

    said: str
    category: str
    accepted: dt.datetime
    region: str | None
    channel: str = "95598 电话"


class Adviser:
    """Decides on orders and drafts them."""

    def __init__(self, rules: tuple[Rule, ...], forms: Mapping[str, Any], slots: Slots, deadlines: Deadlines) -> None:
        self._rules = rules
        self._forms = forms["forms"]
        self._routes = forms["routes"]
        self._neutral = Neutral(forms["neutral"])
        self.slots = slots
        self._deadlines = deadlines

    @property
    def forms(self) -> tuple[str, ...]:
        """The names of all forms."""
        return tuple(self._forms)

    def asked(self, form: str) -> tuple[str, ...]:
        """Return the fields a form needs from the caller, the decisive one first."""
        return tuple(self._forms[form]["ask"])

    def content_field(self, form: str) -> str:
        """Return the field of a form that holds what the caller wants."""
        return str(self._forms[form]["content"])

    def rule(self, situation: Situation) -> Rule | None:
        """Return the rule that decides whether an order is needed; none where no rule holds."""
        return decide(self._rules, situation)

    def advise(self, rule: Rule | None, situation: Situation, intake: Intake) -> WorkOrderAdvice:
        """Return the advice by a rule; an order that is not needed still names the rule and the reason."""
        if rule is None:
            return WorkOrderAdvice(reason="没有规则要求派单")
        if not rule.needed or rule.form is None:
            return WorkOrderAdvice(rules=(rule.rule_id,), reason=rule.reason)
        made = self.prepare(rule.form, intake, situation.facts, text=situation.text)
        return replace(made, rules=(rule.rule_id,), reason=rule.reason)

    def prepare(self, form: str, intake: Intake, facts: Mapping[str, str], *, text: str = "") -> WorkOrderAdvice:
        """Return a form half filled, whoever decided that it is needed: draft, what is missing, due time, department.

        Args:
            form: the form.
            intake: what was said, when and where.
            facts: what is known of the call.
            text: the normalised words, which choose the department; the words as said when empty.
        """
        draft = self._draft(form, intake, facts)
        return WorkOrderAdvice(
            needed=True,
            form=form,
            due=self._deadlines.due(form, intake.accepted, facts),
            department=self._department(form, text or intake.said, intake.region),
            draft=draft,
            missing=tuple(field for field in self._forms[form]["ask"] if field not in draft),
        )

    def checked(self, form: str, fields: Mapping[str, str]) -> dict[str, str]:
        """Return fields an agent filled in, numbers joined; empty ones are left out.

        Raises:
            RequestInvalid: a field the form does not have, or a 户号 or phone of a wrong length.
        """
        unknown = [name for name in fields if name not in self._forms[form]["fields"]]
        if unknown:
            raise RequestInvalid(
                f"{form}没有这些字段：{'、'.join(unknown)}", hint=f"可用：{'、'.join(self._forms[form]['fields'])}"
            )
        return {name: self.slots.checked(name, value) for name, value in fields.items() if value.strip()}

    def _draft(self, form: str, intake: Intake, facts: Mapping[str, str]) -> dict[str, str]:
        spec = self._forms[form]
        found = self.slots.extract(intake.said)
        known = {
            **found,
            **{name: value for name, value in facts.items() if name in spec["fields"]},
            "客户呼叫方式": intake.channel,
            "业务类别": intake.category,
            "申请事项": intake.category,
            "受理时间": intake.accepted.isoformat(timespec="minutes"),
            spec["content"]: self._neutral(form, intake.said),
        }
        if "用电地址" in known:
            known.setdefault("违法地址", known["用电地址"])
        return {field: known[field] for field in spec["fields"] if field in known}

    def _department(self, form: str, text: str, region: str | None) -> str:
        for route in self._routes:
            if (not route["forms"] or form in route["forms"]) and (
                not route["words"] or any(word in text for word in route["words"])
            ):
                return f"{region} · {route['department']}" if region else str(route["department"])
        return ""


class Neutral:
    """Puts what a caller said into one sentence a handler can read: no abuse, no 我 and 你们. The wording is data."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._drop = compile_all(data["drop"], FILE)
        self._say = [(re.compile(said), instead) for said, instead in data["say"]]
        self._frames: Mapping[str, str] = data["frames"]

    def __call__(self, form: str, said: str) -> str:
        """Return the sentence; words that leave nothing behind are kept as they were."""
        text = SPACES.sub(" ", printable(said)).strip()
        for pattern in self._drop:
            text = pattern.sub("", text)
        for pattern, instead in self._say:
            text = pattern.sub(instead, text)
        text = ENDS.sub("", LEADS.sub("", text))
        return self._frames.get(form, "客户反映：{}。").format(text or said.strip())


def load_adviser(files: RuleFiles) -> Adviser:
    """Load rules, forms, patterns and deadlines in force."""
    deadlines = load_deadlines(files, load_workdays(files))
    return Adviser(load_rules(files), files.toml(FILE), load_slots(files), deadlines)
