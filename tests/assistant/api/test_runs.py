"""Runs and scores over HTTP: a run in the background, given up, imported sets, plots, comparison, blind scoring."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from openpyxl import load_workbook

from assistant.api.body import MAX_UPLOAD
from assistant.measuring.runs import BUNDLED_SETS
from eval.outcome import Candidate, Outcome
from eval.question import Question
from eval.runner import Run
from eval.storage import save_run
from tests.assistant.api.house import House

LINE = {"id": "q1", "text": "电表走得快", "call_type": "咨询", "categories": ["计量装置"], "entries": ["e-1"],
        "needs_work_order": True}  # fmt: skip


def gold(n: int) -> bytes:
    rows = [{**LINE, "id": f"q{i}", "text": f"电表走得快{i}"} for i in range(n)]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def scorer(house: House, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {house.key(name, 'evaluator')}"}


def named(name: str) -> dict[str, str]:
    """The header that carries a sent file's name."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


def send(client: TestClient, path: str, name: str, content: bytes) -> Response:
    return client.post(path, content=content, headers=named(name))


@pytest.fixture
def desk(house: House, client: TestClient) -> TestClient:
    client.headers.update(scorer(house, "甲"))
    return client


def finished(client: TestClient) -> dict[str, Any]:
    """Wait for the run under way to end, whichever way."""
    while (job := client.get("/api/v1/run-job").json()["job"])["state"] == "running":
        threading.Event().wait(0.01)
    found: dict[str, Any] = job
    return found


def test_a_set_is_imported_run_and_compared(desk: TestClient) -> None:
    assert desk.get("/api/v1/run-job").json() == {"job": None}
    assert send(desk, "/api/v1/sets", "我的题.jsonl", gold(3)).json() == {"name": "我的题", "n": 3}
    assert [one["name"] for one in desk.get("/api/v1/sets").json()["sets"]] == [*BUNDLED_SETS, "我的题"]
    ids = []
    for _ in range(2):
        started = desk.post("/api/v1/runs", json={"set": "我的题"})
        assert (started.status_code, started.json()["job"]["total"]) == (202, 3)
        job = finished(desk)
        assert (job["state"], job["done"], job["account"]) == ("done", 3, "甲")
        ids.append(job["run_id"])
    listed = {run["run_id"] for run in desk.get("/api/v1/runs").json()["runs"]}
    assert set(ids) <= listed
    found = desk.get(f"/api/v1/runs/{ids[1]}/against/{ids[0]}").json()
    assert found["n"] == 3
    assert all(len(row) == len(found["columns"]) for row in found["rows"])
    parts = desk.get(f"/api/v1/runs/{ids[0]}/slices").json()["slices"]
    assert {part["dimension"] for part in parts} == {"类别", "业务类型", "说法", "长短", "来源", "档位"}


def test_plots_and_the_report_are_files_of_the_run(desk: TestClient, house: House) -> None:
    run_id = stored(house, 3)
    plot = desk.get(f"/api/v1/runs/{run_id}/plots/reliability")
    assert plot.headers["content-type"] == "image/svg+xml"
    assert "<svg" in plot.text
    assert desk.get(f"/api/v1/runs/{run_id}/plots/nothing").status_code == 404
    report = desk.get(f"/api/v1/runs/{run_id}/report")
    assert report.headers["content-disposition"].startswith("attachment")
    assert "电表走得快0" in report.text
    assert desk.get("/api/v1/runs/..%2F..%2Fzhida/report").status_code == 404


def test_a_run_is_given_up_and_leaves_nothing(desk: TestClient, house: House) -> None:
    begun, gate = threading.Event(), threading.Event()

    def hold(_text: str) -> float:
        begun.set()
        gate.wait()
        return 0.0

    house.assistant.delay = hold
    send(desk, "/api/v1/sets", "多.jsonl", gold(50))
    desk.post("/api/v1/runs", json={"set": "多"})
    begun.wait()
    again = desk.post("/api/v1/runs", json={"set": "多"})
    assert (again.status_code, again.json()["code"]) == (409, "measuring.run_busy")

    def open_gate() -> None:
        house.services.runs._over.wait()
        gate.set()

    opener = threading.Thread(target=open_gate)
    opener.start()
    job = desk.delete("/api/v1/run-job").json()["job"]
    opener.join()
    assert (job["state"], job["run_id"]) == ("cancelled", "")
    assert job["done"] < 50
    assert desk.get("/api/v1/runs").json()["runs"] == []
    assert desk.post("/api/v1/runs", json={"set": "多"}).status_code == 202
    assert finished(desk)["state"] == "done"


