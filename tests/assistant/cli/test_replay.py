"""`zhida eval replay`: the same release changes nothing; a candidate that answers otherwise is seen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.assistant.cli.conftest import Zhida
from tests.assistant.cli.test_sets import say

DAY = ("--since", "2026-11-01")
NEW = "编号,标准问题,相似问,适用条件,答案,分类\nN1,电费怎么交,在哪里缴费,,现在只收网上交费。,电价电费\n"


def test_nothing_changes_on_the_same_release(zhida: Zhida, own: Path) -> None:
    say(own, "在哪里缴费", "在哪里缴费", "您好")
    done = zhida("eval", "replay", *DAY, "--json", "--data", own)
    assert (done.code, done.json["calls"], done.json["texts"], done.json["changed"]) == (0, 3, 2, [])


def test_a_candidate_folder_shows_what_would_change(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    candidate = Path(shutil.copytree(own, tmp_path / "candidate"))
    say(own, "修电的多久来", "在哪里缴费", "在哪里缴费")
    (tmp_path / "新.csv").write_text(NEW, encoding="utf-8")
    shown = zhida("ingest", tmp_path / "新.csv", "--publish", "--yes", "--data", candidate)
    assert shown.code == 0
    done = zhida("eval", "replay", *DAY, "--log", own, "--json", "--data", candidate)
    assert (done.code, done.json["release"]) == (1, 2)
    assert [(change["text"], change["calls"]) for change in done.json["changed"]] == [("在哪里缴费", 2)]
    assert "会变" in zhida("eval", "replay", *DAY, "--log", own, "--data", candidate).out
    old = zhida("eval", "replay", *DAY, "--log", own, "--release", 1, "--json", "--data", candidate)
    assert (old.code, old.json["changed"]) == (0, [])


@pytest.mark.parametrize("arguments", [(), ("--since", "2026-10-01"), ("--since", "昨天"), (*DAY, "--release", "9")])
def test_days_without_calls_and_releases_without_knowledge(
    zhida: Zhida, base: Path, arguments: tuple[str, ...]
) -> None:
    done = zhida("eval", "replay", *arguments, "--data", base)
    assert (done.code, "办法" in done.err) == (2, True)
