"""Spoken numerals before a unit: 二十块 -> 20块, 一百二十度 -> 120度. 一户一表 and 一直 stay as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

DIGITS = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10000}
NUMERAL = "[零〇一二两三四五六七八九十百千万]"
SHORTENED = re.compile("[百千万][一二两三四五六七八九]$")
DECIMAL = re.compile("零点(?P<digits>[零〇一二三四五六七八九]{1,4})(?![十点分时])")
APPROXIMATE = re.compile("[一二两三四五六七八九]{2}")


def chinese_number(text: str) -> int | None:
    """Return the value of a Chinese numeral below 10^8, or `None` when it is not one (「千万」 alone, 「一一」)."""
    if all(char in DIGITS for char in text):
        return int("".join(str(DIGITS[char]) for char in text)) if len(text) == 1 or len(text) >= 3 else None
    if APPROXIMATE.search(text) or text[0] in "百千万":
        return None
    total, section, digit = 0, 0, 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
            continue
        scale = SCALES[char]
        if scale == 10000:
            total, section = (total + section + digit) * scale, 0
        else:
            section += (digit or 1) * scale
        digit = 0
    return total + section + digit * _last_scale(text)


def _last_scale(text: str) -> int:
    """Return what the last digit counts: 三百八 is 380 in speech, 三百零八 is 308."""
    return SCALES[text[-2]] // 10 if SHORTENED.search(text) else 1


def anchored_pattern(units: Sequence[str], protected: Sequence[str]) -> re.Pattern[str]:
    """Return the pattern that finds a numeral standing right before one of `units`, skipping `protected` words.

    A unit that begins with a scale keeps it: 五千瓦 is five 千瓦, even where 瓦 is a unit as well.
    """
    keep, unit = _any_of(protected), _any_of(units)
    scaled = _any_of([name for name in units if name[0] in SCALES and len(name) > 1])
    number = f"{NUMERAL}+?(?={scaled})|{NUMERAL}+(?={unit})"
    return re.compile(f"(?P<keep>{keep})|(?<![第{NUMERAL[1:-1]}])(?P<number>{number})")


class Numerals:
    """Rewrites spoken numerals before a unit, without looking closer where none can be."""

    def __init__(self, units: Sequence[str], protected: Sequence[str]) -> None:
        self._pattern = anchored_pattern(units, protected)
        self._possible = re.compile(f"{NUMERAL}{_any_of(units)}")

    def to_digits(self, text: str) -> str:
        """Return what `spoken_to_digits` makes of a text."""
        if DECIMAL.search(text) or self._possible.search(text):
            return spoken_to_digits(text, self._pattern)
        return text


def _any_of(words: Sequence[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, words)) or '(?!)'})"


def spoken_to_digits(text: str, pattern: re.Pattern[str]) -> str:
    """Replace every anchored Chinese numeral by digits; whole 万 stay 万, as they are written: 五万元 -> 5万元.

    A decimal below one needs no unit: 零点八二 -> 0.82; 零点三十分 is a time of day.
    """

    def replace(match: re.Match[str]) -> str:
        if match["keep"] is not None:
            return match["keep"]
        number = match["number"]
        value = chinese_number(number)
        if value is None or (SHORTENED.search(number) and text[match.end() : match.end() + 1] in SCALES):
            return number  # 三万五千瓦 may be 35000 瓦: the last scale belongs to both
        return f"{value // 10000}万" if value and value % 10000 == 0 else str(value)

    return pattern.sub(replace, DECIMAL.sub(_decimal, text))


def _decimal(match: re.Match[str]) -> str:
    return "0." + "".join(str(DIGITS[char]) for char in match["digits"])
