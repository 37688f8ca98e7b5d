"""Long work behind a request: started once, watched by whoever started it, never done twice at a time."""

from __future__ import annotations

import logging
import secrets
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.api.errors import Busy, Internal, problem_of
from kb.domain.errors import NotFound, ZhidaError

log = logging.getLogger("zhida.api")
Json = dict[str, Any]
State = Literal["running", "done", "failed"]
KEPT = 200


@dataclass(slots=True)
class Work:
    """One piece of work. `steps` counts what it ticked off; `total` is 0 when nobody knows how many there are.

    `result` is what a request would have answered; `problem` is the problem document when it failed.
    """

    work_id: str
    name: str
    account: str
    total: int = 0
    steps: int = 0
    state: State = "running"
    result: Json = field(default_factory=dict)
    problem: Json = field(default_factory=dict)

    def tick(self, amount: int) -> None:
        """Count what was done."""
        self.steps += amount

    def at(self, steps: int, total: int) -> None:
        """Say how far it is."""
        self.steps, self.total = steps, total

    def to_dict(self) -> Json:
        """Return plain JSON values."""
        return {
            "work_id": self.work_id, "name": self.name, "state": self.state, "steps": self.steps, "total": self.total,
            "result": self.result, "problem": self.problem,
        }  # fmt: skip


class Works:
    """The long work of one application. Two may run side by side, but not two of one name."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="work")
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Work] = OrderedDict()

    def start(self, account: str, name: str, job: Callable[[Work], Json], *, alone: bool = False) -> Work:
        """Start a job, or return the one of this name that the account has running: a second press does nothing.

        `alone` is for jobs of one name that differ: while one runs, the account's own next one is refused, too.

        Raises:
            Busy: somebody else has one of this name running.
        """
        with self._lock:
            running = next((one for one in self._kept.values() if one.name == name and one.state == "running"), None)
            if running is not None and (alone or running.account != account):
                raise Busy(f"“{name}”正在进行")
            if running is not None:
                return running
            work = Work(secrets.token_hex(8), name, account)
            self._kept[work.work_id] = work
            self._forget()
        self._threads.submit(self._run, work, job)
        return work

    def of(self, account: str, work_id: str) -> Work:
        """Return a piece of work to whoever started it.

        Raises:
            NotFound: there is none, or it is somebody else's.
        """
        with self._lock:
            work = self._kept.get(work_id)
        if work is None or work.account != account:
            raise NotFound("没有这项工作", hint="服务重启过的话，请看结果是否已经生效，再重做一次")
        return work

    def _forget(self) -> None:
        over = [one.work_id for one in self._kept.values() if one.state != "running"][: max(0, len(self._kept) - KEPT)]
        for work_id in over:
            del self._kept[work_id]

    @staticmethod
    def _run(work: Work, job: Callable[[Work], Json]) -> None:
        try:
            work.result = job(work)
            work.state = "done"
        except ZhidaError as error:
            work.problem = problem_of(error)
            work.state = "failed"
        except Exception as error:  # noqa: BLE001 - the last place to turn a surprise into an answer
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("unforeseen %s in work %s\n%s", type(error).__name__, work.name, frames)  # noqa: TRY400 - no texts
            work.problem = problem_of(Internal("服务内部出错"))
            work.state = "failed"
