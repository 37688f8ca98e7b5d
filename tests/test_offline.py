"""With the network blocked: the bundled knowledge loads, a folder is ingested, questions are answered and measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DEV = ROOT / "eval" / "gold" / "dev.jsonl"
BLOCKED = """
import json, socket, sys
import pytest
from tests.conftest import NetworkGuard
guard = NetworkGuard()
guard.install(pytest.MonkeyPatch())
from assistant.cli.main import main
sys.argv = ["zhida", *sys.argv[1:]]
code = 0
try:
    main()
except SystemExit as left:
    code = int(left.code or 0)
print("\\n" + json.dumps({"code": code, "attempts": guard.attempts}))
"""
PROBE = """
import pytest
from tests.conftest import NetworkGuard
guard = NetworkGuard()
guard.install(pytest.MonkeyPatch())
import urllib.request
try:
    urllib.request.urlopen("http://192.0.2.1/", timeout=2)
except OSError:
    print(guard.attempts)
"""
Offline = Callable[..., Any]
pytestmark = pytest.mark.slow


def python(script: str, *arguments: object) -> str:
    """Run a script in a fresh interpreter without proxies; return what it printed."""
    clean = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(
        command, cwd=ROOT, env=clean, check=False, capture_output=True, text=True, encoding="utf-8", timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def zhida(*arguments: object) -> Any:
    """Run one command behind the guard; it must end well and never have reached out."""
    *said, report = python(BLOCKED, *arguments, "--json").strip().split("\n")
    assert json.loads(report) == {"code": 0, "attempts": []}
    return json.loads("\n".join(said))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled knowledge, loaded behind the guard."""
    folder = tmp_path_factory.mktemp("offline") / "data"
    report = zhida("init", "--data", folder)
    assert (report["release"], report["rejected"], report["conflict"]) == (1, 0, 0)
    assert report["created"] > 100
    return folder


def test_the_guard_would_have_noticed() -> None:
    assert "192.0.2.1" in python(PROBE)


def test_the_bundled_knowledge_is_sound(data: Path) -> None:
    problems = zhida("kb", "check", "--data", data)
    assert [problem for problem in problems if problem["severity"] == "error"] == []


def test_suggest(data: Path) -> None:
    suggestion = zhida("suggest", "装个新电表", "--data", data)
    assert suggestion["answers"][0]["entry_id"] == "B01-1"


def test_case_11_asks_before_a_price(data: Path) -> None:
    suggestion = zhida("suggest", "居民用电多少钱一度", "--data", data)
    assert "用户类别" in [ask["fact"] for ask in suggestion["must_ask"]]
    assert not any("元/千瓦时" in answer["answer"] for answer in suggestion["answers"])


def test_eval(data: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join(DEV.read_text(encoding="utf-8").splitlines()[:40]), encoding="utf-8")
    report = zhida("eval", "run", few, "--data", data)
    assert Path(report["file"]).is_file()


def test_a_companys_own_folder(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "folder"
    folder.mkdir()
    (folder / "问答.csv").write_text("编号,标准问题,答案\nX1,游泳馆几点开门,早上九点。\n", encoding="utf-8")
    report = zhida("ingest", folder, "--publish", "--yes", "--data", data)
    assert (report["created"], report["release"]) == (1, 1)
    assert zhida("suggest", "游泳馆几点开门", "--data", data)["answers"][0]["answer"] == "早上九点。"
