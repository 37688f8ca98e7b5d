"""A bench run as data: what was measured, on which machine, whether it was cut short; ratios and bars from it.

Every figure carries its own n. A step that failed or was not run says so under `failed` or `missing`; nothing is
filled in for it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eval.storage import write_whole

FORMAT = 2
BARS = Path(__file__).parent / "bars.toml"
Figures = Mapping[str, Any]
Row = tuple[object, ...]
LINES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("作答 p50 ms", ("suggest", "p50_ms")),
    ("作答 p99 ms", ("suggest", "p99_ms")),
    ("作答 n", ("suggest", "n")),
    ("作答 峰值 MB", ("suggest", "peak_mb")),
    ("导入 段/秒", ("fill", "per_second")),
    ("导入 合计 s", ("fill", "total_s")),
    ("导入 峰值 MB", ("fill", "peak_mb")),
    ("发布一处到可答 s", ("publish", "median_s")),
    ("冷命令行到答案 s", ("cold", "median_s")),
    ("服务启动到可答 s", ("http", "ready_s")),
    ("HTTP 次/秒", ("http", "per_second")),
    ("HTTP p99 ms", ("http", "p99_ms")),
    ("服务 峰值 MB", ("http", "server_peak_mb")),
)
RATIOS = (("p50_ms", "suggest"), ("p99_ms", "suggest"), ("build_s", "fill"), ("peak_mb", "suggest"))
OURS = {"build_s": "total_s"}
COMPARED = {"p50_ms": "p50 ms", "p99_ms": "p99 ms", "build_s": "建成 s", "peak_mb": "峰值 MB"}


def save(result: Figures, path: Path) -> None:
    """Write a result as JSON, whole or not at all; its folder is made when missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(result, ensure_ascii=False, indent=1) + "\n")


def value_at(figures: Figures, *path: str) -> float | None:
    """Return the number at a path, or None where the step was not run, failed, or has none."""
    found: object = figures
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def size_table(result: Figures) -> tuple[Row, list[Row]]:
    """Return columns and rows: one line per figure, one column per size; what was not measured shows as a dash."""
    sizes = result["sizes"]
    columns = ("", *(f"{size['entries']:,} 条" for size in sizes))
    return columns, [(name, *(_shown(value_at(size, *path)) for size in sizes)) for name, path in LINES]


def ratios(result: Figures) -> list[dict[str, Any]]:
    """Return ours / peer per size, peer and figure; below 1 ours is faster or smaller. Only what both measured."""
    return [row for size in result["sizes"] for row in _ratios_at(size)]


def _ratios_at(size: Figures) -> Iterator[dict[str, Any]]:
    for peer, figures in size.get("peers", {}).items():
        for name, step in RATIOS:
            ours, theirs = value_at(size, step, OURS.get(name, name)), value_at(figures, name)
            if ours is not None and theirs:
                row = {"entries": size["entries"], "peer": peer, "figure": name, "ours": ours, "theirs": theirs}
                yield {**row, "ratio": round(ours / theirs, 4)}


def bars(result: Figures) -> list[dict[str, Any]]:
    """Return every speed bar of `bars.toml` whose size was measured, with the figure and whether it is met."""
    wanted = tomllib.loads(BARS.read_text(encoding="utf-8"))["bar"]
    found = []
    for bar in wanted:
        for size in result["sizes"]:
            value = value_at(size, *bar["path"])
            if size["entries"] == bar["entries"] and value is not None:
                met = value <= bar["most"] if "most" in bar else value >= bar["least"]
                found.append({**bar, "value": value, "met": met})
    return found


def failures(result: Figures) -> list[str]:
    """Return what failed, as `place: reason`."""
    return [f"{place}：{reason}" for place, reason in _failed(result, ())]


def _failed(node: object, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        if "failed" in node:
            yield " ".join(path), str(node["failed"])
        for name, below in node.items():
            yield from _failed(below, (*path, str(name)))
    elif isinstance(node, list):
        for below in node:
            label = str(below.get("entries", below.get("format", ""))) if isinstance(below, Mapping) else ""
            yield from _failed(below, (*path, label))


def _shown(value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
