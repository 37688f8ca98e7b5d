"""A run or a comparison as plain rows for a terminal table, and as JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.compare import Change, Comparison
from eval.measures import Figure, Unit, figures
from eval.runner import Run
from eval.slices import DIMENSION_LABELS
from eval.statistics import detectable

EMPTY = "—"
COLUMNS = ("指标", "值", "下限", "上限", "n")
CHANGE_COLUMNS = ("指标", "之前", "之后", "变好", "变差", "p", "p（Holm）", "能测出", "n")

USUAL_CHANGE = 0.1
SHIFT_COLUMNS = ("", "判断", "编号", "客户的话", "之前", "之后")
SLICE_COLUMNS = ("分组", "取值", "判断", "之前", "之后", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table of figures, already written out; `n` is the number measured."""

    name: str
    value: str
    low: str
    high: str
    n: str

    def cells(self) -> tuple[str, ...]:
        """Return the cells in the order of `COLUMNS`."""
        return (self.name, self.value, self.low, self.high, self.n)


def summary_rows(made: Sequence[Figure]) -> tuple[Row, ...]:
    """Return one row per figure; what could not be measured shows as 「—」, never as 0."""
    return tuple(
        Row(
            name=figure.label,
            value=show(figure.value, figure.unit),
            low=show(figure.low, figure.unit),
            high=show(figure.high, figure.unit),
            n=str(figure.n),
        )
        for figure in made
    )


def summary_json(run: Run, made: Sequence[Figure] | None = None) -> dict[str, Any]:
    """Return the run's head, its figures by name, and what to know before believing them.

    Args:
        run: the run.
        made: its figures, when already computed.
    """
    shown = figures(run.outcomes) if made is None else made
    return {**head(run), "figures": {figure.name: asdict(figure) for figure in shown}, "notes": list(notes(run))}


def head(run: Run) -> dict[str, Any]:
    """Return what identifies a run: set, hash, releases, code, machine, time."""
    return {
        "run_id": run.run_id,
        "set": run.set_name,
        "set_hash": run.set_hash,
        "n": len(run.outcomes),
        "releases": list(run.releases),
        "code_version": run.code_version,
        "machine": run.machine,
        "started_at": run.started_at,
        "seconds": round(run.seconds, 3),
        "settings": dict(run.settings),
        "errors": len(run.errors),
    }


def notes(run: Run) -> tuple[str, ...]:
    """Return, in Chinese, what a reader must know before believing the figures."""
    answerable = sum(outcome.question.answerable for outcome in run.outcomes)
    unfilled = sum(bool(o.question.topics) and not o.question.answerable for o in run.outcomes)
    said = []
    if run.errors:
        said.append(f"有 {len(run.errors)} 题运行出错，已按未做对计；第一个：{run.errors[0].error}")
    if len(run.releases) > 1:
        said.append(f"评测期间发布过知识：同时用到了第 {'、'.join(map(str, run.releases))} 版")
    if not answerable:
        said.append("题集的 entries 都是空的，命中率无从计算")
    if unfilled:
        said.append(f"有 {unfilled} 题写了主题却没有标准答案（entries 为空），按“没有可答知识”计")
    return tuple(said)


def size_notes(run: Run) -> tuple[str, ...]:
    """Return, in Chinese, how small a difference a set of this size can show."""
    answerable = sum(outcome.question.answerable for outcome in run.outcomes)
    least = detectable(answerable, USUAL_CHANGE) if answerable else None
    if not answerable:
        return ()
    if least is None:
        return (f"有答案的题只有 {answerable} 道：两次评测之间再大的变化也测不准，请加题",)
    return (
        f"首位命中率：若两次评测有一成的题变化，{answerable} 道题能测出的最小差异约 {least:.1%}（p<0.05，把握 0.8）",
    )


def change_rows(comparison: Comparison) -> tuple[tuple[str, ...], ...]:
    """Return one row per measure of a comparison, in the order of `CHANGE_COLUMNS`; a significant fall is marked ▼."""
    return tuple(_change_row(change) for change in comparison.changes)


def shift_rows(comparison: Comparison, limit: int) -> tuple[tuple[str, ...], ...]:
    """Return the first changed questions, lost ones first, in the order of `SHIFT_COLUMNS`."""
    labels = {change.name: change.label for change in comparison.changes}
    ordered = sorted(comparison.shifts, key=lambda shift: shift.gained)
    return tuple(
        ("得" if s.gained else "失", labels[s.verdict], s.question_id, s.text, s.before or EMPTY, s.after or EMPTY)
        for s in ordered[:limit]
    )


def slice_rows(comparison: Comparison, limit: int) -> tuple[tuple[str, ...], ...]:
    """Return the first changed slices, the largest fall first, in the order of `SLICE_COLUMNS`."""
    labels = {change.name: change.label for change in comparison.changes}
    return tuple(
        (
            DIMENSION_LABELS[part.dimension],
            part.key,
            labels[part.verdict],
            show(part.before, "share"),
            show(part.after, "share"),
            str(part.n),
        )
        for part in comparison.slices[:limit]
    )


def comparison_notes(comparison: Comparison) -> tuple[str, ...]:
    """Return, in Chinese, what a reader must know before believing the comparison."""
    said = []
    if not comparison.same_set:
        said.append("两次评测的题集不完全相同：只比较共有的题，对错一律按后一次的标注判")
    if comparison.only_before or comparison.only_after:
        said.append(f"只在前一次有 {comparison.only_before} 题，只在后一次有 {comparison.only_after} 题")
    return tuple(said)


def show(value: float | None, unit: Unit) -> str:
    """Write a number the way its unit is read: 93.3%, 0.933, 4.21 ms, 3."""
    if value is None:
        return EMPTY
    formats = {"share": f"{value:.1%}", "score": f"{value:.3f}", "ms": f"{value:.2f} ms", "count": f"{value:.0f}"}
    return formats[unit]


def _change_row(change: Change) -> tuple[str, ...]:
    unit: Unit = "score" if change.name == "mrr" else "share"
    return (
        f"{change.label} ▼" if change.worse else change.label,
        show(change.before, unit),
        show(change.after, unit),
        str(change.gained),
        str(change.lost),
        f"{change.p:.3f}",
        f"{change.p_holm:.3f}",
        show(change.detectable, unit),
        str(change.n),
    )
