"""The planted pairs: what a line must hold, the two halves, and figures worked out by hand."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.errors import GoldEmpty, GoldInvalid, GoldMissing
from eval.pairs import PlantedPair, load_pairs, pair_figures

LINE = {
    "id": "w1",
    "label": "duplicate",
    "kind": "paraphrase",
    "against": {"entry_id": "A"},
    "question": "问",
    "answer": "答",
}


def write(path: Path, *lines: Any) -> Path:
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


def test_the_bundled_set_is_large_and_mixed() -> None:
    pairs = load_pairs()
    counts = Counter(pair.label for pair in pairs)
    assert len(pairs) >= 160
    assert counts["contradiction"] >= 60
    assert counts["duplicate"] >= 45
    assert counts["neither"] >= 70
    assert len({(pair.question, pair.answer) for pair in pairs}) == len(pairs)


def test_a_target_is_in_one_half_and_both_halves_hold_every_label() -> None:
    pairs = load_pairs()
    halves = {target: {pair.half for pair in pairs if pair.target == target} for target in {p.target for p in pairs}}
    assert all(len(found) == 1 for found in halves.values())
    for half in ("dev", "report"):
        assert {pair.label for pair in pairs if pair.half == half} == {"contradiction", "duplicate", "neither"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": "maybe"},
        {"against": {}},
        {"against": "A"},
        {"against": {"entry_id": ""}},
        {"answer": ""},
        {"answer": 3},
        {"more": "x"},
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(GoldInvalid) as caught:
        load_pairs(write(tmp_path / "p.jsonl", {**LINE, "id": "w0"}, {**LINE, **wrong}))
    assert [problem.line for problem in caught.value.problems] == [2]


def test_no_file_no_line_and_an_id_twice(tmp_path: Path) -> None:
    with pytest.raises(GoldMissing):
        load_pairs(tmp_path / "nowhere.jsonl")
    with pytest.raises(GoldEmpty):
        load_pairs(write(tmp_path / "empty.jsonl"))
    with pytest.raises(GoldInvalid):
        load_pairs(write(tmp_path / "twice.jsonl", LINE, LINE))


def test_figures_by_hand() -> None:
    def pair(pair_id: str, label: Any) -> PlantedPair:
        texts = {"kind": "", "document": "", "locator": "", "question": "问", "answer": "答"}
        return PlantedPair(pair_id=pair_id, label=label, entry_id=f"T{pair_id}", **texts)

    pairs = [pair("1", "contradiction"), pair("2", "contradiction"), pair("3", "contradiction"), pair("4", "neither")]
    targets = {one.pair_id: one.entry_id for one in pairs}
    named = {"1": ["T1", "X"], "2": ["X"], "4": ["T4"]}
    made = pair_figures(pairs, named, targets, "contradiction")
    assert (made.recall.value, made.recall.n) == (1 / 3, 3)
    assert (made.precision.value, made.precision.n) == (2 / 3, 3)
    assert (made.missed, made.wrong) == (("2", "3"), ("4",))
