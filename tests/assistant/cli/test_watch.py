"""`zhida watch`, `zhida dismiss`, `zhida eval pairs` on a small base."""

from __future__ import annotations

import json
from pathlib import Path

from tests.assistant.cli.conftest import Zhida

ENTRIES = """编号,标准问题,答案
W1,岸电桩检定多久出结果,岸电桩检定从登记起7个工作日内出具检定结果。
W2,岸电桩检定几天有结果,岸电桩检定从登记起20个工作日内出具检定结果。
W3,现在居民电价多少,现在居民电价每度电元。
"""


def stock(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    path = tmp_path / "岸电.csv"
    path.write_text(ENTRIES, encoding="utf-8")
    assert zhida("ingest", path, "--publish", "--yes", "--data", own).code == 0
    assert zhida("user", "add", "li", "--role", "curator", "--data", own).code == 0


def test_a_finding_is_told_and_set_aside(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    stock(zhida, own, tmp_path)
    (found,) = zhida("watch", "contradiction", "--json", "--data", own).lines
    assert found["items"] == ["W1", "W2"]
    assert [one["items"] for one in zhida("watch", "missing_figure", "--json", "--data", own).lines] == [["W3"]]
    assert "互相矛盾：1 项" in zhida("watch", "contradiction", "--data", own).out
    args = ("--kind", "contradiction", "--as", "li", "--reason", "两种桩", "--data", own)
    assert zhida("dismiss", found["finding_id"], *args).code == 0
    assert zhida("watch", "contradiction", "--json", "--data", own).lines == []
    assert "另有 1 项已放到一边" in zhida("watch", "contradiction", "--data", own).out
    assert zhida("dismiss", found["finding_id"], *args).code == 2
    assert zhida("watch", "nothing", "--data", own).code == 2


def test_pairs_are_planted_measured_and_not_kept(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    stock(zhida, own, tmp_path)
    pairs = tmp_path / "pairs.jsonl"
    line = {"id": "p1", "label": "contradiction", "kind": "figure", "against": {"entry_id": "W1"}}
    planted = {"question": "岸电桩检定多少天出结果", "answer": "岸电桩检定从登记起40个工作日内出具检定结果。"}
    other = {**line, "id": "p2", "label": "neither", "question": "锦旗送哪里", "answer": "送到当地供电所就可以。"}
    pairs.write_text("\n".join(json.dumps(one) for one in ({**line, **planted}, other)), encoding="utf-8")
    measured = zhida("eval", "pairs", pairs, "--json", "--data", own).json
    assert (measured["half"], measured["pairs"]) == ("report", 2)
    contradictions = measured["finders"][0]
    assert (contradictions["precision"]["value"], contradictions["recall"]["value"]) == (1.0, 1.0)
    assert measured["unplanted"]["contradiction"] == [["W1", "W2"]]
    assert zhida("kb", "list", "--json", "--data", own).out.count("planted") == 0
