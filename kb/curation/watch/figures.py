"""Figures with their unit in a text: 「5个工作日」「千分之二」「一个半小时」「3至7天」, each with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kb.text.numerals import chinese_number

Bound = Literal["", "least", "most"]
NUMBER = r"(?:\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千万]+|半)"
NUMERAL = re.compile(r"[\d零〇一二两三四五六七八九十百千万半]")
DATE = re.compile(
    r"\d{4}年(?:\d{1,2}月(?:\d{1,2}[日号])?)?|\d{1,2}月(?:份|\d{1,2}[日号])|第[零〇一二两三四五六七八九十百千\d]+"
)
MONTH_DAY = re.compile(rf"每月的?(?P<number>{NUMBER})[日号]")
YEAR = re.compile(r"(?<![\d〔(（\[])(?P<number>20\d\d)年(?![度版]|\d{1,2}月\d)")
FRACTION = re.compile(rf"(?P<base>百|千|万)分之(?P<number>{NUMBER}(?:点[零一二三四五六七八九]+)?)")
PERCENT = re.compile(r"(?P<number>\d+(?:\.\d+)?)%")
BARE = re.compile(r"(?<![\d.])(?P<number>0\.\d+)(?![\d.%])")
COUNT = re.compile(rf"(?<![\d.每第一二三四五六七八九十百千万])(?P<number>{NUMBER})个(?=[、，,；])")
ATTRIBUTE = re.compile("的[\u4e00-\u9fff]")
BASES = {"百": 100.0, "千": 1000.0, "万": 10000.0}
SHARE, DAY_OF_MONTH, WHICH_YEAR = "比例", "每月几日", "年份"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A word for a unit: the unit's own name, what it measures, and its size there, a range where it varies."""

    name: str
    called: str
    dimension: str
    low: float
    high: float
    plus: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value standing at `[start, end)`: `said` as it was said in `unit`, `[low, high]` in its dimension.

    `bound` says whether it is a limit.
    """

    dimension: str
    unit: str
    said: tuple[float, float]
    low: float
    high: float
    start: int
    end: int
    bound: Bound = ""

    def agrees(self, other: Figure) -> bool:
        """Whether both can be true of one thing; a thousandth apart counts as equal."""
        if self.dimension != other.dimension:
            return False
        if self.unit == other.unit:
            return _same(self.said, other.said)
        return _meet((self.low, self.high), (other.low, other.high))

    def times(self, other: Figure) -> float:
        """Return how many times as much the larger is at least; two values of which one is 0 are any number apart."""
        smaller, larger = sorted((self, other), key=lambda figure: figure.low)
        return larger.low / smaller.high if smaller.high else float("inf")

    def supports(self, other: Figure) -> bool:
        """Whether both say the same; a value within a range agrees with it but does not say it."""
        return self.agrees(other) and (self.said[0] < self.said[1]) == (other.said[0] < other.said[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Words that are a value without a number: 「每季度」「次月」."""

    pattern: re.Pattern[str]
    dimension: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Words before or after a figure that make it a limit, as patterns."""

    least_before: re.Pattern[str]
    least_after: re.Pattern[str]
    most_before: re.Pattern[str]
    most_after: re.Pattern[str]


class FigureReader:
    """Finds figures by a table of units; `protected` words (一户一表, 一次性) hold none.

    A figure of the dimensions `cases` that is an attribute (「500千伏安的变压器」) names a case and states nothing.
    """

    def __init__(
        self,
        units: Sequence[Unit],
        points: Sequence[Point],
        bounds: Bounds,
        *,
        protected: Sequence[str],
        cases: Sequence[str],
    ) -> None:
        self._points = points
        self._cases = frozenset(cases)
        self._units: Mapping[str, Unit] = {unit.called: unit for unit in units}
        names = "|".join(re.escape(name) for name in sorted(self._units, key=len, reverse=True))
        self._pattern = re.compile(
            rf"(?P<first>{NUMBER})(?:个?(?:{names})?(?:至|到|~|-|—|～)(?P<second>{NUMBER}))?个?(?P<half>半)?(?P<unit>{names})"
        )
        self._bounds = bounds
        self._protected = re.compile("|".join(re.escape(w) for w in sorted(protected, key=len, reverse=True)) or "(?!)")

    def __call__(self, text: str) -> list[Figure]:
        """Return the figures of a text, in order; dates and ordinal numbers are none."""
        named = self._named(text)
        if not named and not NUMERAL.search(text):
            return []
        taken = [match.span() for match in DATE.finditer(text)]
        found: list[Figure] = []
        for figure in (*_shares(text), *_days_of_month(text), *named, *_counted(text, self._measured(text))):
            if not any(figure.start < end and start < figure.end for start, end in taken):
                taken.append((figure.start, figure.end))
                found.append(figure)
        found += [_plain(WHICH_YEAR, float(match["number"]), match) for match in YEAR.finditer(text)]
        return sorted((self._bounded(text, figure) for figure in found), key=lambda figure: figure.start)

    def _named(self, text: str) -> list[Figure]:
        return [
            _plain(point.dimension, point.value, match)
            for point in self._points
            for match in point.pattern.finditer(text)
        ]

    def _measured(self, text: str) -> list[Figure]:
        kept = [match.span() for match in self._protected.finditer(text)]
        found = []
        for match in self._pattern.finditer(text):
            if any(start <= match.start() and match.end() <= end for start, end in kept):
                continue
            unit, first = self._units[match["unit"]], value_of(match["first"])
            second = value_of(match["second"]) if match["second"] else first
            if first is None or second is None or (match.start() and text[match.start() - 1] in "第/("):
                continue
            if unit.dimension in self._cases and ATTRIBUTE.match(text, match.end()):
                continue
            half = 0.5 if match["half"] else 0.0
            found.append(
                Figure(
                    dimension=unit.dimension,
                    unit=unit.name,
                    said=(first + half, second + half),
                    low=(first + half) * unit.low,
                    high=(second + half) * unit.high + unit.plus,
                    start=match.start(),
                    end=match.end(),
                )
            )
        return found

    def _bounded(self, text: str, figure: Figure) -> Figure:
        before, after = text[max(0, figure.start - 8) : figure.start], text[figure.end : figure.end + 4]
        before = re.split(r"[，,。；;：:、]", before)[-1]
        bound: Bound = ""
        if self._bounds.least_before.search(before) or self._bounds.least_after.match(after):
            bound = "least"
        elif self._bounds.most_before.search(before) or self._bounds.most_after.match(after):
            bound = "most"
        return replace(figure, bound=bound) if bound else figure


def value_of(number: str) -> float | None:
    """Return the value of a number in digits or Chinese numerals, or `None` when it is none."""
    if number == "半":
        return 0.5
    if number[0].isdigit():
        return float(number)
    value = chinese_number(number)
    return None if value is None else float(value)


def _counted(text: str, measured: list[Figure]) -> list[Figure]:
    """Return measured figures, and the counts in a list before them that share their unit: 「2个、3个工作日」."""
    found = list(measured)
    for match in COUNT.finditer(text):
        value = value_of(match["number"])
        after = next((figure for figure in measured if figure.start > match.start()), None)
        if value is None or after is None or text[after.start : after.end].find("个") < 0:
            continue
        scale = (after.low / after.said[0], after.high / after.said[1]) if after.said[0] else (1.0, 1.0)
        found.append(
            replace(
                after,
                said=(value, value),
                low=value * scale[0],
                high=value * scale[1],
                start=match.start(),
                end=match.end(),
            )
        )
    return found


def _shares(text: str) -> list[Figure]:
    found = []
    for match in FRACTION.finditer(text):
        whole, _, rest = match["number"].partition("点")
        value = value_of(whole)
        if value is not None:
            digits = "".join(str("零一二三四五六七八九".index(digit)) for digit in rest)
            value += float(f"0.{digits}") if digits else 0.0
            found.append(_share(match, value / BASES[match["base"]]))
    found += [_share(match, float(match["number"]) / 100) for match in PERCENT.finditer(text)]
    return found + [_share(match, float(match["number"])) for match in BARE.finditer(text) if _unitless(text, match)]


def _unitless(text: str, match: re.Match[str]) -> bool:
    return text[match.end() : match.end() + 1] not in {"元", "度", "米", "千", "分", "秒", "毫", "兆", "伏", "安"}


def _share(match: re.Match[str], value: float) -> Figure:
    return _plain(SHARE, value, match)


def _plain(dimension: str, value: float, match: re.Match[str]) -> Figure:
    return Figure(
        dimension=dimension,
        unit=dimension,
        said=(value, value),
        low=value,
        high=value,
        start=match.start(),
        end=match.end(),
    )


def _same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two values as they were said can be one: two ranges need the same ends."""
    if one[0] < one[1] and other[0] < other[1]:
        return _meet((one[0], one[0]), (other[0], other[0])) and _meet((one[1], one[1]), (other[1], other[1]))
    return _meet(one, other)


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    slack = 1e-3 * max(abs(one[1]), abs(other[1]))
    return one[0] <= other[1] + slack and other[0] <= one[1] + slack


def _days_of_month(text: str) -> list[Figure]:
    return [
        _plain(DAY_OF_MONTH, value, match)
        for match in MONTH_DAY.finditer(text)
        if (value := value_of(match["number"])) is not None
    ]
