"""Which plots a report has, by file name and caption, in reading order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eval import plots
from eval.metrics.confusion import confusion
from eval.metrics.ece import Bin, reliability
from eval.metrics.risk_coverage import risk_coverage
from eval.runner import Run
from eval.slices import slices
from eval.statistics import Estimate
from eval.verdicts import call_type_rows, category_rows, confidence_rows

Plot = tuple[str, str, str]
"""(file name without suffix, caption, SVG)."""


PLOTS: Mapping[str, tuple[str, Callable[[Run, str], str]]] = {
    "hit": ("各类别的首位命中率（95% 区间）", lambda run, t: plots.bars(_by_category(run, "hit@1"), t)),
    "category": ("各类别的类别准确率（95% 区间）", lambda run, t: plots.bars(_by_category(run, "category"), t)),
    "reliability": ("可靠性图：置信度与实际正确率", lambda run, t: plots.reliability_plot(_reliability(run), t)),
    "risk": (
        "风险—作答比例曲线",
        lambda run, t: plots.risk_plot(risk_coverage(confidence_rows(run.outcomes)), t),
    ),
    "calltype": (
        "业务类型混淆",
        lambda run, t: plots.confusion_plot(confusion(call_type_rows(run.outcomes)), t),
    ),
    "confusion": (
        "类别混淆（主类别）",
        lambda run, t: plots.confusion_plot(confusion(category_rows(run.outcomes)), t),
    ),
    "latency": ("耗时分布", lambda run, t: plots.latency_plot(_times(run), t)),
}
"""The plots of every run by name: the caption, and what draws it under that caption."""


def plot_of(run: Run, name: str) -> str:
    """Return one plot of a run as SVG; `name` is a key of `PLOTS`."""
    caption, draw = PLOTS[name]
    return draw(run, caption)


def plots_of(run: Run, typing: Mapping[str, Any] | None = None) -> tuple[Plot, ...]:
    """Return every plot of a run; the keystroke curve only where it was measured."""
    made: list[Plot] = [(name, caption, plot_of(run, name)) for name, (caption, _) in PLOTS.items()]
    if typing is not None:
        made.append(
            _plot("typing", "逐字输入：打了几个字，正确答案排第一", lambda t: plots.typing_plot(typing["shares"], t))
        )
    return tuple(made)


def _plot(name: str, caption: str, draw: plots.Titled) -> Plot:
    return name, caption, draw(caption)


def _reliability(run: Run) -> Sequence[Bin]:
    return reliability(confidence_rows(run.outcomes))


def _times(run: Run) -> list[float]:
    return [outcome.took_ms for outcome in run.outcomes if outcome.error is None]


def _by_category(run: Run, verdict: str) -> list[tuple[str, Estimate]]:
    return [(part.key, part.estimates[verdict]) for part in slices(run.outcomes, "category", by=verdict)]
