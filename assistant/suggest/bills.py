"""Which day's tariff a question about an old bill means: 去年十二月的账单, 上个月的电费, 2024年5月那张单子."""

from __future__ import annotations

import datetime as dt
import re

MONTH = re.compile(r"(?P<year>\d{4}年|今年|去年|前年|大前年)?(?:的)?(?P<month>1[0-2]|[1-9])月(?:份)?")
BACK = re.compile(r"(?P<up>上+)个?月")
YEAR = re.compile(r"(?P<year>\d{4}年|去年|前年|大前年)")
BILL = re.compile(r"账单|电费单|单子|电费|电价|多少钱1度|那张单|价格")
YEARS_BACK = {"今年": 0, "去年": 1, "前年": 2, "大前年": 3}


def bill_day(text: str, today: dt.date) -> dt.date | None:
    """Return the first day of the month a question about money names, `None` when it names none or one to come.

    Args:
        text: the normalised question (digits for spoken numerals).
        today: the day relative words count from.
    """
    if not BILL.search(text):
        return None
    found = _named(text, today)
    return found if found is not None and found <= today else None


def _named(text: str, today: dt.date) -> dt.date | None:
    if match := MONTH.search(text):
        month = int(match["month"])
        year = _year(match["year"], today) if match["year"] else today.year - (month > today.month)
        return dt.date(year, month, 1) if 1990 <= year <= today.year else None
    if match := BACK.search(text):
        months = today.year * 12 + today.month - 1 - len(match["up"])
        return dt.date(months // 12, months % 12 + 1, 1)
    if match := YEAR.search(text):
        year = _year(match["year"], today)
        return dt.date(year, 12, 1) if 1990 <= year < today.year else None
    return None


def _year(said: str, today: dt.date) -> int:
    return today.year - YEARS_BACK[said] if said in YEARS_BACK else int(said.removesuffix("年"))
