"""The product as its users meet it: a cold command line, and a server asked over loopback by several at once."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median
from typing import Any

from assistant.accounts.service import create_account, issue_key
from assistant.bench.answering import questions
from assistant.bench.measuring import Job, peak_mb
from assistant.errors import NotReady
from assistant.runtime import open_runtime
from assistant.settings import load_settings
from eval.bench.timing import timing_of

ZHIDA = [sys.executable, "-m", "assistant.cli.main"]
HOST = "127.0.0.1"
PATIENCE = 600.0
GRACE = 20.0


def cold(job: Job) -> dict[str, Any]:
    """Run `zhida suggest` in new processes; seconds from start to the printed answer.

    Raises:
        NotReady: the command failed.
    """
    times = []
    for said in questions("test", job["rounds"]):
        begin = time.perf_counter()
        done = subprocess.run(  # noqa: S603 - our own command line
            [*ZHIDA, "suggest", said, "--json", "--data", job["data"]], check=False, capture_output=True
        )
        times.append(time.perf_counter() - begin)
        if done.returncode:
            raise NotReady(f"zhida suggest 退出码 {done.returncode}：{done.stderr.decode('utf-8', 'replace')[-200:]}")
    return {"n": len(times), "median_s": round(median(times), 3), "max_s": round(max(times), 3)}


def serve(job: Job) -> dict[str, Any]:
    """Start `zhida serve`, wait until it is ready, ask it from `clients` threads for `seconds`, stop it."""
    key = _key(Path(job["data"]))
    with _server(Path(job["data"])) as (process, port, ready):
        asked = _ask_all(port, key, job)
        memory = peak_mb(process.pid)
    return {"ready_s": round(ready, 3), **asked, "server_peak_mb": memory}


def _key(data: Path) -> str:
    with open_runtime(load_settings(data=data), write=True) as runtime:
        now = runtime.clock.now()
        name = "bench"

        def issue(connection: Any) -> str:  # noqa: ANN401 - a connection; records are none of this module's business
            create_account(connection, name, "agent", at=now)
            return issue_key(connection, name, "bench", at=now)

        return runtime.database.write(issue)


@contextmanager
def _server(data: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, float]]:
    """Yield the server process, its port, and the seconds from its start until it was ready."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    begin = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command line
        [*ZHIDA, "serve", "--host", HOST, "--port", str(port), "--data", str(data)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await_ready(process, port)
        yield process, port, time.perf_counter() - begin
    finally:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()


def _await_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotReady(f"服务没有起来，退出码 {process.returncode}")
        if _is_ready(port):
            return
        time.sleep(0.05)
    raise NotReady(f"服务 {PATIENCE:.0f} 秒内没有就绪")


def _is_ready(port: int) -> bool:
    with closing(HTTPConnection(HOST, port, timeout=5)) as connection:
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False


def _ask_all(port: int, key: str, job: Job) -> dict[str, Any]:
    texts, clients = questions("test", job["asked"]), int(job["clients"])
    _client(port, key, questions("dev", job["warm"]), PATIENCE)
    begin = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        shares = [texts[number::clients] for number in range(clients)]
        parts = list(pool.map(lambda share: _client(port, key, share, job["seconds"], again=True), shares))
    took = time.perf_counter() - begin
    timing = timing_of([time for times, _failed in parts for time in times], first=0.0, seconds=took)
    return {
        "clients": clients,
        "n": timing.n,
        "failed_requests": sum(failed for _times, failed in parts),
        "seconds": round(took, 3),
        "per_second": round(timing.per_second, 1),
        "p50_ms": round(timing.p50_ms, 2),
        "p99_ms": round(timing.p99_ms, 2) if timing.p99_ms is not None else None,
    }


def _client(port: int, key: str, texts: list[str], limit: float, *, again: bool = False) -> tuple[list[float], int]:
    """Ask on one kept-alive connection, once or for `limit` seconds; milliseconds of each answer, and failures."""
    connection = HTTPConnection(HOST, port, timeout=60)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    times: list[float] = []
    failed, stop, turn = 0, time.perf_counter() + limit, 0
    while time.perf_counter() < stop and (again or turn < len(texts)):
        body = json.dumps({"text": texts[turn % len(texts)]}).encode()
        begin = time.perf_counter()
        connection.request("POST", "/api/v1/suggest", body, headers)
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - begin) * 1000)
        failed += answer.status != 200
        turn += 1
    connection.close()
    return times, failed
