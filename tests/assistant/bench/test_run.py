"""The run: sizes as written, every step saved, failures told, and Ctrl-C leaves a partial result that says so."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from assistant.bench import run as running
from assistant.bench.run import QUICK, QUICK_SIZES, SIZES, Options, Run, parse_sizes
from assistant.errors import RequestInvalid
from eval.bench.result import failures
from kb.domain.clock import CHINA

AT = dt.datetime(2026, 11, 22, 12, 0, tzinfo=CHINA)
ROOT = Path(__file__).parents[3]


def options(*sizes: int, peers: tuple[str, ...] = ()) -> Options:
    return Options(sizes=sizes, effort=QUICK, quick=True, peers=peers, texts=None, encoder="tiny")


def run_of(tmp_path: Path, chosen: Options) -> tuple[Run, list[str]]:
    told: list[str] = []
    return Run(chosen, tmp_path / "r.json", at=AT, tell=told.append), told


@pytest.mark.parametrize(
    ("text", "sizes"),
    [("1000,10000", (1000, 10000)), ("1k，10K", (1000, 10000)), (" 224k ", (224_000,)), ("30,20,30", (20, 30))],
)
def test_sizes_as_people_write_them(text: str, sizes: tuple[int, ...]) -> None:
    assert parse_sizes(text, quick=False) == sizes


def test_the_usual_sizes() -> None:
    assert parse_sizes("", quick=False) == SIZES == (1_000, 10_000, 100_000, 224_000)
    assert parse_sizes("", quick=True) == QUICK_SIZES


@pytest.mark.parametrize("text", ["0", "-5", "很多", "1.5k", "1000,x", ",", "1m"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(RequestInvalid):
        parse_sizes(text, quick=False)


def test_every_step_is_measured_and_the_result_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def measured(kind: str, job: dict[str, Any]) -> dict[str, Any]:
        asked.append(kind)
        return {"p50_ms": 2.0, "n": 3, "peak_mb": 10.0} if kind == "suggest" else {"p50_ms": 4.0, "n": 3}

    monkeypatch.setattr(running, "measured_apart", measured)
    run, told = run_of(tmp_path, options(20, 30, peers=("haystack",)))
    run.go()
    assert len(asked) == len(told) == run.steps
    assert asked.count("format") == 9
    assert asked[-7:] == ["texts", "fill", "suggest", "publish", "cold", "http", "peer"]
    stored = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(run.result))
    assert stored["partial"] is False
    assert [size["entries"] for size in stored["sizes"]] == [20, 30]
    assert {row["ratio"] for row in stored["ratios"]} == {0.5}
    assert stored["machine"]
    assert all(stored["versions"].values())
    assert stored["date"] == "2026-11-22T12:00:00+08:00"


def test_a_base_that_cannot_be_filled_ends_only_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(kind: str, job: dict[str, Any]) -> dict[str, Any]:
        return {"failed": "磁盘满"} if kind == "fill" and job["entries"] == 20 else {"n": 1}

    monkeypatch.setattr(running, "measured_apart", measured)
    run, _told = run_of(tmp_path, options(20, 30))
    run.go()
    assert failures(run.result) == ["sizes 20 fill：磁盘满"]
    assert "suggest" not in run.result["sizes"][0]
    assert "http" in run.result["sizes"][1]


def test_interrupted_it_keeps_what_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(kind: str, job: dict[str, Any]) -> dict[str, Any]:
        if kind == "publish":
            raise KeyboardInterrupt
        return {"n": 1}

    monkeypatch.setattr(running, "measured_apart", measured)
    run, _told = run_of(tmp_path, options(20))
    with pytest.raises(KeyboardInterrupt):
        run.go()
    stored = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert stored["partial"] is True
    assert set(stored["sizes"][0]) == {"entries", "texts", "fill", "suggest"}


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to a single process")
def test_ctrl_c_leaves_a_partial_result_and_nothing_running(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "ZHIDA_ENCODER": "tiny"}
    command = [
        sys.executable,
        "-m",
        "assistant.cli.main",
        "bench",
        "--quick",
        "--sizes",
        "20",
        "--out",
        str(tmp_path / "out"),
    ]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored, it would be ignored by the child too
    try:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, before)
    deadline = time.monotonic() + 120
    while not list((tmp_path / "tmp").glob("zhida-bench-*/formats")) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _said, complaint = process.communicate(timeout=120)
    assert process.returncode == 130, complaint.decode()
    assert "中断，不完整" in complaint.decode()
    (path,) = (tmp_path / "out").glob("*.json")
    assert json.loads(path.read_text(encoding="utf-8"))["partial"] is True
    assert path.with_suffix(".svg").is_file()
    assert list((tmp_path / "tmp").glob("zhida-bench-*")) == []
