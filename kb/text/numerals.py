"""Spoken numerals before a unit: 二十块 -> 20块, 一百二十度 -> 120度. 一户一表 and 一直 stay as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

DIGITS = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10000}
NUMERAL = "[零〇一二两三四五六七八九十百千万]"


def chinese_number(text: str) -> int | None:
    """Return the value of a Chinese numeral below 10^8, or `None` when it is not one (「千万」 alone, 「一一」)."""
    if all(char in DIGITS for char in text):
        return int("".join(str(DIGITS[char]) for char in text)) if len(text) == 1 or len(text) >= 3 else None
    total, section, digit = 0, 0, 0
    seen_digit = False
    for char in text:
        if char in DIGITS:
            digit, seen_digit = DIGITS[char], True
            continue
        scale = SCALES[char]
        if not seen_digit and scale != 10:
            return None
        if scale == 10000:
            total, section = (total + section + digit) * scale, 0
        else:
            section += (digit or 1) * scale
        digit = 0
        seen_digit = True
    return total + section + digit


def anchored_pattern(units: Sequence[str], protected: Sequence[str]) -> re.Pattern[str]:
    """Return the pattern that finds a numeral standing right before one of `units`, skipping `protected` words."""
    keep = "|".join(map(re.escape, protected)) or r"(?!)"
    unit = "|".join(map(re.escape, units)) or r"(?!)"
    return re.compile(f"(?P<keep>{keep})|(?<![第{NUMERAL[1:-1]}])(?P<number>{NUMERAL}+)(?=(?:{unit}))")


def spoken_to_digits(text: str, pattern: re.Pattern[str]) -> str:
    """Replace every anchored Chinese numeral by digits."""

    def replace(match: re.Match[str]) -> str:
        if match["keep"] is not None:
            return match["keep"]
        value = chinese_number(match["number"])
        return match["number"] if value is None else str(value)

    return pattern.sub(replace, text)
