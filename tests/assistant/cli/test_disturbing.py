"""`zhida eval robust` and `zhida eval typing` over a real base."""

from __future__ import annotations

from pathlib import Path

from tests.assistant.cli.conftest import Zhida
from tests.assistant.cli.test_eval import LINE, write


def test_robust_names_every_kind_and_gates(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    gold = write(tmp_path / "题.jsonl")
    done = zhida("eval", "robust", gold, "--json", "--data", own)
    drops = {drop["kind"]: drop for drop in done.json["drops"]}
    assert set(drops) >= {"homophone", "dropped", "swapped", "filler", "traditional"}
    assert done.code == int(any(drop["beyond"] for drop in drops.values()))
    assert (drops["traditional"]["before"], drops["traditional"]["after"]) == (1.0, 1.0)
    assert "限度" in zhida("eval", "robust", gold, "--data", own).out


def test_typing_gives_a_curve_over_characters(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    gold = write(tmp_path / "题.jsonl")
    done = zhida("eval", "typing", gold, "--json", "--data", own)
    assert (done.code, done.json["shares"][-1], len(done.json["shares"])) == (0, 1.0, 7)
    assert "逐字输入" in zhida("eval", "typing", gold, "--data", own).out


def test_a_set_without_answers_is_refused(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    gold = write(tmp_path / "空.jsonl", {**LINE, "entries": []})
    for command in ("robust", "typing"):
        done = zhida("eval", command, gold, "--data", own)
        assert (done.code, "没有一题有标准答案" in done.err) == (2, True)
