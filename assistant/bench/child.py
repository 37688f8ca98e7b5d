"""A measuring process: a job as JSON on stdin, figures as a JSON line on stdout. `python -m assistant.bench.child`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

from assistant.bench.answering import ask, ask_peer, publish
from assistant.bench.filling import fill, write_texts
from assistant.bench.formats import ingest_format
from assistant.bench.measuring import Job
from assistant.bench.serving import cold, serve
from kb.domain.errors import ZhidaError

KINDS: Mapping[str, Callable[[Job], dict[str, Any]]] = {
    "texts": write_texts,
    "fill": fill,
    "suggest": ask,
    "publish": publish,
    "cold": cold,
    "http": serve,
    "peer": ask_peer,
    "format": ingest_format,
}
COMMAND = [sys.executable, "-m", "assistant.bench.child"]
REASON = 400
GRACE = 30.0


def measured_apart(kind: str, job: Job) -> dict[str, Any]:
    """Run a job in a new process and return its figures; `{"failed": reason}` where it broke.

    A `KeyboardInterrupt` ends the process as well, whatever it was doing.
    """
    process = subprocess.Popen(  # noqa: S603 - our own module
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        said, complaint = process.communicate(json.dumps({"kind": kind, **job}).encode())
    except BaseException:
        _end(process)
        raise
    if process.returncode:
        tail = complaint.decode("utf-8", "replace").strip()[-REASON:]
        return {"failed": tail or f"进程退出码 {process.returncode}"}
    figures: dict[str, Any] = json.loads(said.decode().splitlines()[-1])
    return figures


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to leave, so that it stops the server it may have started; insist after a while."""
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _leave(_signal: int, _frame: object) -> None:
    sys.exit(143)


def main() -> int:
    """Do the job on stdin; a known error is told in one line."""
    signal.signal(signal.SIGTERM, _leave)
    job = json.loads(sys.stdin.read())
    try:
        figures = KINDS[job.pop("kind")](job)
    except ZhidaError as error:
        sys.stderr.write(f"{error.message} {error.hint}".strip())
        return 2
    sys.stdout.write("\n" + json.dumps(figures) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
