"""Gold sets from the command line: check, import, split, and a logged call that becomes a masked question."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from assistant.api.journal import Event, Journal
from assistant.runtime import open_runtime
from assistant.settings import Settings
from assistant.suggest.request import SuggestRequest
from tests.assistant.cli.conftest import Zhida
from tests.assistant.cli.test_eval import LINE, QUESTIONS, write

CSV = "客户的话,业务类型,类别,标准答案,要不要工单\n交费去哪里交,咨询,电价电费,Q1,否\n"
PHONE = "13812345678"


def say(data: Path, *texts: str, facts: dict[str, str] | None = None) -> None:
    """Put suggestions into the log the way the console does."""
    with open_runtime(Settings(data=data, encoder="tiny"), write=True) as runtime:
        journal = Journal(runtime.database, runtime.masker)
        for text in texts:
            request = SuggestRequest(text=text, facts=facts or {}, as_of=dt.date(2026, 11, 1))
            suggestion = runtime.assistant.answer(request)
            at = dt.datetime(2026, 11, 1, 9, tzinfo=runtime.clock.now().tzinfo)
            journal.record(Event(at=at, request=request, suggestion=suggestion, account="坐席"))
        runtime.database.write(lambda _connection: None)


def test_check_is_clean_or_red(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    clean = write(tmp_path / "好.jsonl", {**LINE, "text": "我想问问钱交到什么地方"})
    done = zhida("eval", "check", clean, "--json", "--data", own)
    assert (done.code, done.json["leaks"], done.json["unknown"], done.json["n"]) == (0, [], [], 1)
    assert "没有雷同" in zhida("eval", "check", clean, "--data", own).out
    leaked = zhida("eval", "check", write(tmp_path / "漏.jsonl"), "--json", "--data", own)
    assert leaked.code == 1
    assert ("a1", "相似问") in {(leak["question_id"], leak["source"]) for leak in leaked.json["leaks"]}
    strange = zhida("eval", "check", write(tmp_path / "生.jsonl", {**LINE, "entries": ["X9"]}), "--data", own)
    assert strange.code == 1
    assert "a1→X9" in strange.out


def test_check_against_training_files(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    text = "我想问问钱交到什么地方"
    gold = write(tmp_path / "好.jsonl", {**LINE, "text": text})
    train = write(tmp_path / "train.jsonl", {"text": f"{text}啊"})
    done = zhida("eval", "check", gold, "--train", train, "--json", "--data", own)
    assert (done.code, [leak["source"] for leak in done.json["leaks"]]) == (1, ["train.jsonl"])


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_import_writes_a_set_that_runs(zhida: Zhida, own: Path, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "题.csv").write_bytes(CSV.encode(encoding))
    target = tmp_path / "题.jsonl"
    done = zhida("eval", "import", tmp_path / "题.csv", "--out", target, "--json")
    assert (done.code, done.json["n"]) == (0, 1)
    assert zhida("eval", "run", target, "--json", "--data", own).json["n"] == 1
    again = zhida("eval", "import", tmp_path / "题.csv", "--out", target)
    assert (again.code, "已有这个文件" in again.err) == (2, True)


def test_a_bad_table_writes_nothing(zhida: Zhida, tmp_path: Path) -> None:
    (tmp_path / "题.csv").write_text(CSV.replace("否", "也许"), encoding="utf-8")
    done = zhida("eval", "import", tmp_path / "题.csv", "--out", tmp_path / "题.jsonl")
    assert (done.code, "第 2 行" in done.err) == (2, True)
    assert not (tmp_path / "题.jsonl").exists()


def test_split_writes_two_sets(zhida: Zhida, tmp_path: Path) -> None:
    gold = write(tmp_path / "全.jsonl")
    names = ("--first", tmp_path / "a.jsonl", "--second", tmp_path / "b.jsonl")
    done = zhida("eval", "split", gold, *names, "--json")
    assert (done.code, sum(done.json["sizes"])) == (0, len(QUESTIONS))
    assert zhida("eval", "split", gold, *names).code == 2
    assert zhida("eval", "split", gold, "--first", tmp_path / "c", "--second", tmp_path / "c").code == 2


def test_a_logged_call_becomes_a_masked_question(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    say(own, f"我电话{PHONE}，电费去哪交", "您好")
    newest, first = zhida("eval", "logged", "--json", "--data", own).lines
    assert (newest["text"], PHONE in first["text"]) == ("您好", False)
    assert "您好" in zhida("eval", "logged", "--data", own).out
    target = tmp_path / "日志题.jsonl"
    done = zhida("eval", "add", first["number"], "--to", target, "--entry", "Q1", "--json", "--data", own)
    assert (done.code, done.json["guessed"]) == (0, ["业务类型", "类别", "要不要工单"])
    line = json.loads(target.read_text(encoding="utf-8"))
    assert (line["entries"], line["source"], line["as_of"]) == (["Q1"], "日志", None)
    assert PHONE not in target.read_text(encoding="utf-8")
    labels = ("--call-type", "咨询", "--category", "其他咨询", "--no-order", "--no-answer")
    done = zhida("eval", "add", newest["number"], "--to", target, *labels, "--data", own)
    assert (done.code, "共 2 题" in done.out.replace("\n", ""), "请核对" in done.out) == (0, True, False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("1",), "二选一"),
        (("1", "--entry", "Q1", "--no-answer"), "二选一"),
        (("1", "--entry", "X9"), "X9"),
        (("99", "--no-answer"), "第 99 号"),
        (("1", "--no-answer", "--call-type", "闲聊"), "call_type 不认识"),
        (("1", "--no-answer", "--category", "闲聊"), "categories 不认识"),
    ],
)
def test_a_logged_call_needs_an_answer_that_exists(
    zhida: Zhida, own: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    say(own, "电费去哪交")
    target = tmp_path / "x.jsonl"
    done = zhida("eval", "add", *arguments, "--to", target, "--data", own)
    assert (done.code, said in done.err) == (2, True), done
    assert not target.exists()
