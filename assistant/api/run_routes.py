"""Routes about evaluation runs that are kept in the data folder."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from assistant.api.guards import services_of
from assistant.api.replies import Body, Evaluator, Upload, attachment, read_texts, reply, sent_name
from assistant.errors import NotReady, RequestInvalid
from kb.domain.errors import NotFound
from kb.text.normalise import printable

if TYPE_CHECKING:
    from eval.runner import Run

router = APIRouter()
RUN_ID = re.compile(r"[\w-][\w.-]{0,119}")
NEWEST = 20


@router.get("/api/v1/runs")
def runs(request: Request, _account: Evaluator) -> Response:
    """The newest runs, newest first; a damaged one says so."""
    from eval.storage import FOLDER

    folder = services_of(request).settings.data / FOLDER
    files = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)[:NEWEST]
    return reply({"runs": [_head(path) for path in files]})


@router.get("/api/v1/runs/{run_id}")
def run(request: Request, _account: Evaluator, run_id: str) -> Response:
    """One run's figures with their intervals."""
    from eval.summary import summary_json

    return reply(summary_json(stored_run(request, run_id)))


@router.get("/api/v1/runs/{run_id}/against/{before_id}")
def comparison(request: Request, _account: Evaluator, run_id: str, before_id: str) -> Response:
    """What got better and what got worse since an earlier run."""
    from eval.compare import compare
    from eval.slices import DIMENSION_LABELS
    from eval.summary import CHANGE_COLUMNS, change_rows, comparison_notes

    made = compare(stored_run(request, before_id), stored_run(request, run_id))
    labels = {"verdicts": {change.name: change.label for change in made.changes}, "dimensions": DIMENSION_LABELS}
    rows = {"columns": CHANGE_COLUMNS, "rows": change_rows(made)}
    return reply({**made.to_dict(), **rows, **labels, "notes": comparison_notes(made)})


@router.get("/api/v1/runs/{run_id}/slices")
def run_slices(request: Request, _account: Evaluator, run_id: str) -> Response:
    """Where a run hurts: each dimension's groups, worst first."""
    from eval.slices import DIMENSION_LABELS, slices

    outcomes = stored_run(request, run_id).outcomes
    shown = ("hit@1", "category", "call_type", "work_order")
    parts = [
        {"dimension": label, "key": part.key, "n": part.n, **{name: asdict(part.estimates[name]) for name in shown}}
        for dimension, label in DIMENSION_LABELS.items()
        for part in slices(outcomes, dimension)
    ]
    return reply({"slices": parts})


@router.get("/api/v1/runs/{run_id}/plots/{name}")
def run_plot(request: Request, _account: Evaluator, run_id: str, name: str) -> Response:
    """One plot of a run as SVG."""
    from eval.report_plots import PLOTS, plot_of

    found = stored_run(request, run_id)
    if name not in PLOTS:
        raise NotFound("没有这张图")
    return Response(plot_of(found, name), media_type="image/svg+xml")


@router.get("/api/v1/runs/{run_id}/report")
def run_report(request: Request, _account: Evaluator, run_id: str) -> Response:
    """The whole report as one HTML file to save; it opens without a network."""
    from eval.report import html

    return attachment(html(stored_run(request, run_id)).encode("utf-8", "replace"), f"{run_id}.html", "text/html")


@router.get("/api/v1/sets")
def sets(request: Request, _account: Evaluator) -> Response:
    """The sets that can be run."""
    return reply({"sets": services_of(request).runs.sets()})


@router.post("/api/v1/sets")
def import_set(request: Request, _account: Evaluator, body: Upload) -> Response:
    """Keep a file of questions, named in `Content-Disposition`, as a set."""
    name = printable(sent_name(request))
    if not name:
        raise RequestInvalid("没有写明文件名", hint="写在 Content-Disposition 里：attachment; filename*=UTF-8''…")
    gold = services_of(request).runs.import_set(name, body)
    return reply({"name": gold.name, "n": len(gold.questions)}, 201)


@router.post("/api/v1/runs")
def start_run(request: Request, account: Evaluator, body: Body) -> Response:
    """Run a set in the background; one at a time."""
    given = read_texts(body, {"set"})
    services = services_of(request)
    if services.release() is None:
        raise NotReady("知识库正在打开")
    return reply({"job": asdict(services.runs.start(given["set"], account.name))}, 202)


@router.get("/api/v1/run-job")
def run_job(request: Request, _account: Evaluator) -> Response:
    """How far the run under way is, or how the last one ended."""
    job = services_of(request).runs.current()
    return reply({"job": asdict(job) if job else None})


@router.delete("/api/v1/run-job")
def cancel_run(request: Request, _account: Evaluator) -> Response:
    """Give up the run under way; nothing of it is kept."""
    job = services_of(request).runs.cancel()
    return reply({"job": asdict(job) if job else None})


def _head(path: Path) -> dict[str, Any]:
    from eval.errors import RunBroken, RunNotFound
    from eval.storage import load_run
    from eval.summary import head

    try:
        return {**head(load_run(path)), "run_id": path.stem, "broken": ""}
    except (RunBroken, RunNotFound) as error:
        return {"run_id": path.stem, "broken": error.message}


def stored_run(request: Request, run_id: str) -> Run:
    """Return a run by its name, which never leaves the folder.

    Raises:
        NotFound: no such run, or it cannot be read.
    """
    from eval.storage import FOLDER, load_run

    path = services_of(request).settings.data / FOLDER / f"{run_id}.json"
    if not RUN_ID.fullmatch(run_id) or not path.is_file():
        raise NotFound("没有这次评测")
    return load_run(path)
