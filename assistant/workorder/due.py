"""When an order is due: target and limit, around the clock or in working days, each with the rule's own words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from assistant.workorder.calendar import Workdays
from kb.text.rulefiles import RuleFiles

FILE = "deadlines.toml"


class Deadlines:
    """The deadlines in force."""

    def __init__(self, data: Mapping[str, Any], workdays: Workdays) -> None:
        self._rules: Mapping[str, Any] = data["deadlines"]
        self._source = str(data["source"])
        self._workdays = workdays

    def due(self, form: str, accepted: dt.datetime, facts: Mapping[str, str]) -> dict[str, Any]:
        """Return `{"target", "target_text", "limit", "limit_text", "provisional", "source"}`, times in ISO 8601."""
        rule = self._rules[form]
        target, guessed = self._moment(rule["target"], accepted, facts)
        limit, guessed_too = self._moment(rule["limit"], accepted, facts)
        return {
            "target": target.isoformat(timespec="minutes"),
            "target_text": rule["target_text"],
            "limit": limit.isoformat(timespec="minutes"),
            "limit_text": rule["limit_text"],
            "provisional": guessed or guessed_too,
            "source": self._source,
        }

    def _moment(
        self, span: Mapping[str, Any], accepted: dt.datetime, facts: Mapping[str, str]
    ) -> tuple[dt.datetime, bool]:
        if "workdays" in span:
            return self._workdays.add(accepted, span["workdays"])
        hours = span.get(facts.get(span.get("by", ""), ""), span["hours"])
        return accepted + dt.timedelta(hours=hours), False


def load_deadlines(files: RuleFiles, workdays: Workdays) -> Deadlines:
    """Read the deadlines in force."""
    return Deadlines(files.toml(FILE), workdays)
