"""`zhida entry`, `zhida release`: a curator's day at the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.assistant.cli.conftest import Zhida


@pytest.fixture
def day(zhida: Zhida, own: Path) -> Any:
    """Run a command as JSON on a base with a curator and two reviewers; return the exit code and what was printed."""
    for name, role in (("li", "curator"), ("wang", "reviewer"), ("sun", "reviewer")):
        assert zhida("user", "add", name, "--role", role, "--data", own).code == 0

    def run(*args: object) -> tuple[int, Any]:
        said = zhida(*args, "--json", "--data", own)
        return said.code, said.lines if len(said.lines) != 1 else said.lines[0]

    return run


def draft(tmp_path: Path, day: Any, entry_id: str = "Q1", **changes: Any) -> Path:
    content = {**day("entry", "show", entry_id)[1]["content"], **changes}
    path = tmp_path / f"{entry_id}.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def answers(day: Any, said: str) -> list[str]:
    return [answer["entry_id"] for answer in day("suggest", said)[1]["answers"]]


def test_from_draft_to_release_and_back(day: Any, tmp_path: Path) -> None:
    path = draft(tmp_path, day, branches=[{"when": {}, "answer": "现在只能在网上交。"}])
    assert day("entry", "save", path, "--as", "li", "--reason", "窗口关了", "--expected", 1) == (
        0, {"entry_id": "Q1", "version": 2},
    )  # fmt: skip
    [change] = day("entry", "diff", "Q1")[1:]
    assert [one["field"] for one in change] == ["branches"]
    assert day("entry", "submit", "--all", "--as", "li")[1]["done"] == [
        {"kind": "entry", "item_id": "Q1", "version": 2}
    ]
    assert [one["state"] for one in day("entry", "queue")[1]] == ["pending"]
    assert day("entry", "approve", "--all", "--as", "wang")[0] == 0
    assert day("release", "publish", "--as", "wang", "--note", "十一月更正")[1]["release"] == 2
    assert day("suggest", "电费怎么交")[1]["answers"][0]["answer"] == "现在只能在网上交。"
    assert day("release", "diff", 1, 2)[1]["entries"][0]["id"] == "Q1"
    assert (
        day("release", "ask", "电费怎么交", "--release", 1)[1]["answers"][0]["answer"] == "网上国网或营业厅都可以交。"
    )
    code, report = day("release", "rollback", 1, "--as", "sun", "--reason", "窗口又开了")
    assert (code, report) == (0, {"release": 3, "changed": True, "dropped_drafts": []})
    assert day("suggest", "电费怎么交")[1]["answers"][0]["answer"] == "网上国网或营业厅都可以交。"
    listed = day("release", "list")[1]
    assert [(one["number"], one["action"], one["account"]) for one in listed] == [
        (3, "rollback", "sun"), (2, "publish", "wang"), (1, "publish", "ingest"),
    ]  # fmt: skip


def test_a_conflict_is_shown_and_nothing_is_saved(day: Any, tmp_path: Path) -> None:
    path = draft(tmp_path, day, owner="营销部")
    assert day("entry", "save", path, "--as", "li", "--reason", "改", "--expected", 1)[0] == 0
    code, said = day("entry", "save", path, "--as", "wang", "--reason", "改", "--expected", 1)
    assert (code, said["error"]["code"], said["error"]["current"]) == (2, "kb.edit_conflict", 2)
    assert said["error"]["sides"] == [
        {"field": "owner", "base": "", "theirs": "营销部", "mine": "营销部", "clash": False}
    ]
    assert len(day("entry", "history", "Q1")[1]) == 2


def test_authors_and_agents_do_not_approve(day: Any, tmp_path: Path, zhida: Zhida, own: Path) -> None:
    zhida("user", "add", "zhao", "--role", "agent", "--data", own)
    path = draft(tmp_path, day, owner="营销部")
    day("entry", "save", path, "--as", "wang", "--reason", "改", "--expected", 1)
    day("entry", "submit", "Q1", "--as", "li")
    code, said = day("entry", "approve", "Q1", "--as", "wang")
    assert (code, said["refused"][0]["error"]["code"]) == (1, "kb.self_approval")
    for name, wanted in (("li", "assistant.not_found"), ("zhao", "assistant.not_found"), ("wer", "accounts.missing")):
        code, said = day("entry", "approve", "Q1", "--as", name)
        assert (code, said["error"]["code"]) == (2, wanted)
    assert day("entry", "approve", "Q1", "--as", "sun")[0] == 0


def test_a_schedule_waits_for_its_moment(day: Any, tmp_path: Path) -> None:
    path = draft(tmp_path, day, owner="营销部")
    day("entry", "save", path, "--as", "li", "--reason", "改", "--expected", 1)
    day("entry", "submit", "Q1", "--as", "li")
    assert day("entry", "approve", "Q1", "--as", "wang", "--at", "2999-01-01T08:00")[0] == 0
    assert day("release", "publish", "--due")[1] == {"release": 1, "changed": False}
    assert day("release", "publish", "--as", "wang")[1]["changed"] is False
    assert day("entry", "queue")[1][0]["publish_at"] == "2999-01-01T08:00:00+08:00"
    assert day("entry", "approve", "Q1", "--as", "wang", "--at", "明天")[0] == 2


def test_down_at_once_and_up_again(day: Any) -> None:
    assert day("entry", "withdraw", "Q1", "--now", "--as", "wang", "--reason", "口径错")[1]["release"] == 2
    assert "Q1" not in answers(day, "电费怎么交")
    assert day("entry", "archive", "Q1", "--as", "li", "--reason", "收起")[0] == 0
    assert [one["entry_id"] for one in day("entry", "list", "--stage", "已归档", "--limit", 9)[1:]] != []
    assert day("entry", "restore", "Q1", "--version", 1, "--as", "li", "--reason", "又对了")[1]["version"] == 3
    day("entry", "submit", "Q1", "--as", "li")
    day("entry", "approve", "Q1", "--as", "sun")
    assert day("release", "publish", "--as", "sun")[1]["release"] == 3
    assert answers(day, "电费怎么交")[0] == "Q1"


def test_an_ingest_does_not_publish_what_waits_for_review(day: Any, tmp_path: Path, zhida: Zhida, own: Path) -> None:
    path = draft(tmp_path, day, branches=[{"when": {}, "answer": "没有审过。"}])
    day("entry", "save", path, "--as", "li", "--reason", "改", "--expected", 1)
    more = tmp_path / "更多.csv"
    more.write_text("编号,标准问题,答案\nX1,游泳馆几点开门,早上九点。\n", encoding="utf-8")
    assert day("ingest", more, "--publish", "--yes")[1]["release"] == 2
    assert answers(day, "游泳馆几点开门")[0] == "X1"
    assert day("suggest", "电费怎么交")[1]["answers"][0]["answer"] == "网上国网或营业厅都可以交。"


def test_what_people_read(zhida: Zhida, own: Path) -> None:
    zhida("user", "add", "wang", "--role", "reviewer", "--data", own)
    assert "电费怎么交" in zhida("entry", "list", "--search", "电费", "--data", own).out
    assert "版本：1" in zhida("entry", "show", "Q1", "--data", own).out.replace("version", "版本")
    assert "ingest" in zhida("entry", "history", "Q1", "--data", own).out
    assert "没有要发布的" in zhida("release", "publish", "--as", "wang", "--data", own).out
    assert "与当前内容相同" in zhida("release", "rollback", 1, "--as", "wang", "--reason", "试", "--data", own).out
    assert zhida("release", "diff", 1, 9, "--data", own).code == 2
    assert zhida("entry", "show", "没有", "--data", own).code == 2


def test_a_workbook_goes_out_is_changed_and_comes_back(day: Any, tmp_path: Path) -> None:
    path = tmp_path / "条目.csv"
    assert day("entry", "export", path)[1]["entries"] == 5
    assert day("entry", "import", path, "--as", "li", "--dry-run")[1]["unchanged"] == 5
    text = path.read_text(encoding="utf-8-sig").replace("网上国网或营业厅都可以交。", "只能网上交。")
    path.write_text(text + "N1,,怎么开票,,,网上开。,电价电费\nN2,,怎么退费,,,,电价电费\n", encoding="utf-8")
    before = day("entry", "list")[1]
    code, plan = day("entry", "import", path, "--as", "li", "--dry-run")
    assert (code, plan["created"], plan["changed"], plan["unchanged"], plan["rejected"]) == (1, 1, 1, 4, 1)
    assert [(one["code"], one["row"]) for one in plan["findings"]] == [("no_answer", 9), ("past_date", 2)]
    assert day("entry", "list")[1] == before
    assert day("entry", "import", path, "--as", "li")[1]["conflicts"] == []
    assert day("entry", "import", path, "--as", "li")[1]["changed"] == 0
    assert {one["entry_id"] for one in day("entry", "list", "--stage", "草稿")[1]} == {"Q1", "N1"}
    assert len(day("entry", "submit", "--all", "--as", "li")[1]["done"]) == 2
    assert day("entry", "import", path, "--as", "zhao")[0] == 2


def test_columns_are_mapped_by_hand(day: Any, tmp_path: Path, zhida: Zhida, own: Path) -> None:
    path = tmp_path / "问法.csv"
    path.write_text("知识号,说法\nQ1,电费去哪交\nQ9,谁的\n", encoding="utf-8")
    assert day("entry", "import", path, "--as", "li", "--dry-run")[1]["findings"][0]["code"] == "no_entry_columns"
    said = zhida("entry", "import", path, "--as", "li", "--map", "知识号=编号", "--map", "说法=相似问", "--data", own)
    assert (said.code, "相似问" in said.out, "没有编号 Q9" in said.err) == (1, True, True)
    assert "电费去哪交" in day("entry", "show", "Q1")[1]["content"]["phrasings"]
    assert day("entry", "template", tmp_path / "模板.xlsx")[1]["columns"][0] == "编号"
