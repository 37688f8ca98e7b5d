"""Likeness to earlier calls: margins by feature, questions by their text, damaged files refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.judge.likeness import NAME, Likeness, hashed, load_likeness, save_likeness
from assistant.judge.linear import features_of
from kb.domain.errors import RuleFileInvalid
from kb.text.tokens import Analyser

WORDS = ["w:停电", "w:电价"]


def model() -> Likeness:
    """停电 speaks for 甲 and against 乙, 电价 for 乙."""
    order = np.argsort(hashed(WORDS))
    rows = [[(0, 1.5), (1, -0.5)], [(1, 2.0)]]
    flat = [pair for place in order.tolist() for pair in rows[place]]
    return Likeness(
        questions=("甲", "乙"),
        bias=np.array([-1.0, -1.0], dtype=np.float32),
        features=np.sort(hashed(WORDS)),
        idf=np.ones(2, dtype=np.float32),
        starts=np.cumsum([0, *(len(rows[place]) for place in order.tolist())]).astype(np.int32),
        classes=np.array([place for place, _ in flat], dtype=np.uint16),
        weights=np.array([weight for _, weight in flat], dtype=np.float32),
        rules=("N01", "W01"),
        fell=np.array([[0.25, 0.75], [1.0, 0.0]], dtype=np.float32),
    )


def test_margins_add_up_over_what_was_said() -> None:
    assert model().of(["w:停电"]) == {"甲": 0.75, "乙": 0.0}
    both = model().of(["w:停电", "w:电价"])
    assert both["甲"] == pytest.approx((1.5 / 2**0.5) / 2, abs=1e-4)
    assert both["乙"] == pytest.approx((1.5 / 2**0.5) / 2, abs=1e-4)


def test_a_word_counts_once_and_unknown_words_nothing() -> None:
    assert model().of(["w:停电", "w:停电", "w:没见过"]) == model().of(["w:停电"])
    assert model().of([]) == model().of(["w:没见过"]) == {"甲": 0.0, "乙": 0.0}


def test_a_question_is_asked_under_the_rules_its_calls_fell_under() -> None:
    assert model().under({"N01": 0.5, "W01": 0.5, "W99": 0.0}) == {"甲": 0.5, "乙": 0.5}
    assert model().under({"W01": 0.8}) == {"甲": pytest.approx(0.6), "乙": 0.0}
    assert model().under({}) == {"甲": 0.0, "乙": 0.0}


def test_the_bundled_model_tells_a_report_from_a_question() -> None:
    under = load_likeness().under({"W01": 1.0})
    report = max(under, key=under.__getitem__)
    assert "报修" in report or "抢修" in report
    assert under[report] > 5 * load_likeness().under({"N01": 1.0})[report]


def test_the_bundled_model_knows_what_calls_asked(analyser: Analyser) -> None:
    def first(said: str) -> str:
        found = load_likeness().of(features_of(analyser.query(analyser.normalise(said))))
        assert all(0.0 <= value <= 1.0 for value in found.values())
        return max(found, key=found.__getitem__)

    assert "过户" in first("房子卖了电表怎么改成新房主的名字")
    assert "阶梯" in first("用多了跳到贵的那一档怎么算")


def test_what_is_saved_is_read_back(tmp_path: Path) -> None:
    save_likeness(model(), tmp_path, {"train": 2})
    read = load_likeness(tmp_path)
    assert read.of(["w:停电", "w:电价"]) == model().of(["w:停电", "w:电价"])
    assert read.under({"W01": 0.4}) == model().under({"W01": 0.4})


@pytest.mark.parametrize(
    "changed",
    [
        {"questions": ("甲",)},
        {"features": np.array([7, 7], dtype=np.uint32)},
        {"starts": np.array([0, 5, 3], dtype=np.int32)},
        {"classes": np.array([0, 9, 1], dtype=np.uint16)},
        {"idf": np.ones(3, dtype=np.float32)},
        {"rules": ("N01",)},
    ],
)
def test_parts_that_do_not_fit_are_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    save_likeness(replace(model(), **changed), tmp_path, {})
    with pytest.raises(RuleFileInvalid, match="尺寸不符"):
        load_likeness(tmp_path)


@pytest.mark.parametrize("name", [f"{NAME}.json", f"{NAME}.safetensors"])
def test_a_missing_or_broken_file_is_refused(tmp_path: Path, name: str) -> None:
    save_likeness(model(), tmp_path, {})
    (tmp_path / name).write_bytes(b"{")
    with pytest.raises(RuleFileInvalid, match="读不出来"):
        load_likeness(tmp_path)
