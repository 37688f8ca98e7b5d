"""`zhida eval`: running, comparing and reporting from the command line, and every way to ask for what is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.assistant.cli.conftest import Zhida

LINE: dict[str, Any] = {
    "id": "a1",
    "text": "电费怎么交",
    "call_type": "咨询",
    "categories": ["电价电费"],
    "entries": ["Q1"],
    "needs_work_order": False,
}
QUESTIONS = (
    LINE,
    {**LINE, "id": "a2", "text": "修电的多久来", "entries": ["Q2"], "categories": ["服务规范"]},
    {**LINE, "id": "a3", "text": "房子卖了怎么办", "entries": ["Q3"], "categories": ["用电业务"]},
    {**LINE, "id": "a4", "text": "您好", "entries": [], "categories": ["其他咨询"]},
)


def write(path: Path, *lines: dict[str, Any], encoding: str = "utf-8") -> Path:
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines or QUESTIONS)
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return write(tmp_path / "小题集.jsonl")


@pytest.fixture
def relabelled(tmp_path: Path) -> Path:
    """The same questions with the answers of two of them swapped."""
    folder = tmp_path / "错"
    folder.mkdir()
    first, second, *rest = QUESTIONS
    return write(folder / "小题集.jsonl", {**first, "entries": ["Q2"]}, {**second, "entries": ["Q1"]}, *rest)


def test_a_run_is_stored_with_all_it_was_made_of(zhida: Zhida, own: Path, gold: Path) -> None:
    made = zhida("eval", "run", gold, "--json", "--data", own)
    assert made.code == 0, made
    stored = json.loads(Path(made.json["file"]).read_text(encoding="utf-8"))
    assert (stored["set_name"], stored["releases"], len(stored["set_hash"])) == ("小题集", [1], 64)
    assert stored["code_version"]
    assert stored["settings"]["encoder"] == "tiny"
    assert stored["settings"]["ranker"]
    assert made.json["figures"]["hit@1"]["value"] == 1.0
    assert made.json["figures"]["forbidden_rate"]["value"] == 0.0
    shown = zhida("eval", "run", gold, "--data", own)
    assert "首位命中率" in shown.out
    assert "用时" in shown.out


def test_an_earlier_release_can_be_measured(zhida: Zhida, own: Path, gold: Path, tmp_path: Path) -> None:
    more = tmp_path / "更多.csv"
    more.write_text(
        "编号,标准问题,相似问,适用条件,答案,分类\nQ9,空调怎么清洗,空调怎么洗,,请联系厂家。,用电常识\n", encoding="utf-8"
    )
    assert zhida("ingest", more, "--publish", "--yes", "--data", own).code == 0
    question = write(tmp_path / "新.jsonl", {**LINE, "text": "空调怎么洗", "entries": ["Q9"]})
    newest = zhida("eval", "run", question, "--json", "--data", own)
    first = zhida("eval", "run", question, "--release", 1, "--json", "--data", own)
    assert [newest.json["releases"], first.json["releases"]] == [[2], [1]]
    assert [made.json["figures"]["hit@1"]["value"] for made in (newest, first)] == [1.0, 0.0]
    assert "Q9" in first.err


def test_a_release_that_is_not_there(zhida: Zhida, base: Path, gold: Path) -> None:
    done = zhida("eval", "run", gold, "--release", 9, "--json", "--data", base)
    assert (done.code, done.json["error"]["code"]) == (2, "kb.not_found")
    assert "第 9 版" in done.err


def test_compare_takes_the_run_before_of_the_same_set(zhida: Zhida, own: Path, gold: Path, relabelled: Path) -> None:
    zhida("eval", "run", gold, "--data", own)
    assert zhida("eval", "compare", "--data", own).code == 2
    zhida("eval", "run", gold, "--data", own)
    same = zhida("eval", "compare", "--json", "--data", own)
    assert (same.code, same.json["shifts"], same.json["same_set"]) == (0, [], True)
    zhida("eval", "run", relabelled, "--data", own)
    other = zhida("eval", "compare", "--json", "--data", own)
    assert other.json["same_set"] is False
    assert "能测出" in zhida("eval", "compare", "--data", own).out


def test_the_report_is_written_beside_the_run(zhida: Zhida, own: Path, gold: Path) -> None:
    zhida("eval", "run", gold, "--data", own)
    done = zhida("eval", "report", "--json", "--data", own)
    assert Path(done.json["html"]).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert Path(done.json["markdown"]).is_file()


def test_gb18030_is_read_like_utf8(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    done = zhida("eval", "run", write(tmp_path / "国标.jsonl", encoding="gb18030"), "--json", "--data", own)
    assert (done.code, done.json["n"]) == (0, 4)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", "没有题"),
        ('{"id": "a"}', "缺少字段"),
        ("{", "第 1 行"),
        (json.dumps({**LINE, "call_type": "闲聊"}), "call_type 不认识"),
        (
            json.dumps(LINE) + "\n" + json.dumps({**LINE, "id": "b", "entries": ["Q2"]}),
            "同一句话，标注却不同",
        ),
    ],
)
def test_a_bad_set_is_refused_whole(zhida: Zhida, own: Path, tmp_path: Path, lines: str, said: str) -> None:
    path = tmp_path / "坏.jsonl"
    path.write_text(lines, encoding="utf-8")
    done = zhida("eval", "run", path, "--data", own)
    assert done.code == 2
    assert said in done.err
    assert not (own / "eval").exists()


def test_unknown_entries_are_counted_and_said(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "陌生.jsonl", {**LINE, "entries": ["没有的"]})
    done = zhida("eval", "run", path, "--json", "--data", own)
    assert (done.code, done.json["figures"]["hit@1"]["value"]) == (0, 0.0)
    assert "没有的" in done.err


@pytest.mark.parametrize(
    "arguments",
    [("run", "no-such-set"), ("compare", "20990101", "latest"), ("report", "20990101")],
)
def test_what_is_not_there_is_exit_two_with_a_cure(zhida: Zhida, own: Path, arguments: tuple[str, ...]) -> None:
    done = zhida("eval", *arguments, "--data", own)
    assert done.code == 2
    assert "办法" in done.err
