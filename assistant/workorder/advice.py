"""The whole advice on an order: decision, form, draft, what is missing, department, due time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.workorder.calendar import load_workdays
from assistant.workorder.due import Deadlines, load_deadlines
from assistant.workorder.rules import Rule, Situation, decide, load_rules
from assistant.workorder.slots import Slots, load_slots
from kb.domain.suggestion import WorkOrderAdvice
from kb.text.rulefiles import RuleFiles

FILE = "forms.toml"


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
        self._slots = slots
        self._deadlines = deadlines

    def advise(self, situation: Situation, intake: Intake) -> WorkOrderAdvice:
        """Return the advice; an order that is not needed still names the rule and the reason."""
        rule = decide(self._rules, situation)
        if rule is None:
            return WorkOrderAdvice(reason="没有规则要求派单")
        if not rule.needed or rule.form is None:
            return WorkOrderAdvice(rules=(rule.rule_id,), reason=rule.reason)
        draft = self._draft(rule.form, intake)
        return WorkOrderAdvice(
            needed=True,
            form=rule.form,
            rules=(rule.rule_id,),
            reason=rule.reason,
            due=self._deadlines.due(rule.form, intake.accepted, situation.facts),
            department=self._department(rule.form, situation.text, intake.region),
            draft=draft,
            missing=tuple(field for field in self._forms[rule.form]["ask"] if field not in draft),
        )

    def _draft(self, form: str, intake: Intake) -> dict[str, str]:
        spec = self._forms[form]
        known = {
            **self._slots.extract(intake.said),
            "客户呼叫方式": intake.channel,
            "业务类别": intake.category,
            "申请事项": intake.category,
            "受理时间": intake.accepted.isoformat(timespec="minutes"),
            spec["content"]: intake.said,
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


def load_adviser(files: RuleFiles) -> Adviser:
    """Load rules, forms, patterns and deadlines in force."""
    deadlines = load_deadlines(files, load_workdays(files))
    return Adviser(load_rules(files), files.toml(FILE), load_slots(files), deadlines)
