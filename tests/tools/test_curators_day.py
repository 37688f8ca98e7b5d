"""The curator's day runs, and the page shows what it prints today."""

from __future__ import annotations

import re

import pytest

from tools.show_curators_day import PAGE, page, surroundings, transcript


@pytest.mark.slow
def test_the_day_runs_and_the_page_shows_it() -> None:
    stored, shown = PAGE.read_text(encoding="utf-8"), page(transcript())
    assert stored == shown, "run `python -m tools.show_curators_day`"


def test_the_page_shows_every_turn_of_the_day() -> None:
    shown = PAGE.read_text(encoding="utf-8")
    for said in (
        "属于 D1", "天文地理", "晚于", "已存为草稿", "已送审", "没有这个权限", "已发布第 1 版", "铁疙瘩→电能表",
        "已生效", "不再作答", "已发布第 2 版",
        "当前发布第 3 版，内容同第 1 版", "5个工作日", "已撤销",
    ):  # fmt: skip
        assert said in shown, said
    assert re.search(r"\d{2}:\d{2}:\d{2}", shown) is None


def test_what_changes_from_run_to_run_is_left_out() -> None:
    printed = "\n# 一\n$ zhida x\n2026-11-22T12:00:00+08:00 用时 3.5 ms   \n\n# 二\n" + "a" * 64 + "\n"
    made = page(printed)
    assert made.count("## ") == 2
    assert "〔时刻〕 用时 〔耗时〕\n" in made
    assert "〔校验值〕" in made


def test_the_day_is_run_with_default_settings() -> None:
    given = surroundings({"ZHIDA_ENCODER": "tiny", "ZHIDA_DATA": "/x", "HOME": "/home/li"})
    assert set(given) == {"HOME", "ZHIDA", "PYTHONPATH"}
