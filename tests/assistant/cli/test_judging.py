"""`zhida eval rules` and `zhida eval walk`: every rule with its hits, and calls written down turn by turn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.rulehits import ASK, CALL_TYPE, ORDER
from assistant.walkthrough import SHOWN
from kb.text.rulefiles import RuleFiles
from tests.assistant.cli.conftest import Zhida
from tests.assistant.cli.test_eval import LINE, write

CALLS = (
    {**LINE, "id": "r1", "text": "我要投诉你们抄表员", "call_type": "投诉", "entries": [], "needs_work_order": True},
    {**LINE, "id": "r2", "text": "给我登记个投诉", "call_type": "意见", "entries": [], "needs_work_order": False},
    {**LINE, "id": "r3", "text": "低谷是几点到几点", "must_ask": ["用电类别"]},
)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return write(tmp_path / "规则.jsonl", *CALLS)


def test_a_rule_counts_when_it_decides_and_is_right_when_the_label_agrees(zhida: Zhida, own: Path, calls: Path) -> None:
    done = zhida("eval", "rules", calls, "--json", "--data", own)
    assert done.code == 0, done
    found = {(one["kind"], one["rule_id"]): (one["hits"], one["right"]) for one in done.json}
    assert found[ORDER, "W03"] == (2, 1)
    assert found[ASK, "A09"] == (1, 1)
    assert found[CALL_TYPE, "C03"] == (2, 1)
    assert sum(hits for (kind, _), (hits, _right) in found.items() if kind == ORDER) == len(CALLS)


def test_rules_without_a_hit_are_listed_too(zhida: Zhida, own: Path, calls: Path, rule_files: RuleFiles) -> None:
    done = zhida("eval", "rules", calls, "--json", "--data", own)
    known = {one["rule_id"] for one in done.json}
    assert known >= {rule["id"] for rule in rule_files.toml("workorder.toml")["rules"]}
    assert known >= {rule["id"] for rule in rule_files.toml("ask.toml")["ask"]}
    assert any(one["hits"] == 0 for one in done.json)
    shown = zhida("eval", "rules", calls, "--data", own)
    assert "没有命中" in shown.out


def test_a_walk_writes_the_chosen_calls(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    folder = tmp_path / "走"
    assert zhida("eval", "walk", folder, "--data", own).code == 0
    assert sorted(path.stem for path in folder.iterdir()) == sorted(SHOWN)
    first = json.loads((folder / "08.json").read_text(encoding="utf-8"))
    assert first["案例"].startswith("08 ")
    assert len(first["轮次"]) >= 2
    assert all(turn["客户"] and turn["现在的提示"]["工单"]["理由"] for turn in first["轮次"])
    assert any(turn["当时说法的毛病"] for turn in first["轮次"])
