"""Routes about evaluation runs that are kept in the data folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from assistant.api.guards import services_of
from assistant.api.replies import Evaluator, reply
from kb.domain.errors import NotFound

if TYPE_CHECKING:
    from eval.runner import Run

router = APIRouter()
RUN_ID = re.compile(r"[\w.-]{1,120}")
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

    return reply(summary_json(_run(request, run_id)))


@router.get("/api/v1/runs/{run_id}/against/{before_id}")
def comparison(request: Request, _account: Evaluator, run_id: str, before_id: str) -> Response:
    """What got better and what got worse since an earlier run."""
    from eval.compare import compare
    from eval.summary import change_rows, comparison_notes

    made = compare(_run(request, before_id), _run(request, run_id))
    return reply({**made.to_dict(), "rows": change_rows(made), "notes": comparison_notes(made)})


def _head(path: Path) -> dict[str, Any]:
    from eval.errors import RunBroken, RunNotFound
    from eval.storage import load_run
    from eval.summary import head

    try:
        return {**head(load_run(path)), "run_id": path.stem, "broken": ""}
    except (RunBroken, RunNotFound) as error:
        return {"run_id": path.stem, "broken": error.message}


def _run(request: Request, run_id: str) -> Run:
    """Return a run by its name, which never leaves the folder.

    Raises:
        NotFound: no such run, or it cannot be read.
    """
    from eval.storage import FOLDER, load_run

    path = services_of(request).settings.data / FOLDER / f"{run_id}.json"
    if not RUN_ID.fullmatch(run_id) or not path.is_file():
        raise NotFound("没有这次评测")
    return load_run(path)
