"""A bench result as one SVG: text stays text, so that Chinese shows in whatever font the reader has."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.bench.peers import PEERS
from eval.bench.result import Figures, value_at
from eval.drawing import drawing

FONTS = ["Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei", "DejaVu Sans"]
STYLE = {"font.family": "sans-serif", "font.sans-serif": FONTS}
Series = tuple[str, tuple[str, ...]]
PANELS: tuple[tuple[str, tuple[Series, ...], str], ...] = (
    ("一次查询的耗时（毫秒）", (("知答 p50", ("suggest", "p50_ms")), ("知答 p99", ("suggest", "p99_ms"))), "p50_ms"),
    ("建成用时（秒）", (("知答 从文件到可答", ("fill", "total_s")),), "build_s"),
    ("发布一处改动到可答（秒）", (("知答", ("publish", "median_s")),), ""),
    ("峰值内存（MB）", (("知答 作答", ("suggest", "peak_mb")), ("知答 导入", ("fill", "peak_mb"))), "peak_mb"),
)


def write_chart(result: Figures, path: Path) -> None:
    """Draw four panels over the number of entries, logarithmic both ways; what was not measured is not drawn."""
    from matplotlib.figure import Figure

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    with drawing(STYLE):
        figure = Figure(figsize=(10, 7.5), layout="constrained")
        figure.suptitle(title_of(result), fontsize=10)
        for axes, (name, series, theirs) in zip(figure.subplots(2, 2).flat, PANELS, strict=True):
            _panel(axes, name, [*_ours(result, series), *_theirs(result, theirs)])
        figure.savefig(path, format="svg", metadata={"Date": None, "Title": title_of(result)})


def title_of(result: Figures) -> str:
    """Return the chart's title: machine, version, day, and that it is partial where it is."""
    partial = "（中断，不完整）" if result["partial"] else ""
    return f"知答 {result['versions']['zhida']}，{result['machine']}，{result['date'][:10]}{partial}"


def _ours(result: Figures, series: tuple[Series, ...]) -> Iterator[tuple[str, list[tuple[float, float]], str]]:
    for label, path in series:
        yield label, _points(result, path), "-"


def _theirs(result: Figures, figure: str) -> Iterator[tuple[str, list[tuple[float, float]], str]]:
    for name, kind in PEERS.items():
        if figure:
            yield kind.title, _points(result, ("peers", name, figure)), "--"


def _points(result: Figures, path: tuple[str, ...]) -> list[tuple[float, float]]:
    found = ((float(size["entries"]), value_at(size, *path)) for size in result["sizes"])
    return [(entries, value) for entries, value in found if value is not None and value > 0]


def _panel(axes: Any, name: str, lines: list[tuple[str, list[tuple[float, float]], str]]) -> None:  # noqa: ANN401
    axes.set_title(name, fontsize=10)
    drawn = [line for line in lines if line[1]]
    if not drawn:
        axes.text(0.5, 0.5, "未测", ha="center", transform=axes.transAxes)
        return
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("条目数")
    axes.grid(visible=True, which="major", color="#d8dee6")
    for label, points, style in drawn:
        axes.plot([x for x, _ in points], [y for _, y in points], style, marker="o", markersize=4, label=label)
    axes.legend(fontsize=8)
