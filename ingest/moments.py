"""Moments of the day in outage notices: 「2026年11月25日8时30分」 becomes 2026-11-25T08:30."""

from __future__ import annotations

import datetime as dt
import re

_DAY = r"(?:(?P<y>\d{4})\s*[年/.-]\s*)?(?P<m>\d{1,2})\s*[月/.-]\s*(?P<d>\d{1,2})\s*[日号]?"
_TIME = r"(?P<h>\d{1,2})\s*(?:[:：时点])\s*(?P<i>\d{1,2}|半)?(?:\s*分|[:：]\d{2})?"
_MOMENT = re.compile(
    rf"{_DAY}(?:\s*[（(][^）)]*[）)])?[\sT]*(?P<part>凌晨|早上|上午|中午|下午|晚上|晚)?\s*(?:{_TIME})?"
)
_CLOCK = re.compile(rf"(?P<part>凌晨|早上|上午|中午|下午|晚上|晚)?\s*{_TIME}")
_SPLIT = re.compile(r"\s*(?:至|到|—+|–|~|～|(?<=[\d时点分])\s*-\s*(?=\d))\s*")
_LATE = frozenset({"下午", "晚上", "晚"})


def moment(text: str, today: dt.date) -> dt.datetime | None:
    """Read the first moment in `text`; a missing year is the one nearest to `today`, a missing time is 0:00."""
    found = _MOMENT.search(text)
    if not found:
        return None
    try:
        month, day = int(found["m"]), int(found["d"])
        date = dt.date(int(found["y"]), month, day) if found["y"] else nearest(month, day, today)
        return dt.datetime.combine(date, _time(found))
    except ValueError:
        return None


def nearest(month: int, day: int, today: dt.date) -> dt.date:
    """Return the day of this, last or next year that lies nearest to `today`.

    Raises:
        ValueError: no such day.
    """
    candidates = [dt.date(today.year + shift, month, day) for shift in (-1, 0, 1)]
    return min(candidates, key=lambda date: abs((date - today).days))


def span(text: str, today: dt.date) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Read 「11月25日8:00至18:00」: start and end, the end's missing day taken from the start."""
    parts = _SPLIT.split(_protect_dates(text), maxsplit=1)
    start = moment(parts[0], today)
    if len(parts) < 2 or start is None:
        return start, None
    end = moment(parts[1], today) or _clock_on(parts[1], start)
    return start, end


def iso(value: dt.datetime) -> str:
    """Return the moment to the minute, as 2026-11-25T08:00."""
    return value.isoformat(timespec="minutes")


def _protect_dates(text: str) -> str:
    return re.sub(r"(\d{4})-(\d{1,2})-(\d{1,2})", r"\1/\2/\3", text)


def _clock_on(text: str, start: dt.datetime) -> dt.datetime | None:
    found = _CLOCK.search(text)
    if not found:
        return None
    try:
        return dt.datetime.combine(start.date(), _time(found))
    except ValueError:
        return None


def _time(found: re.Match[str]) -> dt.time:
    if not found["h"]:
        return dt.time(0)
    hour, minute = int(found["h"]), found["i"] or "0"
    if found["part"] in _LATE and hour < 12:
        hour += 12
    if hour == 24:
        return dt.time(23, 59)
    return dt.time(hour, 30 if minute == "半" else int(minute))
