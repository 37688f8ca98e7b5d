"""Time as a dependency, so that nothing reads the wall clock behind a test's back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol, overload
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


@overload
def to_wall(moment: dt.datetime) -> dt.datetime: ...
@overload
def to_wall(moment: dt.datetime | None) -> dt.datetime | None: ...
def to_wall(moment: dt.datetime | None) -> dt.datetime | None:
    """Return an aware moment as the records keep it: naive wall time in China, which has no summer time."""
    return None if moment is None else moment.astimezone(CHINA).replace(tzinfo=None)


@overload
def from_wall(wall: dt.datetime) -> dt.datetime: ...
@overload
def from_wall(wall: dt.datetime | None) -> dt.datetime | None: ...
def from_wall(wall: dt.datetime | None) -> dt.datetime | None:
    """Return the moment that wall time in China in the records stands for, timezone-aware, in Asia/Shanghai."""
    return None if wall is None else wall.replace(tzinfo=CHINA)


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
