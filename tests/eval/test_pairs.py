"""The planted pairs: what a line must hold, the two halves, and figures worked out by hand."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.errors import GoldEmpty, GoldInvalid, GoldMissing
from eval.pairs import FILES, Half, PlantedPair, load_pairs, pair_figures

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
    pairs = load_pairs(FILES["dev"], "dev")
    counts = Counter(pair.label for pair in pairs)
    assert len(pairs) >= 250
    assert counts["contradiction"] >= 90
    assert counts["duplicate"] >= 55
    assert counts["neither"] >= 90
    assert len({(pair.question, pair.answer) for pair in pairs}) == len(pairs)


def test_every_bundled_half_holds_every_label_and_no_pair_is_in_two() -> None:
    halves = [load_pairs(path, half) for half, path in FILES.items() if path.exists()]
    for pairs in halves:
        assert {pair.label for pair in pairs} == {"contradiction", "duplicate", "neither"}
    told = Counter((pair.question, pair.answer) for pairs in halves for pair in pairs)
    assert max(told.values()) == 1


def test_a_line_may_name_its_half_and_else_takes_the_one_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", {**LINE, "part": "dev"}, {**LINE, "id": "w2"})

    def ids(half: Half) -> list[str]:
        return [pair.pair_id for pair in load_pairs(path, half)]

    assert ids("dev") == ["w1", "w2"]
    assert ids("report") == ["w2"]


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
        {"part": "middle"},
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(GoldInvalid) as caught:
        load_pairs(write(tmp_path / "p.jsonl", {**LINE, "id": "w0"}, {**LINE, **wrong}), "dev")
    assert [problem.line for problem in caught.value.problems] == [2]


def test_no_file_no_line_and_an_id_twice(tmp_path: Path) -> None:
    with pytest.raises(GoldMissing):
        load_pairs(tmp_path / "nowhere.jsonl", "dev")
    with pytest.raises(GoldEmpty):
        load_pairs(write(tmp_path / "empty.jsonl"), "dev")
    with pytest.raises(GoldInvalid):
        load_pairs(write(tmp_path / "twice.jsonl", LINE, LINE), "dev")


def test_figures_by_hand() -> None:
    def pair(pair_id: str, label: Any) -> PlantedPair:
        texts: dict[str, str] = {"kind": "", "document": "", "locator": "", "question": "问", "answer": "答"}
        return PlantedPair(pair_id=pair_id, label=label, entry_id=f"T{pair_id}", half="dev", **texts)

    pairs = [pair("1", "contradiction"), pair("2", "contradiction"), pair("3", "contradiction"), pair("4", "neither")]
    targets = {one.pair_id: one.entry_id for one in pairs}
    named = {"1": ["T1", "X"], "2": ["X"], "4": ["T4"]}
    made = pair_figures(pairs, named, targets, "contradiction")
    assert (made.recall.value, made.recall.n) == (1 / 3, 3)
    assert (made.precision.value, made.precision.n) == (2 / 3, 3)
    assert (made.missed, made.wrong) == (("2", "3"), ("4",))
