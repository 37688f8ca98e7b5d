"""`zhida init`, `ingest`, `kb`: exit codes, dry runs, second runs, withdrawals, the export that comes back the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.assistant.cli.conftest import ANSWERS, Zhida, snapshot


def shown(zhida: Zhida, data: Path, said: str) -> list[str]:
    return [answer["entry_id"] for answer in zhida("suggest", said, "--json", "--data", data).json["answers"]]


def test_an_empty_base_answers_low_and_takes_any_folder(zhida: Zhida, sources: Path, tmp_path: Path) -> None:
    data = tmp_path / "d"
    assert zhida("init", "--empty", "--data", data, "--json").json == {"data": str(data), "release": 0}
    assert zhida("suggest", "电费怎么交", "--json", "--data", data).json["band"] == "low"
    done = zhida("ingest", sources, "--publish", "--yes", "--data", data)
    assert (done.code, "新增" in done.out) == (0, True)
    assert shown(zhida, data, "在哪里缴费")[0] == "Q1"


def test_a_second_ingest_changes_nothing(zhida: Zhida, files: Path, own: Path) -> None:
    before = zhida("kb", "export", "--data", own).out
    report = zhida("ingest", files, "--publish", "--yes", "--json", "--data", own).json
    assert (report["skipped"], report["release"]) == (5, 1)
    assert (report["created"], report["changed"], report["removed"], report["conflict"]) == (0, 0, 0, 0)
    assert zhida("kb", "export", "--data", own).out == before


def test_a_dry_run_writes_nothing(zhida: Zhida, files: Path, own: Path) -> None:
    (files / "问答.csv").write_text(ANSWERS + "Q4,怎么销户,,,到营业厅销户。,用电业务\n", encoding="utf-8")
    before = snapshot(own)
    done = zhida("ingest", files, "--dry-run", "--json", "--data", own)
    assert (done.code, done.json["dry_run"], done.json["created"], done.json["unchanged"]) == (0, True, 1, 3)
    assert snapshot(own) == before


def test_drafts_answer_nothing_until_they_are_published(zhida: Zhida, files: Path, own: Path) -> None:
    (files / "问答.csv").write_text(ANSWERS + "Q4,怎么销户,,,到营业厅销户。,用电业务\n", encoding="utf-8")
    assert zhida("ingest", files, "--data", own).code == 0
    assert "Q4" not in shown(zhida, own, "怎么销户")
    assert zhida("ingest", files, "--publish", "--yes", "--data", own).code == 0
    assert shown(zhida, own, "怎么销户")[0] == "Q4"


def test_publishing_asks_first(zhida: Zhida, files: Path, own: Path) -> None:
    (files / "问答.csv").write_text(ANSWERS.replace("怎么过户", "怎样过户"), encoding="utf-8")
    before = zhida("kb", "export", "--data", own).out
    done = zhida("ingest", files, "--publish", "--data", own, stdin="n\n")
    assert "写入并发布" in done.err
    assert zhida("kb", "export", "--data", own).out == before
    zhida("ingest", files, "--publish", "--data", own, stdin="y\n")
    assert "怎样过户" in zhida("kb", "export", "--data", own).out


def test_a_removed_row_is_withdrawn_and_a_changed_one_changes(zhida: Zhida, files: Path, own: Path) -> None:
    rows = ANSWERS.replace("网上国网或营业厅都可以交。", "只能网上交。").split("\n")
    (files / "问答.csv").write_text("\n".join(row for row in rows if not row.startswith("Q3")), encoding="utf-8")
    report = zhida("ingest", files, "--publish", "--yes", "--json", "--data", own).json
    assert (report["removed"], report["changed"], report["release"]) == (1, 1, 2)
    assert "Q3" not in shown(zhida, own, "怎么过户")
    assert "凭房产证" not in zhida("suggest", "怎么过户", "--explain", "--json", "--data", own).out
    paid = zhida("suggest", "电费怎么交", "--json", "--data", own).json
    assert paid["answers"][0]["answer"] == "只能网上交。"
    assert paid["release"] == 2


@pytest.mark.parametrize("again", [False, True])
def test_a_bad_row_is_exit_one_and_the_good_ones_load(zhida: Zhida, tmp_path: Path, *, again: bool) -> None:
    sheet = tmp_path / "问答.csv"
    sheet.write_text(ANSWERS + "Q9,没有答案的问题,,,,用电业务\n", encoding="utf-8")
    arguments = ("ingest", sheet, "--publish", "--yes", "--data", tmp_path / "d")
    done = zhida(*arguments)
    if again:
        done = zhida(*arguments)
    assert done.code == 1
    assert "问答.csv" in done.err
    assert "第 6 行" in done.err
    assert shown(zhida, tmp_path / "d", "怎么过户")[0] == "Q3"
    findings = zhida(*arguments, "--json").json["findings"]
    assert [(finding["file"], finding["row"]) for finding in findings] == [("问答.csv", 6)]


@pytest.mark.parametrize("content", [None, b"", b"\x00\xff\x02" * 99])
def test_nothing_done_is_exit_two_with_the_cure(zhida: Zhida, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.csv"
    if content is not None:
        path.write_bytes(content)
    done = zhida("ingest", path, "--publish", "--yes", "--data", tmp_path / "d")
    assert done.code == 2
    assert "错误" in done.err
    assert "办法" in done.err
    assert zhida("kb", "stats", "--json", "--data", tmp_path / "d").json["release"] == 0


def test_an_error_is_json_when_json_is_asked_for(zhida: Zhida, tmp_path: Path) -> None:
    done = zhida("ingest", tmp_path / "none", "--json", "--data", tmp_path / "d")
    assert set(done.json["error"]) == {"code", "message", "hint"}


@pytest.mark.parametrize(
    "command", [["kb", "stats"], ["suggest", "电费"], ["ingest", "x", "--dry-run"], ["kb", "check"]]
)
def test_reading_what_was_never_initialised_says_what_to_do(zhida: Zhida, tmp_path: Path, command: list[str]) -> None:
    done = zhida(*command, "--data", tmp_path / "none")
    assert done.code == 2
    assert "zhida init" in done.err
    assert not (tmp_path / "none").exists()


def test_an_export_comes_back_the_same(zhida: Zhida, base: Path, tmp_path: Path) -> None:
    exported = zhida("kb", "export", "--json", "--data", base).out
    assert zhida("kb", "export", "--out", tmp_path / "all.jsonl", "--data", base).code == 0
    assert (tmp_path / "all.jsonl").read_text(encoding="utf-8") == exported
    assert zhida("init", "--empty", "--data", tmp_path / "d").code == 0
    assert zhida("ingest", tmp_path / "all.jsonl", "--publish", "--yes", "--data", tmp_path / "d").code == 0
    assert zhida("kb", "export", "--json", "--data", tmp_path / "d").out == exported


def test_an_export_has_the_designs_keys(zhida: Zhida, base: Path) -> None:
    lines = zhida("kb", "export", "--data", base).lines
    entries = [line for line in lines if "entry_id" in line]
    passages = [line for line in lines if "passage_id" in line]
    assert len(entries) + len(passages) == len(lines)
    wanted = "entry_id kind question phrasings branches categories facts sources visibility valid_from valid_to status"
    assert all({*wanted.split(), "flags"} <= set(line) for line in entries)
    assert all({"when", "answer"} == set(branch) for line in entries for branch in line["branches"])
    assert all({"passage_id", "document", "locator", "text", "valid_from", "valid_to"} <= set(p) for p in passages)
    assert {line["entry_id"] for line in entries} == {"Q1", "Q2", "Q3", "G1", "E1", "E2"}
    assert next(line for line in entries if line["entry_id"] == "Q2")["facts"] == ["区域"]


def test_an_export_that_cannot_be_written_says_so(zhida: Zhida, base: Path, tmp_path: Path) -> None:
    done = zhida("kb", "export", "--out", tmp_path / "no" / "all.jsonl", "--data", base)
    assert (done.code, "写不进去" in done.err) == (2, True)


def test_stats_list_and_show(zhida: Zhida, base: Path) -> None:
    figures = zhida("kb", "stats", "--json", "--data", base).json
    assert (figures["release"], figures["entries"], figures["guards"], figures["documents"]) == (1, 5, 1, 3)
    rows = zhida("kb", "list", "--category", "服务规范", "--json", "--data", base).lines
    assert [row["entry_id"] for row in rows] == ["Q2"]
    assert len(zhida("kb", "list", "--limit", "2", "--json", "--data", base).lines) == 2
    assert zhida("kb", "show", "Q3", "--json", "--data", base).json["question"] == "怎么过户"
    assert "凭房产证" in zhida("kb", "show", "Q3", "--data", base).out
    missing = zhida("kb", "show", "Q99", "--data", base)
    assert (missing.code, "Q99" in missing.err) == (2, True)


def test_check_finds_broken_links_and_shared_phrasings(zhida: Zhida, base: Path, files: Path, own: Path) -> None:
    clean = zhida("kb", "check", "--json", "--data", base)
    assert (clean.code, clean.json) == (0, [])
    more = "编号,标准问题,相似问,答案,后续提示,来源\nZ1,另一个问法,怎么缴电费,去交。,没有的,《供电办法》第九条\n"
    (files / "更多.csv").write_text(more, encoding="utf-8")
    assert zhida("ingest", files, "--publish", "--yes", "--data", own).code == 0
    found = zhida("kb", "check", "--json", "--data", own)
    messages = [problem["message"] for problem in found.json]
    assert found.code == 1
    assert any("没有的" in message for message in messages)
    assert any("怎么缴电费" in message and "Q1" in message for message in messages)
    assert any("供电办法" in message and "第九条" in message for message in messages)
