"""Casework on the command line: drafted replies, orders, cases and slots."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.cli.opening import opened
from assistant.services import services_of
from assistant.workorder.service import Filing
from tests.assistant.cli.conftest import Zhida


def test_a_bad_reply_exits_one_with_the_cure(zhida: Zhida, base: Path) -> None:
    done = zhida("check-script", "你户号多少？", "--data", base)
    assert done.code == 1
    assert "缺请" in done.out
    assert "改说" in done.out
    assert zhida("check-script", "请问您的户号是多少？", "--data", base).code == 0
    data = zhida("check-script", "请您稍等。", "--caller", "我要投诉", "--json", "--data", base).json
    assert (data["ok"], [remark["mark"] for remark in data["remarks"]]) == (False, ["缺致歉"])
    assert zhida("check-script", "", "--data", base).code == 2


def file_one(folder: Path) -> str:
    with opened(folder, write=True) as runtime:
        suggestion = runtime.assistant.suggest("家里没电了，电话13812345678")
        filing = Filing(
            account="张三", key="k", digest="d", suggestion=suggestion, form="报修单", needed=True, reason="改判"
        )
        order = services_of(runtime).orders.file(filing).order
    assert order is not None
    return order.number


@pytest.mark.usefixtures("zhida")
def test_orders_are_listed_and_shown(zhida: Zhida, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIDA_ENCODER", "tiny")
    assert zhida("order", "list", "--json", "--data", own).json == {"orders": []}
    number = file_one(own)
    assert number in zhida("order", "list", "--data", own).out
    (order,) = zhida("order", "list", "--form", "报修单", "--due-hours", "4", "--json", "--data", own).json["orders"]
    assert (order["number"], order["fields"]["联系电话"]) == (number, "13812345678")
    assert "13812345678" not in order["content"]
    assert zhida("order", "list", "--overdue", "--json", "--data", own).json == {"orders": []}
    assert zhida("order", "show", number, "--json", "--data", own).json["events"][0]["kind"] == "受理"
    assert "报修单" in zhida("order", "show", number, "--data", own).out
    assert zhida("order", "show", "nothing", "--data", own).code == 2
    assert zhida("order", "list", "--stage", "睡觉", "--data", own).code == 2


CASE = {
    "case": "01 交电费",
    "lesson": "答得出在哪里交",
    "turns": [
        {"caller": "在哪里缴费", "expect": {"answers": ["Q1"]}, "axes": {"业务": "答"}},
        {"caller": "怎么过户", "expect": {"answers": ["Q1"]}, "axes": {"业务": "答"}},
    ],
}


def test_cases_are_replayed_turn_by_turn(zhida: Zhida, base: Path, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(CASE, ensure_ascii=False) + "\n", encoding="utf-8")
    done = zhida("eval", "cases", path, "--json", "--data", base)
    assert done.code == 1
    assert [(turn["turn"], turn["passed"], turn["failed"]) for turn in done.json["turns"]] == [(1, 1, 0), (2, 0, 1)]
    assert (done.json["axes"]["业务"]["passed"], done.json["failed"][0]["turn"]) == (1, 2)
    shown = zhida("eval", "cases", path, "--data", base)
    assert shown.code == 1
    assert "✗ 01 交电费 第 2 轮" in shown.out
    assert zhida("eval", "cases", tmp_path / "none.jsonl", "--data", base).code == 2
    assert zhida("eval", "cases", "--data", base).code == 2


def test_slots_are_measured(zhida: Zhida, base: Path) -> None:
    data = zhida("eval", "slots", "--json", "--data", base).json
    assert data["utterances"] == 100
    assert set(data["slots"]) >= {"户号", "联系电话", "用电地址", "合计"}
    assert "合计" in zhida("eval", "slots", "--part", "all", "--data", base).out
    assert zhida("eval", "slots", "--part", "x", "--data", base).code == 2
