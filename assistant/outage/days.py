"""Which day a caller means: 明天, 下周三, 这周末, 25号, 12月3日."""

from __future__ import annotations

import datetime as dt
import re

NAMED = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨晚": -1,
    "今天": 0,
    "今晚": 0,
    "今早": 0,
    "大后天": 3,
    "后天": 2,
    "明天": 1,
    "明早": 1,
    "明晚": 1,
}
WEEKDAYS = {"1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "日": 6, "天": 6, "末": 5}
WEEKDAYS |= dict(zip("一二三四五六", range(6), strict=True))
WEEK = re.compile(r"(?P<which>下下|下|上|这|本)?个?(?:周|星期|礼拜)(?P<day>[1-6一二三四五六日天末])")
DATE = re.compile(r"(?:(?P<month>1[0-2]|[1-9])月)?(?P<day>3[01]|[12]\d|[1-9])(?:日|号)(?![线楼])")
WEEKS = {"上": -1, "": 0, "这": 0, "本": 0, "下": 1, "下下": 2}


def spoken_day(text: str, today: dt.date) -> dt.date | None:
    """Return the day the words name, counted from `today`; `None` when they name none or one that does not exist.

    A week begins on Monday; 周三 without 下 is this week's, or next week's when this week's is over. A day of the month
    without its month is the next one to come.
    """
    for name, days in NAMED.items():
        if name in text:
            return today + dt.timedelta(days=days)
    if match := WEEK.search(text):
        return _weekday(match["which"] or "", WEEKDAYS[match["day"]], today)
    if match := DATE.search(text):
        return _date(match["month"], int(match["day"]), today)
    return None


def _weekday(which: str, weekday: int, today: dt.date) -> dt.date:
    monday = today - dt.timedelta(days=today.weekday())
    day = monday + dt.timedelta(weeks=WEEKS[which], days=weekday)
    return day + dt.timedelta(weeks=1) if not which and day < today else day


def _date(month: str | None, day: int, today: dt.date) -> dt.date | None:
    try:
        if month:
            return dt.date(today.year, int(month), day)
        this = today.replace(day=day)
        return this if this >= today else (today.replace(day=1) + dt.timedelta(days=32)).replace(day=day)
    except ValueError:
        return None
