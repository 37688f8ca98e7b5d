"""The Chinese working calendar: make-up days and holidays from a library, overrides from data, guesses marked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kb.text.rulefiles import RuleFiles

FILE = "workdays.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workdays:
    """Says which days are worked. Years nobody has published fall back to Monday-Friday and are `provisional`."""

    holidays: frozenset[dt.date] = frozenset()
    extra: frozenset[dt.date] = frozenset()

    def is_workday(self, day: dt.date) -> tuple[bool, bool]:
        """Return (worked, provisional) for one day."""
        if day in self.extra:
            return True, False
        if day in self.holidays:
            return False, False
        import chinese_calendar

        try:
            return bool(chinese_calendar.is_workday(day)), False
        except NotImplementedError:
            return day.weekday() < 5, True

    def add(self, start: dt.datetime, days: int) -> tuple[dt.datetime, bool]:
        """Return the same time of day `days` working days after `start`, and whether any guess was involved."""
        moment, provisional, left = start, False, days
        while left > 0:
            moment += dt.timedelta(days=1)
            worked, guessed = self.is_workday(moment.date())
            provisional |= guessed
            left -= worked
        return moment, provisional


def load_workdays(files: RuleFiles) -> Workdays:
    """Read the overrides in force."""
    data = files.toml(FILE)
    return Workdays(holidays=frozenset(data["holidays"]), extra=frozenset(data["workdays"]))
