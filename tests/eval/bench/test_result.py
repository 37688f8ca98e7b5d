"""Ratios, bars, failures and tables from a result: only what was measured, and nothing filled in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from eval.bench.chart import write_chart
from eval.bench.peers import PEERS
from eval.bench.result import bars, failures, ratios, save, size_table, value_at

SVG = "{http://www.w3.org/2000/svg}"


def result(*sizes: dict[str, Any], **more: Any) -> dict[str, Any]:
    head = {
        "partial": False,
        "date": "2026-11-22T12:00:00+08:00",
        "machine": "某处理器, 2 核",
        "versions": {"zhida": "0.1.0"},
    }
    return {**head, "formats": [], "sizes": list(sizes), **more}


SMALL: dict[str, Any] = {
    "entries": 1000,
    "fill": {"total_s": 4.0, "per_second": 250.0, "peak_mb": 300.0},
    "suggest": {"p50_ms": 2.0, "p99_ms": None, "n": 50, "peak_mb": 200.0},
    "peers": {
        "haystack": {"p50_ms": 8.0, "p99_ms": 20.0, "build_s": 2.0, "peak_mb": 400.0, "n": 50},
        "txtai": {"missing": "没有安装：txtai"},
        "langchain": {"failed": "MemoryError"},
    },
}
LARGE: dict[str, Any] = {
    "entries": 10000,
    "suggest": {"p50_ms": 5.0, "p99_ms": 26.0, "n": 800},
    "fill": {"failed": "磁盘满"},
}


def test_ratios_are_ours_over_theirs_and_only_of_what_both_measured() -> None:
    found = {(row["peer"], row["figure"]): row["ratio"] for row in ratios(result(SMALL, LARGE))}
    assert found == {("haystack", "p50_ms"): 0.25, ("haystack", "build_s"): 2.0, ("haystack", "peak_mb"): 0.5}


def test_bars_are_judged_at_their_size_and_only_when_measured() -> None:
    found = {bar["what"]: bar["met"] for bar in bars(result(SMALL, LARGE))}
    assert found == {"suggest p50，1 万条，单核": True, "suggest p99，1 万条，单核": False}


def test_a_bar_from_below() -> None:
    fast = {"entries": 10000, "http": {"per_second": 200.0, "p99_ms": 51.0}}
    assert [bar["met"] for bar in bars(result(fast))] == [True, False]


def test_failures_say_where() -> None:
    broken = result(SMALL, LARGE, formats=[{"format": "pdf", "failed": "读不了"}])
    assert failures(broken) == [
        "formats pdf：读不了",
        "sizes 1000 peers langchain：MemoryError",
        "sizes 10000 fill：磁盘满",
    ]
    assert failures(result()) == []


def test_a_dash_for_what_was_not_measured() -> None:
    columns, rows = size_table(result(SMALL, LARGE))
    assert columns == ("", "1,000 条", "10,000 条")
    shown = {row[0]: row[1:] for row in rows}
    assert shown["作答 p99 ms"] == ("—", "26")
    assert shown["导入 合计 s"] == ("4", "—")
    assert shown["HTTP 次/秒"] == ("—", "—")


@pytest.mark.parametrize("value", [None, True, "5", {}, []])
def test_only_numbers_are_figures(value: object) -> None:
    assert value_at({"a": {"b": value}}, "a", "b") is None
    assert value_at({"a": {"b": 0}}, "a", "b") == 0


def test_saved_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "r.json"
    save(result(SMALL), path)
    assert json.loads(path.read_text(encoding="utf-8")) == result(SMALL)
    assert [p.name for p in path.parent.iterdir()] == ["r.json"]


def texts(path: Path) -> str:
    return "\n".join("".join(node.itertext()) for node in ET.parse(path).iter(f"{SVG}text"))  # noqa: S314 - we wrote it


def test_the_chart_holds_its_words_as_words(tmp_path: Path) -> None:
    write_chart(result(SMALL, LARGE), tmp_path / "r.svg")
    shown = texts(tmp_path / "r.svg")
    for word in ("一次查询的耗时（毫秒）", "知答 p50", PEERS["haystack"].title, "某处理器, 2 核", "0.1.0"):
        assert word in shown
    assert PEERS["txtai"].title not in shown
    assert "中断" not in shown
    assert "Noto Sans CJK SC" in (tmp_path / "r.svg").read_text(encoding="utf-8")


def test_a_partial_chart_says_so_and_an_empty_panel_too(tmp_path: Path) -> None:
    write_chart(result(partial=True), tmp_path / "r.svg")
    assert "中断，不完整" in texts(tmp_path / "r.svg")
    assert texts(tmp_path / "r.svg").count("未测") == 4


def test_drawn_twice_it_is_the_same_file(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        write_chart(result(SMALL), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
