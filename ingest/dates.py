"""Days, moments and intervals as Chinese files write them."""

from __future__ import annotations

import datetime as dt
import re

from kb.domain.errors import InvalidRecord
from kb.domain.validity import Validity

DAY = r"\d{4}\s*(?:年|[-/.])\s*\d{1,2}\s*(?:月|[-/.])\s*\d{1,2}(?!\d)\s*日?"
MONTH = r"\d{4}\s*年\s*\d{1,2}\s*月(?!\s*\d)"
WHEN = rf"(?:{DAY}|{MONTH})"
TO = r"\s*(?:起)?\s*(?:至|到|—+|–|-|~|～)\s*"
OPEN_WORDS = frozenset({"", "-", "—", "/", "无", "长期", "长期有效", "永久", "至今", "不限"})

_NUMBERS = re.compile(r"\d+")
_COMPACT = re.compile(r"(?:19|20)\d{6}")
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.0+)?")
_MIDNIGHT = re.compile(r"[ T]0?0:00(?::00)?$")
_RANGE = re.compile(rf"({WHEN}){TO}({WHEN}|今|长期)")
_UNTIL = re.compile(rf"(?:有效期)?(?:至|截止到?|截至)[:：]?\s*({WHEN})")
_SINCE = re.compile(rf"(?:自|从)?\s*({WHEN})\s*(?:起|开始)?")
_EXCEL_EPOCH = dt.date(1899, 12, 30)


def day_from_text(text: str) -> dt.date:
    """Read one day: 2025-01-31, 2025/1/31, 2025年1月31日, 20250131, a month (its first day) or an Excel serial number.

    Raises:
        ValueError: the text is none of these, or no such day exists.
    """
    value = _MIDNIGHT.sub("", text.strip())
    if _COMPACT.fullmatch(value):
        return dt.date(int(value[:4]), int(value[4:6]), int(value[6:]))
    if _SERIAL.fullmatch(value):
        return _EXCEL_EPOCH + dt.timedelta(days=int(float(value)))
    if re.fullmatch(WHEN, value):
        numbers = [int(n) for n in _NUMBERS.findall(value)]
        return dt.date(numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else 1)
    raise ValueError(text)


def optional_day(text: str) -> dt.date | None:
    """Read a day, or `None` for empty, 长期, 无 and the like.

    Raises:
        ValueError: as `day_from_text`.
    """
    return None if text.strip() in OPEN_WORDS else day_from_text(text)


def day_after(text: str) -> dt.date:
    """Return the first day after an inclusive end; a bare month ends on its last day.

    Raises:
        ValueError: as `day_from_text`.
    """
    day = day_from_text(text)
    if re.fullmatch(MONTH, text.strip()):
        return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return day + dt.timedelta(days=1)


def interval_from_text(text: str) -> Validity:
    """Read 「2024年1月1日至2024年12月31日」, 「2025年1月1日起」, 「至2024年12月31日」 or 「长期」; ends are inclusive.

    Raises:
        ValueError: no interval in the text, or it ends before it starts.
    """
    if text.strip() in OPEN_WORDS:
        return Validity()
    try:
        if found := _RANGE.search(text):
            end = None if found[2] in {"今", "长期"} else day_after(found[2])
            return Validity(valid_from=day_from_text(found[1].strip()), valid_to=end)
        if found := _UNTIL.search(text):
            return Validity(valid_to=day_after(found[1].strip()))
        if found := _SINCE.search(text):
            return Validity(valid_from=day_from_text(found[1].strip()))
    except InvalidRecord as error:
        raise ValueError(error.message) from None
    raise ValueError(text)


def prefer(first: Validity, second: Validity) -> Validity:
    """Return `first` with the ends it leaves open taken from `second`."""
    start, end = first.valid_from or second.valid_from, first.valid_to or second.valid_to
    if start and end and end <= start:
        return first
    return Validity(valid_from=start, valid_to=end)


def narrow(outer: Validity, inner: Validity) -> Validity:
    """Return when both hold; two that never meet end with `outer`, so that neither answers after its end."""
    start = max(filter(None, (outer.valid_from, inner.valid_from)), default=None)
    end = min(filter(None, (outer.valid_to, inner.valid_to)), default=None)
    if start and end and end <= start:
        return Validity(valid_to=end)
    return Validity(valid_from=start, valid_to=end)