def test_what_cannot_be_run_or_imported_says_why(desk: TestClient, house: House) -> None:
    cases: dict[str, Callable[[], Any]] = {
        "没有这个题集": lambda: desk.post("/api/v1/runs", json={"set": "nothing"}),
        "第 2 行": lambda: send(desk, "/api/v1/sets", "坏.jsonl", gold(1) + b"\n{}"),
        "不认识的题集文件": lambda: send(desk, "/api/v1/sets", "坏.exe", b"MZ"),
        "没有题": lambda: send(desk, "/api/v1/sets", "空.jsonl", b""),
        "不是能读的表格": lambda: send(desk, "/api/v1/sets", "坏.xlsx", b"PK\x03\x04"),
        "内容超过": lambda: send(desk, "/api/v1/sets", "大.jsonl", b" " * (MAX_UPLOAD + 1)),
        "没有写明文件名": lambda: desk.post("/api/v1/sets", content=gold(1)),
    }
    for said, act in cases.items():
        answer = act()
        assert answer.status_code in {413, 422}, (said, answer.text)
        assert said in answer.json()["message"]
    assert [one["name"] for one in desk.get("/api/v1/sets").json()["sets"]] == list(BUNDLED_SETS)
    send(desk, "/api/v1/sets", "我的题.jsonl", gold(1))
    assert send(desk, "/api/v1/sets", "我的题.jsonl", gold(2)).status_code == 409
    house.shelf["release"] = None
    assert desk.post("/api/v1/runs", json={"set": "我的题"}).status_code == 503


def stored(house: House, n: int) -> str:
    """A run of `n` questions, each with an answer shown."""
    outcomes = tuple(
        Outcome(
            question=Question(id=f"q{i}", text=f"电表走得快{i}", call_type="咨询", categories=("计量装置",),
                              entries=("e-1",), needs_work_order=True),
            candidates=(shown := (Candidate(entry_id="e-1", kind="标问", question=f"标题{i}", confidence=0.83,
                                            excerpt=f"答{i}"),)),
            shown=shown, band="high", call_type="咨询", categories=("计量装置",), took_ms=1.0,
        )
        for i in range(n)
    )  # fmt: skip
    run = Run(run_id="r1", set_name="dev", set_hash="x", outcomes=outcomes, releases=(1,), code_version="", machine="",
              started_at="2026-11-22T12:00:00+08:00", seconds=0.1)  # fmt: skip
    return save_run(run, house.services.settings.data).stem


@pytest.fixture
def sheet(desk: TestClient, house: House) -> str:
    made = desk.post("/api/v1/sheets", json={"run_id": stored(house, 4), "size": 4})
    assert (made.status_code, made.json()["n"]) == (201, 4)
    return f"/api/v1/sheets/{made.json()['sheet_id']}"


def say(client: TestClient, sheet: str, number: int, verdict: str, version: int = 0, **more: Any) -> Any:
    body = {"verdict": verdict, "version": version, **more.get("body", {})}
    return client.put(f"{sheet}/scores/{number}", json=body, headers=more.get("headers"))


def test_what_a_scorer_sees_is_blind(desk: TestClient, house: House, sheet: str) -> None:
    other = scorer(house, "乙")
    say(desk, sheet, 1, "错", headers=other, body={"reason": "泄密"})
    shown = desk.get(sheet)
    assert {*shown.json()["items"][0]} == {"number", "text", "title", "answer", "verdict", "reason", "version"}
    assert not any(secret in shown.text for secret in ("0.83", "high", "泄密", "计量装置"))
    assert [item["verdict"] for item in shown.json()["items"]] == [""] * 4
    assert desk.get("/api/v1/sheets").json()["sheets"][0]["scorers"] == {"乙": 1}


