"""`zhida eval sheet` and `zhida eval score`, from a run to new gold."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.assistant.cli.conftest import Zhida
from tests.assistant.cli.test_eval import write


def fill(source: Path, target: Path, verdict: str, *, first: str = "") -> Path:
    book = load_workbook(source)
    for place, row in enumerate(book["打分"].iter_rows(min_row=2)):
        row[4].value = first if first and not place else verdict
    book.save(target)
    return target


@pytest.fixture
def sheet(zhida: Zhida, own: Path, tmp_path: Path) -> Path:
    zhida("eval", "run", write(tmp_path / "题.jsonl"), "--data", own)
    done = zhida("eval", "sheet", "--out", tmp_path / "卷.xlsx", "--json", "--data", own)
    assert (done.code, done.json["n"]) == (0, done.json["answered"])
    return tmp_path / "卷.xlsx"


def test_from_a_run_to_gold(zhida: Zhida, own: Path, sheet: Path, tmp_path: Path) -> None:
    one = fill(sheet, tmp_path / "张三.xlsx", "对", first="错")
    other = fill(sheet, tmp_path / "李四.xlsx", "对")
    alone = zhida("eval", "score", other, "--data", own)
    assert (alone.code, "只有一人打分" in alone.out) == (0, True)
    ruling = tmp_path / "裁定.xlsx"
    both = zhida("eval", "score", one, other, "--adjudicate", ruling, "--json", "--data", own)
    assert (both.code, len(both.json["disputed"])) == (1, 1)
    fill(ruling, ruling, "错")
    gold = tmp_path / "新题.jsonl"
    final = zhida("eval", "score", one, other, "--final", ruling, "--gold", gold, "--json", "--data", own)
    assert (final.code, final.json["disputed"], final.json["decided"][0]["by"]) == (0, [], "裁定")
    assert zhida("eval", "run", gold, "--json", "--data", own).code == 0


def test_the_page_and_what_cannot_be_written(zhida: Zhida, own: Path, sheet: Path, tmp_path: Path) -> None:
    assert zhida("eval", "sheet", "--out", tmp_path / "卷.html", "--data", own).code == 0
    assert "<script>" in (tmp_path / "卷.html").read_text(encoding="utf-8")
    for name in ("卷.xlsx", "卷.pdf"):
        assert zhida("eval", "sheet", "--out", tmp_path / name, "--data", own).code == 2


def test_bad_sheets_are_exit_two(zhida: Zhida, own: Path, sheet: Path, tmp_path: Path) -> None:
    off = zhida("eval", "score", fill(sheet, tmp_path / "甲.xlsx", "一般"), "--data", own)
    assert (off.code, "对" in off.err, "第 2 行" in off.err) == (2, True, True)
    blank = zhida("eval", "score", sheet, "--data", own)
    assert (blank.code, "一个分数也没有" in blank.err) == (2, True)
    elsewhere = zhida("eval", "score", sheet, "--data", tmp_path / "别处")
    assert (elsewhere.code, "底稿" in elsewhere.err) == (2, True)
    assert zhida("eval", "score", tmp_path / "没有.xlsx", "--data", own).code == 2
