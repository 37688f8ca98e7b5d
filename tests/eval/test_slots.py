"""Slot extraction: how it is counted, and the bar on the labelled utterances."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import eval as package
from assistant.workorder.slots import load_slots
from eval.errors import GoldEmpty, GoldInvalid, GoldMissing
from eval.slots import Utterance, load_utterances, measure
from kb.text.rulefiles import RuleFiles

GOLD = Path(str(package.__file__)).parent / "gold" / "slots.jsonl"
BAR = 0.95


def said(text: str, **slots: str) -> Utterance:
    return Utterance(utterance_id=text, part="tune", text=text, slots=slots)


def test_a_value_counts_only_when_it_is_whole() -> None:
    found = {"a": {"户号": "1"}, "b": {"户号": "2", "金额": "3"}, "c": {}}
    rows = (said("a", 户号="1"), said("b", 户号="22"), said("c", 金额="9"))
    result = measure(rows, lambda text: found[text])
    assert (result.total.precision, result.total.recall, result.total.support) == (1 / 3, 1 / 3, 3)
    assert result.total.f1 == pytest.approx(1 / 3)
    by_label = {score.label: score for score in result.scores}
    assert (by_label["户号"].f1, by_label["金额"].f1) == (0.5, 0.0)
    assert [wrong.text for wrong in result.wrong] == ["b", "c"]
    assert json.dumps(result.to_dict())


def test_nothing_to_find_and_nothing_found_is_perfect() -> None:
    assert measure((said("a"),), lambda _text: {}).total.f1 == 1.0


def test_the_gold_is_two_hundred_utterances_in_two_halves_half_of_them_traps() -> None:
    tune, report = load_utterances(GOLD, "tune"), load_utterances(GOLD, "report")
    assert (len(tune), len(report), len(load_utterances(GOLD))) == (100, 100, 200)
    assert sum(not one.slots for one in (*tune, *report)) == 100
    assert len({one.text for one in (*tune, *report)}) == 200


@pytest.mark.parametrize("part", ["tune", "report"])
def test_the_bundled_rules_meet_the_bar(part: str, rule_files: RuleFiles) -> None:
    result = measure(load_utterances(GOLD, part), load_slots(rule_files).extract)
    assert result.total.f1 >= BAR, result.wrong


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"id":"a","part":"x","text":"a","slots":{}}', '{"id":"a","part":"tune","text":"a","slots":[]}']
)
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(GoldInvalid) as caught:
        load_utterances(path)
    assert caught.value.problems[0].line == 2


def test_a_missing_file_and_an_empty_part(tmp_path: Path) -> None:
    with pytest.raises(GoldMissing):
        load_utterances(tmp_path / "none.jsonl")
    (tmp_path / "e.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(GoldEmpty):
        load_utterances(tmp_path / "e.jsonl")