def test_two_scorers_differ_and_somebody_rules(desk: TestClient, house: House, sheet: str) -> None:
    other = scorer(house, "乙")
    for number in range(1, 5):
        assert say(desk, sheet, number, "对").json() == {"version": 1}
        say(desk, sheet, number, "错" if number == 1 else "对", headers=other, body={"reason": "=1+1"})
    early = desk.put(f"{sheet}/rulings/1", json={"verdict": "对", "version": 0})
    assert (early.status_code, early.json()["code"]) == (409, "measuring.score_closed")
    found = desk.post(f"{sheet}/result").json()
    assert found["agreement"]["same"] == 0.75
    assert found["agreement"]["scorers"] == ["乙", "甲"]
    (item,) = found["differing"]
    assert (item["by"], item["version"], len(item["scores"])) == ("从严", 0, 2)
    assert say(desk, sheet, 2, "错", version=1).json()["code"] == "measuring.score_closed"
    ruling = {"verdict": "对", "version": 0}
    assert desk.put(f"{sheet}/rulings/{item['number']}", json=ruling).json() == {"version": 1}
    assert desk.put(f"{sheet}/rulings/{item['number']}", json=ruling).status_code == 409
    ruled = desk.post(f"{sheet}/result").json()
    assert (ruled["differing"][0]["by"], ruled["disputed"]) == ("裁定", [])
    assert ruled["accuracy"]["全部"]["value"] == 1.0
    lines = [json.loads(line) for line in desk.get(f"{sheet}/gold").text.splitlines()]
    assert {line["source"] for line in lines} == {"打分"}


def test_results_wait_until_ones_own_scores_are_in(desk: TestClient, sheet: str) -> None:
    say(desk, sheet, 1, "对")
    refused = desk.post(f"{sheet}/result")
    assert (refused.status_code, refused.json()["code"]) == (409, "measuring.score_closed")
    assert "3 条" in refused.json()["message"]


def test_a_score_made_in_two_tabs_is_kept_once(desk: TestClient, sheet: str) -> None:
    assert say(desk, sheet, 1, "对").status_code == 200
    assert say(desk, sheet, 1, "错").json()["code"] == "kb.stale_version"
    assert say(desk, sheet, 1, "错", version=1).json() == {"version": 2}
    assert desk.get(sheet).json()["items"][0]["verdict"] == "错"


@pytest.mark.parametrize(
    "body",
    [
        {"verdict": "还行"},
        {"verdict": 1},
        {"reason": "x"},
        {"verdict": "对", "x": 1},
        {"verdict": "对", "reason": "长" * 501},
        {"verdict": "对", "version": "1"},
    ],
)
def test_a_score_off_the_scale_is_refused(desk: TestClient, sheet: str, body: dict[str, Any]) -> None:
    assert desk.put(f"{sheet}/scores/1", json=body).status_code == 422
    assert say(desk, sheet, 99, "对").status_code == 422


def test_a_workbook_goes_out_and_comes_back_once(desk: TestClient, sheet: str) -> None:
    book = desk.get(f"{sheet}/workbook")
    assert "attachment" in book.headers["content-disposition"]
    filled = load_workbook(io.BytesIO(book.content))
    for row in filled["打分"].iter_rows(min_row=2):
        row[4].value = "部分对"
    buffer = io.BytesIO()
    filled.save(buffer)
    taken = send(desk, f"{sheet}/workbook", "李四.xlsx", buffer.getvalue())
    assert taken.json() == {"scorer": "李四", "n": 4}
    assert send(desk, f"{sheet}/workbook", "李四.xlsx", buffer.getvalue()).status_code == 409
    assert send(desk, f"{sheet}/workbook", "王五.csv", b"a,b\n1,2\n").status_code == 422
    assert send(desk, f"{sheet}/workbook", ".xlsx", buffer.getvalue()).status_code == 422
    assert desk.post(f"{sheet}/workbook", content=buffer.getvalue()).status_code == 422
    assert desk.post(f"{sheet}/result").json()["agreement"]["scorers"] == ["李四"]


def test_no_sheet_of_that_name(desk: TestClient) -> None:
    for act in (desk.get("/api/v1/sheets/x"), desk.post("/api/v1/sheets/x/result"), desk.get("/api/v1/sheets/x/gold")):
        assert (act.status_code, act.json()["code"]) == (404, "measuring.sheet_not_found")
    assert desk.post("/api/v1/sheets", json={"run_id": "x", "size": 1}).status_code == 404
