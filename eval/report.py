"""A run as one HTML file that works from a disk and prints well, and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from eval import plots
from eval.measures import Figure, figures
from eval.metrics.ece import reliability
from eval.metrics.f1 import ClassScore, per_class
from eval.metrics.risk_coverage import risk_coverage
from eval.outcome import Outcome
from eval.runner import Run
from eval.slices import DIMENSION_LABELS, Slice, slices
from eval.statistics import Estimate
from eval.storage import FOLDER, write_whole
from eval.summary import head, notes, show, summary_rows
from eval.verdicts import VERDICTS, call_type_rows, category_rows, confidence_rows

TEMPLATES = Path(__file__).resolve().parent / "templates"
MARKDOWN = str.maketrans({"\\": "\\\\", "|": "\\|", "<": "&lt;", "&": "&amp;"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A question something went wrong on: which verdicts failed, and the outcome to look at."""

    failed: tuple[str, ...]
    outcome: Outcome


def html(run: Run) -> str:
    """Return the report as one self-contained HTML document."""
    return _environment().get_template("report.html.j2").render(**_context(run), plots=_plots(run))


def markdown(run: Run) -> str:
    """Return the report as Markdown, without plots."""
    return _environment().get_template("report.md.j2").render(**_context(run))


def write_report(run: Run, data: Path) -> tuple[Path, Path]:
    """Write `DATA/eval/<run_id>.html` and `.md`, replacing earlier ones, and return their paths."""
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    page, text = folder / f"{run.run_id}.html", folder / f"{run.run_id}.md"
    write_whole(page, html(run))
    write_whole(text, markdown(run))
    return page, text


def faults(outcomes: Sequence[Outcome]) -> tuple[Fault, ...]:
    """Return the questions with a failed verdict: most failures first, then by the first candidate's confidence."""
    found = []
    for outcome in outcomes:
        failed = tuple(verdict.label for verdict in VERDICTS if verdict.judge(outcome) is False)
        if failed:
            found.append(Fault(failed=failed, outcome=outcome))
    return tuple(sorted(found, key=lambda fault: (-len(fault.failed), -_confidence(fault.outcome))))


def _confidence(outcome: Outcome) -> float:
    return outcome.candidates[0].confidence if outcome.candidates else 0.0


def _context(run: Run) -> dict[str, Any]:
    made: tuple[Figure, ...] = figures(run.outcomes)
    classes: dict[str, tuple[ClassScore, ...]] = {
        "业务类型": per_class(call_type_rows(run.outcomes)),
        "类别": per_class(category_rows(run.outcomes)),
    }
    parts: dict[str, tuple[Slice, ...]] = {
        label: slices(run.outcomes, dimension) for dimension, label in DIMENSION_LABELS.items()
    }
    return {
        "head": head(run),
        "notes": notes(run),
        "figures": list(zip(made, summary_rows(made), strict=True)),
        "classes": classes,
        "slices": parts,
        "verdicts": VERDICTS,
        "faults": faults(run.outcomes),
    }


def _plots(run: Run) -> list[Markup]:
    confident = confidence_rows(run.outcomes)
    made = (
        plots.bars(_by_category(run, "category"), "各类别的类别准确率（95% 区间）"),
        plots.bars(_by_category(run, "hit@1"), "各类别的首位命中率（95% 区间）"),
        plots.reliability_plot(reliability(confident), "可靠性图：置信度与实际正确率"),
        plots.risk_plot(risk_coverage(confident), "风险—作答比例曲线"),
    )
    return [Markup(svg) for svg in made]  # noqa: S704 - eval.plots escapes every label


def _by_category(run: Run, verdict: str) -> list[tuple[str, Estimate]]:
    return [(part.key, part.estimates[verdict]) for part in slices(run.outcomes, "category", by=verdict)]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = _cell
    environment.filters["share"] = lambda value: show(value, "share")
    return environment


def _cell(value: object) -> str:
    """Return text that stays inside one Markdown table cell and brings no HTML of its own."""
    return " ".join(str(value).splitlines()).translate(MARKDOWN)
