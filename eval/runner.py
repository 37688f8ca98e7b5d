"""Put every question of a set to the live function, the one agents use, and keep what came back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from eval.errors import GoldEmpty
from eval.forbidden import Forbidden, guards_returned
from eval.gold import GoldSet
from eval.machine import code_version, machine_name
from eval.outcome import Outcome, outcome_of
from eval.question import Question
from kb.domain.clock import Clock, SystemClock
from kb.domain.errors import ZhidaError
from kb.domain.suggestion import Suggester

Progress = Callable[[int, int], None]
"""Called after each question with (done, total)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One pass of a set through one release.

    `releases` has one number unless somebody published meanwhile. `settings` is what the caller wants remembered.
    `started_at` is ISO with zone; `seconds` is wall time.
    """

    run_id: str
    set_name: str
    set_hash: str
    releases: tuple[int, ...]
    code_version: str
    machine: str
    started_at: str
    seconds: float
    outcomes: tuple[Outcome, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def release(self) -> int | None:
        """The release measured last, or `None` when every question failed."""
        return self.releases[-1] if self.releases else None

    @property
    def errors(self) -> tuple[Outcome, ...]:
        """The questions on which the system failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.error is not None)


def run(
    suggester: Suggester,
    gold: GoldSet,
    *,
    progress: Progress | None = None,
    settings: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
    forbidden: Forbidden = guards_returned,
) -> Run:
    """Measure a suggester on a set.

    Each question goes in as the agent would type it: its text and, for an old bill, its day. Gold facts are not passed,
    since finding them in the words is part of the job. A failure becomes an `Outcome` with `error` and the run goes on.
    `forbidden` looks through each suggestion for what may never be returned.

    Raises:
        GoldEmpty: the set has no question.
    """
    if not gold.questions:
        raise GoldEmpty(f"题集 {gold.name} 没有题")
    started = (clock or SystemClock()).now()
    begin = time.perf_counter()
    outcomes, releases = _ask_all(partial(_ask, suggester, forbidden), gold, progress or _quiet)
    return Run(
        run_id=_run_id(f"{started:%Y%m%d-%H%M%S}", gold.name, releases),
        set_name=gold.name,
        set_hash=gold.hash,
        releases=releases,
        code_version=code_version(),
        machine=machine_name(),
        started_at=started.isoformat(timespec="seconds"),
        seconds=time.perf_counter() - begin,
        outcomes=outcomes,
        settings=dict(settings or {}),
    )


def _quiet(done: int, total: int) -> None:
    """Report to nobody."""


Asked = tuple[Outcome, int | None]


def _ask_all(
    ask: Callable[[Question], Asked], gold: GoldSet, progress: Progress
) -> tuple[tuple[Outcome, ...], tuple[int, ...]]:
    outcomes: list[Outcome] = []
    releases: dict[int, None] = {}
    for done, question in enumerate(gold.questions, start=1):
        outcome, release = ask(question)
        outcomes.append(outcome)
        if release is not None:
            releases[release] = None
        progress(done, len(gold.questions))
    return tuple(outcomes), tuple(releases)


def _ask(suggester: Suggester, forbidden: Forbidden, question: Question) -> Asked:
    begin = time.perf_counter()
    try:
        suggestion = suggester.suggest(question.text, as_of=question.as_of, explain=True)
        took = (time.perf_counter() - begin) * 1000
        return outcome_of(question, suggestion, took, forbidden(suggestion)), suggestion.release
    except Exception as error:  # noqa: BLE001 - whatever the measured system raises is a result of the measurement
        took = (time.perf_counter() - begin) * 1000
        return Outcome(question=question, took_ms=took, error=_describe(error)), None


def _describe(error: Exception) -> str:
    if isinstance(error, ZhidaError):
        return f"{error.code}：{error.message}"
    return f"{type(error).__name__}：{error}"


def safe_name(name: str) -> str:
    """Return a set's name as part of a file's."""
    return re.sub(r"[^\w]+", "-", name).strip("-") or "set"


def _run_id(moment: str, name: str, releases: tuple[int, ...]) -> str:
    safe = safe_name(name)
    return f"{moment}-{safe}-r{releases[-1]}" if releases else f"{moment}-{safe}"
