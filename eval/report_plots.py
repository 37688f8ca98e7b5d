"""Which plots a report has, by file name and caption, in reading order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eval import plots
from eval.metrics.confusion import confusion
from eval.metrics.ece import reliability
from eval.metrics.risk_coverage import risk_coverage
from eval.runner import Run
from eval.slices import slices
from eval.statistics import Estimate
from eval.verdicts import call_type_rows, category_rows, confidence_rows

Plot = tuple[str, str, str]
"""(file name without suffix, caption, SVG)."""


def plots_of(run: Run, typing: Mapping[str, Any] | None = None) -> tuple[Plot, ...]:
    """Return every plot of a run; the keystroke curve only where it was measured."""
    confident = confidence_rows(run.outcomes)
    times = [outcome.took_ms for outcome in run.outcomes if outcome.error is None]
    made: list[Plot] = [
        _plot("hit", "各类别的首位命中率（95% 区间）", lambda t: plots.bars(_by_category(run, "hit@1"), t)),
        _plot("category", "各类别的类别准确率（95% 区间）", lambda t: plots.bars(_by_category(run, "category"), t)),
        _plot(
            "reliability", "可靠性图：置信度与实际正确率", lambda t: plots.reliability_plot(reliability(confident), t)
        ),
        _plot("risk", "风险—作答比例曲线", lambda t: plots.risk_plot(risk_coverage(confident), t)),
        _plot("calltype", "业务类型混淆", lambda t: plots.confusion_plot(confusion(call_type_rows(run.outcomes)), t)),
        _plot(
            "confusion", "类别混淆（主类别）", lambda t: plots.confusion_plot(confusion(category_rows(run.outcomes)), t)
        ),
        _plot("latency", "耗时分布", lambda t: plots.latency_plot(times, t)),
    ]
    if typing is not None:
        made.append(
            _plot("typing", "逐字输入：打了几个字，正确答案排第一", lambda t: plots.typing_plot(typing["shares"], t))
        )
    return tuple(made)


def _plot(name: str, caption: str, draw: plots.Titled) -> Plot:
    return name, caption, draw(caption)


def _by_category(run: Run, verdict: str) -> list[tuple[str, Estimate]]:
    return [(part.key, part.estimates[verdict]) for part in slices(run.outcomes, "category", by=verdict)]
