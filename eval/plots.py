"""Three plots as SVG text with text as text: no font is embedded, Chinese shows in whatever font the reader has.

Coordinates are pixels, origin top left; data ranges are 0-1 on both axes. All labels are escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from eval.metrics.ece import Bin
from eval.metrics.risk_coverage import RiskPoint
from eval.statistics import Estimate

SIDE = 320
PAD = 44
ROW = 24
LABEL = 120
BAR = 360
INK, GRID, MARK, SOFT = "#1c2733", "#d8dee6", "#1f6f54", "#9cc7b5"
FONT = "font-family='system-ui, Noto Sans CJK SC, Microsoft YaHei, sans-serif'"


def bars(rows: Sequence[tuple[str, Estimate]], title: str) -> str:
    """Return horizontal bars with 95 % whiskers, one per row, in the order given; rows without a value say so."""
    height = ROW * len(rows) + PAD
    body = [_grid_line(LABEL + BAR * tenth / 4, PAD / 2, height - PAD / 2) for tenth in range(5)]
    for place, (label, estimate) in enumerate(rows):
        body.extend(_bar(PAD / 2 + ROW * (place + 0.5), label, estimate))
    body.extend(_text(LABEL + BAR * q / 4, height - 6, f"{q * 25}%", "middle") for q in range(5))
    return _svg(LABEL + BAR + 130, height, title, body)


def reliability_plot(bins: Sequence[Bin], title: str) -> str:
    """Return the reliability diagram: mean confidence across, share right up, dot area by rows, diagonal = perfect."""
    total = sum(part.n for part in bins) or 1
    body = [*_frame("置信度", "实际正确率"), _line(_xy(0, 0), _xy(1, 1), GRID)]
    for part in bins:
        x, y = _xy(part.confidence, part.right)
        radius = 3 + 12 * (part.n / total) ** 0.5
        tip = f"<title>置信度 {part.confidence:.2f}，正确率 {part.right:.2f}，{part.n} 题</title>"
        body.append(
            f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{radius:.1f}' fill='{MARK}' fill-opacity='.7'>{tip}</circle>"
        )
    return _svg(SIDE + 2 * PAD, SIDE + 2 * PAD, title, body)


def risk_plot(points: Sequence[RiskPoint], title: str) -> str:
    """Return the risk-coverage curve: share answered across, share of those wrong up (0-1)."""
    places = " ".join("{:.1f},{:.1f}".format(*_xy(point.coverage, point.risk)) for point in points)
    curve = f"<polyline points='{places}' fill='none' stroke='{MARK}' stroke-width='2'/>"
    return _svg(SIDE + 2 * PAD, SIDE + 2 * PAD, title, [*_frame("作答比例", "其中答错的比例"), curve])


def _bar(y: float, label: str, estimate: Estimate) -> Iterable[str]:
    yield _text(LABEL - 8, y + 4, label, "end")
    if estimate.value is None or estimate.low is None or estimate.high is None:
        yield _text(LABEL + 6, y + 4, "无题可算", "start")
        return
    yield f"<rect x='{LABEL}' y='{y - 8:.1f}' width='{BAR * estimate.value:.1f}' height='16' fill='{SOFT}'/>"
    low, high = LABEL + BAR * estimate.low, LABEL + BAR * estimate.high
    yield _line((low, y), (high, y), INK)
    yield _line((low, y - 4), (low, y + 4), INK)
    yield _line((high, y - 4), (high, y + 4), INK)
    yield _text(LABEL + BAR + 10, y + 4, f"{estimate.value:.1%} (n={estimate.n})", "start")


def _frame(across: str, up: str) -> Iterable[str]:
    for quarter in range(5):
        share = quarter / 4
        x, y = _xy(share, share)
        yield _line((x, PAD), (x, PAD + SIDE), GRID)
        yield _line((PAD, y), (PAD + SIDE, y), GRID)
        yield _text(x, PAD + SIDE + 16, f"{share:.0%}", "middle")
        yield _text(PAD - 6, y + 4, f"{share:.0%}", "end")
    yield _text(PAD + SIDE / 2, PAD + SIDE + 34, across, "middle")
    yield _text(PAD, PAD - 12, up, "start")


def _xy(x: float, y: float) -> tuple[float, float]:
    return PAD + SIDE * x, PAD + SIDE * (1 - y)


def _grid_line(x: float, top: float, bottom: float) -> str:
    return _line((x, top), (x, bottom), GRID)


def _line(start: tuple[float, float], end: tuple[float, float], colour: str) -> str:
    (x1, y1), (x2, y2) = start, end
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='{colour}'/>"


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' fill='{INK}'>{escape(words)}</text>"


def _svg(width: float, height: float, title: str, body: Iterable[str]) -> str:
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:.0f} {height:.0f}' width='{width:.0f}'"
    name = escape(title, quote=True)
    return f"{head} role='img' aria-label='{name}' font-size='12' {FONT}><title>{name}</title>{''.join(body)}</svg>"
