"""Runs of a set in the background of the serving process: one at a time, with progress, and given up on request."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import eval as package
from assistant.measuring.errors import RunBusy
from eval.errors import EvalError, GoldMissing, SetExists
from eval.forbidden import Forbidden
from eval.gold import GoldSet, load_gold
from eval.labels import Labels
from eval.runner import run, safe_name
from eval.sets.importing import import_gold
from eval.sets.writing import write_gold
from eval.storage import save_run
from kb.domain.clock import Clock
from kb.domain.errors import ZhidaError
from kb.domain.suggestion import Suggester

BUNDLED = Path(str(package.__file__)).parent / "gold"
BUNDLED_SETS = ("dev", "test")
OWN = ("gold", "eval/sets")
# After each question as long a rest as it took, so that agents' calls come first.
LONGEST_REST = 0.05
State = Literal["running", "done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is measured: the function agents use over one release, what it may never return, what to remember."""

    suggester: Suggester
    forbidden: Forbidden
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A run under way or the last one: `done` of `total` questions, then the stored run's id or why there is none."""

    job_id: str
    set_name: str
    account: str
    state: State
    total: int
    done: int = 0
    run_id: str = ""
    message: str = ""


class Cancelled(Exception):
    """The run was given up."""


class Runs:
    """Starts, watches and gives up runs. Sets are the bundled ones, those in `DATA/gold`, and imported ones."""

    def __init__(self, target: Callable[[], Target], data: Path, clock: Clock, labels: Labels | None = None) -> None:
        self._target = target
        self._data = data
        self._clock = clock
        self._labels = labels
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def go_on_with(self, other: Runs) -> None:
        """Measure by what `other` would from the next run on; the one under way ends as it began."""
        self._target, self._labels = other._target, other._labels

    def sets(self) -> list[dict[str, str]]:
        """Return the sets by name, bundled ones first, and where each comes from."""
        bundled = [{"name": name, "source": "自带"} for name in BUNDLED_SETS]
        own = sorted({path.stem for folder in OWN for path in (self._data / folder).glob("*.jsonl")})
        return bundled + [{"name": name, "source": "导入"} for name in own if name not in BUNDLED_SETS]

    def import_set(self, name: str, content: bytes) -> GoldSet:
        """Check a file of questions (`name` with its suffix) and keep it as a set.

        Raises:
            GoldInvalid: wrong rows or no table; all of them are named.
            SetExists: there is a set of that name.
        """
        stem, suffix = safe_name(Path(name).stem), Path(name).suffix.lower()
        if stem in {one["name"] for one in self.sets()}:
            raise SetExists(f"已有这个题集：{stem}", hint="请给文件换一个名字")
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"{stem}{suffix}"
            path.write_bytes(content)
            gold = import_gold(path, self._labels)
        kept = self._data / OWN[-1] / f"{stem}.jsonl"
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_gold(gold.questions, kept)
        return replace(gold, name=stem)

    def start(self, set_name: str, account: str) -> Job:
        """Start a run; a second one has to wait.

        Raises:
            GoldMissing: no such set.
            GoldInvalid: its file has been spoilt.
            RunBusy: one is under way.
        """
        gold = self._load(set_name)
        target = self._target()
        with self._lock:
            if self._job is not None and self._job.state == "running":
                raise RunBusy(f"题集 {self._job.set_name} 正在跑")
            self._over = threading.Event()
            self._job = Job(
                job_id=secrets.token_urlsafe(8), set_name=gold.name, account=account, state="running",
                total=len(gold.questions),
            )  # fmt: skip
            self._thread = threading.Thread(target=self._work, args=(gold, target), daemon=True, name="eval-run")
            self._thread.start()
            return self._job

    def current(self) -> Job | None:
        """Return the run under way, else the last one since the process began."""
        with self._lock:
            return self._job

    def cancel(self) -> Job | None:
        """Give up the run under way and wait until it has stopped; nothing of it is kept."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        return self.current()

    def _load(self, set_name: str) -> GoldSet:
        if set_name in BUNDLED_SETS:
            return load_gold(BUNDLED / f"{set_name}.jsonl", self._labels)
        found = next((path for folder in OWN if (path := self._data / folder / f"{set_name}.jsonl").is_file()), None)
        if found is None or set_name not in {one["name"] for one in self.sets()}:
            raise GoldMissing("没有这个题集", hint="先导入，或选自带的 dev、test")
        return load_gold(found, self._labels)

    def _work(self, gold: GoldSet, target: Target) -> None:
        try:
            made = run(
                target.suggester, gold, progress=self._advance(), settings=target.settings, clock=self._clock,
                forbidden=target.forbidden,
            )  # fmt: skip
            kept = save_run(made, self._data)
            self._end("done", run_id=kept.stem)
        except Cancelled:
            self._end("cancelled")
        except (EvalError, ZhidaError) as error:
            self._end("failed", message=error.message)
        except OSError as error:
            self._end("failed", message=f"结果存不下来（{error.strerror or 'I/O'}）")

    def _advance(self) -> Callable[[int, int], None]:
        since = time.perf_counter()

        def advance(done: int, _total: int) -> None:
            nonlocal since
            if self._over.wait(min(LONGEST_REST, time.perf_counter() - since)):
                raise Cancelled
            with self._lock:
                if self._job is not None:
                    self._job = replace(self._job, done=done)
            since = time.perf_counter()

        return advance

    def _end(self, state: State, *, run_id: str = "", message: str = "") -> None:
        with self._lock:
            if self._job is not None:
                self._job = replace(self._job, state=state, run_id=run_id, message=message)
