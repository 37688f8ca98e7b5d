"""Long jobs over a runtime: ingest, publish. Faces show their progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import kb
from assistant.runtime import Runtime
from ingest.chunk.columns import synonyms
from ingest.exchange.planning import ImportPlan, Rules, plan_import
from ingest.exchange.reading import read_sheets
from ingest.job import Job, plan_job, run_job
from ingest.plan import Plan
from kb.domain.knowledge import Release
from kb.store.records import current_release
from kb.store.reviews import drafts_by
from kb.store.versions import Change

BUNDLED = Path(kb.__file__).parent / "corpus" / "knowledge"
AUTHOR = "ingest"
Tick = Callable[[int, str], None]


def silent(_amount: int, _note: str = "") -> None:
    """Show nothing."""


def plan_paths(runtime: Runtime, paths: Sequence[Path], tick: Tick = silent) -> tuple[Job, Plan]:
    """Read files and plan what an ingest would do.

    Raises:
        NothingToDo: no file could be read.
    """
    job = Job(paths=paths, categories=_labels(runtime), today=runtime.clock.now().date())
    return job, plan_job(job, runtime.database, lambda _stage, name: tick(1, name))


def apply(runtime: Runtime, job: Job, plan: Plan, tick: Tick = silent) -> None:
    """Store a plan as drafts."""
    change = Change(author=AUTHOR, reason="导入", at=runtime.clock.now())
    run_job(job, plan, runtime.database, change, lambda _stage, name: tick(1, name))


def publish_drafts(runtime: Runtime, *, note: str, override: str = "", tick: Tick = silent) -> Release:
    """Publish what was ingested, through the gate; afterwards the next question is answered from the new release.

    Drafts that people wrote at their desk are not among it: those need a review.

    Raises:
        GateBlocked: golden questions get worse and `override` does not say why that is accepted.
    """
    mine = partial(drafts_by, author=AUTHOR)
    done = runtime.desk.release(AUTHOR, mine, note=note, override=override, tick=lambda count: tick(count, "建立索引"))
    return done.release


def ingest_and_publish(runtime: Runtime, paths: Sequence[Path], *, note: str, tick: Tick = silent) -> dict[str, Any]:
    """Plan, apply and publish in one go; return the report."""
    job, plan = plan_paths(runtime, paths, tick)
    apply(runtime, job, plan, tick)
    release = publish_drafts(runtime, note=note, tick=tick)
    return report_of(plan, release=release.number, dry_run=False)


def plan_sheets(runtime: Runtime, source: Path, mapping: Mapping[str, str]) -> ImportPlan:
    """Read a curator's file of entries or phrasings and plan what importing it would do.

    Raises:
        FileRefused: the file cannot be read as a table or JSON Lines.
    """
    today, library = runtime.clock.now().date(), runtime.library
    labels, known = runtime.taxonomy.categories, synonyms("categories")
    renamed = {old: new for old, new in runtime.taxonomy.synonyms.items() if old not in labels and old not in known}
    sheets = read_sheets(source, categories=(*labels, *renamed), today=today, mapping=mapping)
    rules = Rules(
        normalise=lambda text: library.analyser.normalise(text).text,
        mask=runtime.masker,
        today=today,
        renamed=renamed,
    )
    if release_of(runtime):
        shelf = library.shelf
        rules = replace(rules, published=shelf.snapshot.phrased, indexed=shelf.catalogue.entries)
    return plan_import(sheets, runtime.desk.known(), rules)


def release_of(runtime: Runtime) -> int:
    """Return the number of the release in force."""
    with runtime.database.read() as connection:
        return current_release(connection)


def report_of(plan: Plan, *, release: int, dry_run: bool) -> dict[str, Any]:
    """Return an ingest's report for JSON output."""
    return {
        "dry_run": dry_run,
        "release": release,
        "files": len(plan.files),
        "skipped": plan.skipped,
        **plan.counts(),
        "rejected": plan.rejected,
        "findings": [asdict(finding) for finding in plan.findings],
    }


def _labels(runtime: Runtime) -> tuple[str, ...]:
    return runtime.taxonomy.categories
