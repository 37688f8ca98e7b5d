"""A whole ingest: find files, parse what changed, plan, and, when told to, apply."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.apply import apply_plan, known_files, stored_heads
from ingest.discover import Discovery, discover
from ingest.errors import FileRefused, NothingToDo
from ingest.parse import parse_file
from ingest.plan import Plan, make_plan
from ingest.sidecar import overrides_for
from ingest.types import Finding, Limits, ParsedFile
from kb.domain.codec import digest
from kb.store.database import Database
from kb.store.versions import Change

Progress = Callable[[str, str], None]
PARSER_VERSION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to ingest and how. `categories` are the labels a sheet may use; `today` dates what has no date."""

    paths: Sequence[Path]
    categories: Collection[str]
    today: dt.date
    limits: Limits = field(default_factory=Limits)

    @property
    def settings(self) -> str:
        """Digest of everything but the file that decides what a file becomes."""
        text = "|".join([PARSER_VERSION, *sorted(self.categories), str(self.limits)])
        return hashlib.sha256(text.encode()).hexdigest()


def plan_job(job: Job, database: Database, progress: Progress = lambda _stage, _name: None) -> Plan:
    """Read the files and compare them with what is stored; nothing is written.

    Raises:
        NothingToDo: no file under the paths could be read.
    """
    found = discover(job.paths)
    with database.read() as connection:
        known = known_files(connection, job.settings)
        stored = stored_heads(connection)
    parsed, skipped = _parse_all(found, known, job, progress)
    plan = make_plan(parsed, stored, skipped=skipped)
    if not skipped and not any(file.entries or file.documents for file in parsed):
        raise NothingToDo(_nothing(found, plan.findings), hint=_first_hint((*found.findings, *plan.findings)))
    return Plan(
        files=plan.files,
        findings=(*found.findings, *plan.findings),
        rejected=plan.rejected + sum(finding.severity == "error" for finding in found.findings),
        skipped=skipped,
    )


def run_job(
    job: Job, plan: Plan, database: Database, change: Change, progress: Progress = lambda _stage, _name: None
) -> None:
    """Store a plan as drafts, file by file.

    Raises:
        StaleVersion: an item changed between plan and apply.
    """
    apply_plan(plan, database, change, settings=job.settings, tick=lambda name: progress("写入", name))


def _parse_all(found: Discovery, known: dict[str, str], job: Job, progress: Progress) -> tuple[list[ParsedFile], int]:
    parsed: list[ParsedFile] = []
    skipped = 0
    for file in found.files:
        progress("读取", file.name)
        if file.name in known and known[file.name] == file_digest(file.path):
            skipped += 1
            continue
        parsed.append(
            parse_file(file.path, name=file.name, categories=job.categories, limits=job.limits, today=job.today)
        )
    return parsed, skipped


def file_digest(path: Path) -> str | None:
    """Return what recognises a file with its sidecar, or None when it cannot be read (the parser then says why)."""
    try:
        overrides = overrides_for(path)
        if not path.is_file():
            return None
        with path.open("rb") as handle:
            own = hashlib.file_digest(handle, "sha256").hexdigest()
    except (OSError, FileRefused):
        return None
    return digest({"file": own, **overrides}) if overrides else own


def _nothing(found: Discovery, findings: Sequence[Finding]) -> str:
    every = (*found.findings, *findings)
    if not every:
        return "没有找到可导入的文件"
    first = every[0]
    return f"没有一个文件可以导入；第一处问题：{first.file}：{first.message}"


def _first_hint(findings: Sequence[Finding]) -> str:
    return next((finding.hint for finding in findings if finding.hint), "请检查路径与文件格式")
