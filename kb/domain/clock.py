"""Time as a dependency, so that nothing reads the wall clock behind a test's back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the time of day in China."""

    def now(self) -> dt.datetime:
        """Return the current moment, timezone-aware, in Asia/Shanghai."""
        ...


class SystemClock:
    """The machine's clock, read in Asia/Shanghai whatever the machine's own zone."""

    def now(self) -> dt.datetime:
        """Return the current moment."""
        return dt.datetime.now(CHINA)


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until told otherwise; for tests and replays."""

    moment: dt.datetime

    def now(self) -> dt.datetime:
        """Return the fixed moment."""
        return self.moment
