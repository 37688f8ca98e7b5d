"""Previews and switches of rules take seconds to a minute: they run in a thread of their own, one at a time."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from typing import Any

from assistant.api.errors import Internal, problem
from assistant.rulebook.preview import Progress
from kb.domain.errors import GateBlocked, NotFound, WrongState, ZhidaError

KEPT = 20
Json = dict[str, Any]
Work = Callable[[Progress], Json]
log = logging.getLogger(__name__)


class RuleJobs:
    """The jobs of one process, the newest few; a job is `{"job", "state", "done", "total"}` and its outcome."""

    def __init__(self) -> None:
        self._jobs: dict[str, Json] = {}
        self._lock = threading.Lock()

    def start(self, work: Work) -> Json:
        """Begin a job and return how it stands.

        Raises:
            WrongState: another one is under way.
        """
        with self._lock:
            if any(job["state"] == "running" for job in self._jobs.values()):
                raise WrongState("另一个预览或应用还没有做完", hint="请稍等再试")
            job: Json = {"job": secrets.token_hex(8), "state": "running", "done": 0, "total": 0}
            self._jobs[job["job"]] = job
            for old in list(self._jobs)[:-KEPT]:
                del self._jobs[old]
        threading.Thread(target=self._run, args=(job, work), daemon=True, name="rules").start()
        return dict(job)

    def state(self, name: str) -> Json:
        """Return how a job stands.

        Raises:
            NotFound: no such job, or one long over.
        """
        with self._lock:
            job = self._jobs.get(name)
            if job is None:
                raise NotFound("没有这个任务", hint="请重新预览")
            return dict(job)

    def _run(self, job: Json, work: Work) -> None:
        def progress(done: int, total: int) -> None:
            with self._lock:
                job.update(done=done, total=total)

        try:
            outcome: Json = {"state": "done", "report": work(progress)}
        except ZhidaError as error:
            gate = {"gate": error.report} if isinstance(error, GateBlocked) else {}
            outcome = {"state": "failed", "problem": problem(error), **gate}
        except Exception:
            log.exception("a rule job failed")
            outcome = {"state": "failed", "problem": problem(Internal("服务内部出错"))}
        with self._lock:
            job.update(outcome)
