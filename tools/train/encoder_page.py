"""Write the figures of the encoders' comparison into docs/guide/encoders.md, between its markers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.statistics import Estimate
from tools.train.transformer import Note

PAGE = Path("docs/guide/encoders.md")
BEGIN, END = "<!-- encoders:begin -->", "<!-- encoders:end -->"
HEAD = (
    "编码器（单独使用）",
    "dev 首位",
    "dev 前三",
    "没见过的主题 首位",
    "没见过的主题 前三",
    "毫秒／句（逐句）",
    "毫秒／句（256 句一批）",
    "MB",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One encoder's figures: (hit@1, hit@3) on both sets, processor milliseconds a text, size on disk."""

    name: str
    dev: tuple[Estimate, Estimate]
    unseen: tuple[Estimate, Estimate]
    single_ms: float
    batch_ms: float
    megabytes: float


def write_page(page: Path, rows: Sequence[Row], notes: Sequence[Note], *, machine: str, day: dt.date) -> None:
    """Replace what stands between the page's markers.

    Raises:
        ValueError: the page has lost a marker.
    """
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _old, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n{table(rows, notes, machine, day)}\n{END}{after}", encoding="utf-8")


def table(rows: Sequence[Row], notes: Sequence[Note], machine: str, day: dt.date) -> str:
    """Return the table and how it was made."""
    lines = ["| " + " | ".join(HEAD) + " |", "|---" * len(HEAD) + "|", *map(_line, rows)]
    dev, unseen = rows[0].dev[0].n, rows[0].unseen[0].n
    took = "；".join(
        f"{which} {note.steps} 步、{note.minutes:.0f} 分钟（处理器约 {note.cpu:.0f} 分钟）、末段损失 {note.loss:.2f}"
        for which, note in zip(("全部主题", "留出主题"), notes, strict=False)
    )
    return "\n".join(
        [
            *lines,
            "",
            f"dev：n = {dev}；没见过的主题：n = {unseen}。括号内是 95 % 区间（Wilson）。毫秒是处理器时间，单线程；",
            f"MB 是目录大小。机器：{machine}，{day.isoformat()}。transformer 的训练：每步 {notes[0].batch} 对自有、",
            f"{notes[0].general} 对通用，单线程：{took}。",
        ]
    )


def _line(row: Row) -> str:
    cells = [_share(figure) for figure in (*row.dev, *row.unseen)]
    costs = (f"{row.single_ms:.2f}", f"{row.batch_ms:.2f}", f"{row.megabytes:.1f}")
    return f"| {' | '.join((row.name, *cells, *costs))} |"


def _share(figure: Estimate) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return "—"
    return f"{figure.value:.3f}（{figure.low:.3f}–{figure.high:.3f}）"
