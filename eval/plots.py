"""Plots as SVG with text as text: no font is embedded, Chinese shows in whatever font the reader has.

Drawn by matplotlib without pyplot, one plot at a time, see `drawing`; the same data gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from eval.drawing import drawing
from eval.metrics.confusion import Confusion
from eval.metrics.ece import Bin
from eval.metrics.risk_coverage import RiskPoint
from eval.statistics import Estimate, percentile

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONTS = ("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei", "SimHei")
STACK = "system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"
INK, GRID, MARK, SOFT = "#1c2733", "#d8dee6", "#1f6f54", "#9cc7b5"
NO_DATA = "无题可算"
SQUARE = (4.6, 4.4)
ROW = 0.27
TICKS = [0.0, 0.25, 0.5, 0.75, 1.0]
Draw = Callable[["Axes"], None]
Titled = Callable[[str], str]
"""Draws one plot under a title."""


def bars(rows: Sequence[tuple[str, Estimate]], title: str) -> str:
    """Return horizontal bars with 95 % whiskers, one per row, in the order given; rows without a value say so."""

    def draw(axes: Axes) -> None:
        for place, (label, estimate) in enumerate(rows):
            _bar(axes, len(rows) - 1 - place, estimate)
            axes.text(-0.02, len(rows) - 1 - place, label, ha="right", va="center")
        axes.set(xlim=(0, 1.28), ylim=(-0.7, max(len(rows), 1) - 0.3), yticks=[], xticks=TICKS)
        axes.set_xticklabels([f"{tick:.0%}" for tick in TICKS])

    return _svg(draw, title, (7.2, ROW * len(rows) + 0.9))


def reliability_plot(bins: Sequence[Bin], title: str) -> str:
    """Return the reliability diagram: mean confidence across, share right up, dot area by rows, diagonal = perfect."""
    total = sum(part.n for part in bins) or 1

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=GRID, linewidth=1)
        sizes = [20 + 500 * part.n / total for part in bins]
        axes.scatter([part.confidence for part in bins], [part.right for part in bins], s=sizes, color=MARK, alpha=0.7)
        for part in bins:
            axes.annotate(str(part.n), (part.confidence, part.right), (6, -10), textcoords="offset points", fontsize=8)
        _unit_square(axes, "置信度", "实际正确率")

    return _svg(draw, title, SQUARE)


def risk_plot(points: Sequence[RiskPoint], title: str) -> str:
    """Return the risk-coverage curve: share answered across, share of those wrong up (0-1)."""

    def draw(axes: Axes) -> None:
        axes.plot([point.coverage for point in points], [point.risk for point in points], color=MARK)
        _unit_square(axes, "作答比例", "其中答错的比例")

    return _svg(draw, title, SQUARE)


def confusion_plot(found: Confusion, title: str) -> str:
    """Return the confusion matrix: gold down, predicted across, shaded by the share of the gold row."""
    size = len(found.labels)

    def draw(axes: Axes) -> None:
        shares = [[n / (sum(line) or 1) for n in line] for line in found.counts]
        if size:
            axes.pcolormesh(shares, cmap="Greens", vmin=0, vmax=1)
            axes.invert_yaxis()
        for row, line in enumerate(found.counts):
            for column, n in enumerate(line):
                if n:
                    colour = "white" if shares[row][column] > 0.6 else INK
                    axes.text(column + 0.5, row + 0.5, str(n), ha="center", va="center", fontsize=7, color=colour)
        middles = [place + 0.5 for place in range(size)]
        axes.set_xticks(middles, found.labels, rotation=90)
        axes.set_yticks(middles, found.labels)
        axes.set(xlabel="系统判断", ylabel="标注")

    side = 2.2 + 0.3 * max(size, 4)
    return _svg(draw, title, (side, side), grid=False)


def typing_plot(shares: Sequence[float], title: str) -> str:
    """Return the keystroke curve: characters typed across (from 1), share (0-1) with the right answer first up."""

    def draw(axes: Axes) -> None:
        axes.plot(range(1, len(shares) + 1), shares, color=MARK)
        axes.set(xlim=(0, max(len(shares), 1)), ylim=(0, 1), xlabel="打了几个字", ylabel="正确答案排第一")
        axes.set_yticks(TICKS, [f"{tick:.0%}" for tick in TICKS])

    return _svg(draw, title, (6.0, 3.6))


def latency_plot(times: Sequence[float], title: str) -> str:
    """Return the histogram of milliseconds with its median and 99th percentile."""

    def draw(axes: Axes) -> None:
        axes.hist(list(times), bins=40, color=SOFT)
        for share, name in ((0.5, "中位数"), (0.99, "99 分位")):
            value = percentile(times, share)
            if value is not None:
                axes.axvline(value, color=INK, linewidth=1)
                axes.text(value, axes.get_ylim()[1] * 0.97, f" {name} {value:.1f}", va="top", fontsize=9)
        axes.set(xlabel="毫秒", ylabel="题数")

    return _svg(draw, title, (6.0, 3.6))


def _bar(axes: Axes, y: int, estimate: Estimate) -> None:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        axes.text(0.01, y, NO_DATA, va="center")
        return
    axes.barh(y, estimate.value, height=0.68, color=SOFT)
    axes.errorbar(
        [estimate.value],
        [y],
        xerr=[[max(0.0, estimate.value - estimate.low)], [max(0.0, estimate.high - estimate.value)]],
        color=INK,
        capsize=3,
        linewidth=1,
    )
    axes.text(1.02, y, f"{estimate.value:.1%} (n={estimate.n})", va="center")


def _unit_square(axes: Axes, across: str, up: str) -> None:
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel=across, ylabel=up, aspect="equal")
    axes.set_xticks(TICKS, [f"{tick:.0%}" for tick in TICKS])
    axes.set_yticks(TICKS, [f"{tick:.0%}" for tick in TICKS])


def _svg(draw: Draw, title: str, size: tuple[float, float], *, grid: bool = True) -> str:
    """Draw on one pair of axes and return the SVG element alone, titled, without fixed ids or metadata."""
    from matplotlib.figure import Figure

    buffer = io.StringIO()
    with drawing(_style()):
        figure = Figure(figsize=size)
        axes = figure.subplots()
        draw(axes)
        if grid:
            axes.grid(color=GRID, linewidth=0.6)
            axes.set_axisbelow(True)
        figure.savefig(buffer, format="svg", bbox_inches="tight", transparent=True, metadata={"Date": None})
    return _bare(buffer.getvalue(), title)


def _style() -> dict[Any, Any]:
    return {
        "font.family": [_font()],
        "font.size": 10,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": GRID,
        "xtick.color": INK,
        "ytick.color": INK,
        "text.parse_math": False,
    }


@lru_cache(maxsize=1)
def _font() -> str:
    """Return an installed Chinese font to measure text with, or matplotlib's own; the reader's font draws it."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return next((name for name in FONTS if name in installed), "DejaVu Sans")


def _bare(svg: str, title: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<g) id="[^"]*"', r"\1", svg)
    svg = re.sub(r"font(-family)?: ([^;\"]*?)(?:'[^']*'|DejaVu Sans)[^;\"]*", _restacked, svg)
    name = escape(title, quote=True)
    return re.sub(
        r"^<svg ([^>]*)>", rf'<svg role="img" aria-label="{_plain(name)}" \1><title>{_plain(name)}</title>', svg
    )


def _restacked(match: re.Match[str]) -> str:
    return f"font{match[1] or ''}: {match[2]}{STACK}"


def _plain(replacement: str) -> str:
    """Keep a replacement's backslashes from being read as group references."""
    return replacement.replace("\\", "\\\\")
