"""`zhida suggest`: one utterance, facts, days, and a file of questions in which bad lines never stop the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.assistant.cli.conftest import Zhida, snapshot


def test_the_exact_answer_for_people_and_for_programs(zhida: Zhida, base: Path) -> None:
    done = zhida("suggest", "在哪里缴费", "--data", base)
    assert done.code == 0
    assert "高：可直接答复" in done.out
    assert "网上国网或营业厅都可以交。" in done.out
    data = zhida("suggest", "在哪里缴费", "--json", "--data", base).json
    assert (data["answers"][0]["entry_id"], data["band"], data["release"]) == ("Q1", "high", 1)
    assert "candidates" not in data
    assert "candidates" in zhida("suggest", "在哪里缴费", "--json", "--explain", "--data", base).json


def test_case_11_on_the_command_line(zhida: Zhida, base: Path) -> None:
    open_ = zhida("suggest", "居民用电多少钱一度", "--json", "--data", base).json
    assert [ask["fact"] for ask in open_["must_ask"]] == ["用户类别"]
    assert "0.5" not in json.dumps(open_["answers"])
    settled = zhida("suggest", "居民用电多少钱一度", "--fact", "用户类别=合表", "--json", "--data", base).json
    texts = json.dumps([answer["answer"] for answer in settled["answers"]])
    assert "0.5469" not in texts
    assert settled["must_ask"] == []
    assert settled["band"] == "low" or "0.5886" in texts


def test_facts_choose_the_branch_and_days_choose_the_knowledge(zhida: Zhida, base: Path) -> None:
    village = zhida("suggest", "抢修多久能到", "--fact", "区域=农村", "--json", "--data", base).json
    assert village["answers"][0]["answer"] == "90分钟到场。"
    now = zhida("suggest", "旧的交费办法", "--json", "--explain", "--data", base).out
    assert "去邮局交" not in now
    then = zhida("suggest", "旧的交费办法", "--as-of", "2023-05-01", "--json", "--data", base).json
    assert (then["as_of"], then["answers"][0]["answer"]) == ("2023-05-01", "去邮局交。")


@pytest.mark.parametrize("said", ["内部口径", "换表多少钱", "旧的交费办法"])
def test_what_may_not_be_said_is_nowhere(zhida: Zhida, base: Path, said: str) -> None:
    data = zhida("suggest", said, "--json", "--explain", "--data", base).json
    answers = json.dumps([data["answers"], data["candidates"], data["nearby"]], ensure_ascii=False)
    assert not any(text in answers for text in ("只供内部", "九十九块", "去邮局交"))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [""],
        ["\x07\x00"],
        ["电" * 20_000],
        ["电费", "--fact", "用户类别"],
        ["电费", "--fact", "用户类别=火星"],
        ["电费", "--as-of", "昨天"],
        ["电费", "--batch", "x.jsonl"],
        ["--batch", "does-not-exist.jsonl"],
    ],
)
def test_bad_requests_are_exit_two_with_a_cure(zhida: Zhida, base: Path, arguments: list[str]) -> None:
    done = zhida("suggest", *arguments, "--data", base)
    assert done.code == 2
    assert "错误" in done.err
    assert "办法" in done.err


def questions(folder: Path, *lines: str) -> Path:
    path = folder / "in.jsonl"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    return path


BAD = ("{", "null", "[]", "3", '{"id":"e"}', '{"id":"f","text":""}', '{"id":"g","text":"电","facts":{"用户类别":"x"}}')


def test_a_batch_answers_every_good_line(zhida: Zhida, base: Path, tmp_path: Path) -> None:
    good = [
        {"id": "a", "text": "电费怎么交"},
        {"id": "b", "text": "抢修多久能到", "facts": {"区域": "城区"}},
        {"text": "您好"},
    ]
    source = questions(tmp_path, *(json.dumps(line) for line in good), "")
    done = zhida("suggest", "--batch", source, "--out", tmp_path / "out.jsonl", "--data", base)
    assert (done.code, done.out) == (0, "")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").split("\n") if line]
    assert [line["id"] for line in lines] == ["a", "b", None]
    assert lines[1]["answers"][0]["answer"] == "45分钟到场。"
    assert not list(tmp_path.glob("*.part"))
    assert zhida("suggest", "--batch", source, "--data", base).lines[0]["answers"][0]["entry_id"] == "Q1"


@pytest.mark.parametrize("bad", [*BAD, "[" * 100_000, '{"id":"h","text":3}'])
def test_a_bad_line_is_exit_one_and_the_others_are_answered(zhida: Zhida, base: Path, tmp_path: Path, bad: str) -> None:
    source = questions(tmp_path, '{"id":"a","text":"电费怎么交"}', bad, '{"id":"z","text":"怎么过户"}')
    done = zhida("suggest", "--batch", source, "--data", base)
    assert done.code == 1
    first, middle, last = done.lines
    assert (first["answers"][0]["entry_id"], last["answers"][0]["entry_id"]) == ("Q1", "Q3")
    assert middle["line"] == 2
    assert set(middle["error"]) == {"code", "message", "hint"}
    assert "1 行没有作答" in done.err


@pytest.mark.parametrize("odd", ["\u2028", "\u0085"])
def test_a_line_ends_at_a_newline_and_nowhere_else(zhida: Zhida, base: Path, tmp_path: Path, odd: str) -> None:
    line = json.dumps({"id": "a", "text": f"电费{odd}怎么交"}, ensure_ascii=False)
    done = zhida("suggest", "--batch", questions(tmp_path, line), "--data", base)
    assert (done.code, [answer["id"] for answer in done.lines]) == (0, ["a"])


def test_what_utf8_cannot_hold_does_not_stop_a_batch(zhida: Zhida, base: Path, tmp_path: Path) -> None:
    lines = ('{"id":"a","text":"电费\\ud83d怎么交"}', '{"id":"b","text":"电\ud83d费"}', '{"id":"c","text":"🙂"}')
    done = zhida("suggest", "--batch", questions(tmp_path, *lines), "--out", tmp_path / "o", "--data", base)
    assert done.code in {0, 1}
    text = (tmp_path / "o").read_text(encoding="utf-8")
    assert [json.loads(line)["id"] for line in text.split("\n") if line] == ["a", "b", "c"]


def test_an_output_that_cannot_be_written_says_so(zhida: Zhida, base: Path, tmp_path: Path) -> None:
    source = questions(tmp_path, '{"id":"a","text":"电费怎么交"}')
    done = zhida("suggest", "--batch", source, "--out", tmp_path / "no" / "o", "--data", base)
    assert (done.code, "写不进去" in done.err) == (2, True)


def test_asking_changes_no_record_and_no_index(zhida: Zhida, own: Path) -> None:
    before = snapshot(own)
    zhida("suggest", "电费怎么交", "--data", own)
    assert snapshot(own) == before
