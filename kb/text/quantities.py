"""Numbers of a text with what they count: 3个工作日, 10千伏, 0.5元."""

from __future__ import annotations

import re

NUMBER = re.compile(
    r"(\d+(?:\.\d+)?)\s*(个?工作日|千伏安|千伏|千瓦|千乏|兆瓦|毫安|个月|小时|分钟|元|度|天|日|年|伏|安|瓦|米|%|户|次|倍)?"
)
SAME_UNIT = {"日": "天", "个工作日": "工作日"}
Quantities = frozenset[tuple[str, str]]


def numbers_in(text: str) -> Quantities:
    """Return the numbers of a normalised text with their units ("" when bare). A day of the month is bare: 6月5日."""
    found = set()
    for match in NUMBER.finditer(text):
        value, unit = match[1], match[2] or ""
        dated = unit == "日" and text[match.start() - 1 : match.start()] == "月"
        found.add((value, "" if dated else SAME_UNIT.get(unit, unit)))
    return frozenset(found)


def united(numbers: Quantities) -> list[str]:
    """Return the numbers that have a unit, each as one term: 10千伏."""
    return sorted(value + unit for value, unit in numbers if unit)


def unit_of(term: str) -> str:
    """Return the unit of a number with one."""
    return term.lstrip("0123456789.")
