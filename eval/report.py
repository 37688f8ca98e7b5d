"""A run as one HTML file that works from a disk and prints well, and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from eval.extras import find_extra
from eval.measures import Figure, figures
from eval.metrics.confusion import confusion
from eval.metrics.f1 import ClassScore, per_class
from eval.outcome import Outcome
from eval.report_plots import plots_of
from eval.runner import Run
from eval.slices import DIMENSION_LABELS, Slice, slices
from eval.storage import FOLDER, write_whole
from eval.summary import head, notes, show, size_notes, summary_rows
from eval.verdicts import VERDICTS, call_type_rows, category_rows

TEMPLATES = Path(__file__).resolve().parent / "templates"
MARKDOWN = str.maketrans({"\\": "\\\\", "|": "\\|", "<": "&lt;", "&": "&amp;"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A question something went wrong on: which verdicts failed (labels, and names for the filter), and the outcome."""

    failed: tuple[str, ...]
    names: tuple[str, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What was measured beside the run, where it was: the keystroke curve and robustness, as stored."""

    typing: Mapping[str, Any] | None = None
    robustness: Mapping[str, Any] | None = None


NO_EXTRAS = Extras()


def html(run: Run, extras: Extras = NO_EXTRAS) -> str:
    """Return the report as one self-contained HTML document."""
    shown = [(caption, Markup(svg)) for _, caption, svg in plots_of(run, extras.typing)]  # noqa: S704 - plots escape
    return _environment().get_template("report.html.j2").render(**_context(run, extras), plots=shown)


def markdown(run: Run, extras: Extras = NO_EXTRAS, plots: Sequence[tuple[str, str]] = ()) -> str:
    """Return the report as Markdown; `plots` are (caption, path) of images to show."""
    return _environment().get_template("report.md.j2").render(**_context(run, extras), plots=plots)


def write_report(run: Run, data: Path) -> tuple[Path, Path]:
    """Write `DATA/eval/<run_id>.html` and `.md` with its plots in a folder of that name, replacing earlier ones."""
    folder = data / FOLDER
    images = folder / run.run_id
    images.mkdir(parents=True, exist_ok=True)
    extras = stored_extras(run, data)
    placed = []
    for name, caption, svg in plots_of(run, extras.typing):
        write_whole(images / f"{name}.svg", svg)
        placed.append((caption, f"{run.run_id}/{name}.svg"))
    page, text = folder / f"{run.run_id}.html", folder / f"{run.run_id}.md"
    write_whole(page, html(run, extras))
    write_whole(text, markdown(run, extras, placed))
    return page, text


def stored_extras(run: Run, data: Path) -> Extras:
    """Return what was measured of this very set and release."""
    return Extras(
        typing=find_extra("typing", data, run.set_name, run.set_hash, run.release),
        robustness=find_extra("robustness", data, run.set_name, run.set_hash, run.release),
    )


def faults(outcomes: Sequence[Outcome]) -> tuple[Fault, ...]:
    """Return the questions with a failed verdict: most failures first, then by the first candidate's confidence."""
    found = []
    for outcome in outcomes:
        wrong = [verdict for verdict in VERDICTS if verdict.judge(outcome) is False]
        if wrong:
            labels, names = tuple(v.label for v in wrong), tuple(v.name.replace("@", "") for v in wrong)
            found.append(Fault(failed=labels, names=names, outcome=outcome))
    return tuple(sorted(found, key=lambda fault: (-len(fault.failed), -_confidence(fault.outcome))))


def _confidence(outcome: Outcome) -> float:
    return outcome.candidates[0].confidence if outcome.candidates else 0.0


def _context(run: Run, extras: Extras) -> dict[str, Any]:
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
        "notes": (*notes(run), *size_notes(run)),
        "confusions": {
            "业务类型": confusion(call_type_rows(run.outcomes)).worst(),
            "类别": confusion(category_rows(run.outcomes)).worst(),
        },
        "robustness": extras.robustness,
        "figures": list(zip(made, summary_rows(made), strict=True)),
        "classes": classes,
        "slices": parts,
        "verdicts": VERDICTS,
        "faults": faults(run.outcomes),
    }


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
