"""Comparing runs: gained and lost questions, significance, slices, and sets that differ."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from eval.compare import Comparison, compare
from eval.errors import RunsDiffer
from eval.fakes import Reply, TableSuggester
from eval.gold import GoldSet
from eval.runner import Run, run
from eval.summary import CHANGE_COLUMNS, change_rows, comparison_notes


def change(comparison: Comparison, name: str) -> tuple[int, int]:
    found = next(item for item in comparison.changes if item.name == name)
    return found.gained, found.lost


def test_a_run_equals_itself(done: Run) -> None:
    same = compare(done, done)
    assert (same.shifts, same.slices, same.regressed, same.same_set) == ((), (), False, True)
    assert {item.p for item in same.changes} == {1.0}
    assert comparison_notes(same) == ()


def test_swapped_answers_are_named_with_both_answers(gold: GoldSet, suggester: TableSuggester, done: Run) -> None:
    worse = compare(done, run(suggester.with_answers_swapped("E2", "E3"), gold))
    assert change(worse, "hit@1") == (0, 2)
    assert [(s.question_id, s.before, s.after) for s in worse.shifts if s.verdict == "hit@1"] == [
        ("q02", "标准问 E2", "标准问 E3"),
        ("q03", "标准问 E3", "标准问 E2"),
    ]
    assert not worse.regressed
    better = compare(run(suggester.with_answers_swapped("E2", "E3"), gold), done)
    assert change(better, "hit@1") == (2, 0)


def test_a_large_fall_is_significant_and_marked(gold: GoldSet, suggester: TableSuggester, done: Run) -> None:
    flat = {text: replace(reply, call_type="咨询") for text, reply in suggester.replies.items()}
    fell = compare(done, run(replace(suggester, replies=flat), gold))
    assert change(fell, "call_type") == (0, 10)
    assert fell.regressed
    marked = [row for row in change_rows(fell) if "▼" in row[0]]
    assert [row[0] for row in marked] == ["业务类型正确 ▼"]
    assert all(len(row) == len(CHANGE_COLUMNS) for row in change_rows(fell))
    assert (fell.slices[0].dimension, fell.slices[0].key, fell.slices[0].difference) == ("call_type", "报修", -1.0)


def test_a_rise_is_no_regression(gold: GoldSet, suggester: TableSuggester, done: Run) -> None:
    nothing = run(TableSuggester(replies={}), gold)
    risen = compare(nothing, done)
    assert change(risen, "mrr")[0] == 32
    assert not any(item.worse for item in risen.changes)


def test_failures_are_named_in_the_shift(gold: GoldSet, suggester: TableSuggester, done: Run) -> None:
    failing = replace(suggester, replies={**suggester.replies, gold.questions[1].text: Reply(fails="坏了")})
    shifts = compare(done, run(failing, gold)).shifts
    assert {shift.question_id for shift in shifts} == {"q02"}
    assert all("坏了" in shift.after for shift in shifts)


def test_different_sets_share_questions_and_the_later_gold(gold: GoldSet, suggester: TableSuggester, done: Run) -> None:
    relabelled = replace(gold.questions[0], entries=("E999",))
    other = replace(gold, questions=(relabelled, *gold.questions[2:]))
    made = compare(done, run(suggester, other))
    assert (made.n, made.only_before, made.only_after, made.same_set) == (39, 1, 0, False)
    assert change(made, "hit@1") == (0, 0)
    assert len(comparison_notes(made)) == 2


def test_nothing_in_common_is_refused(gold: GoldSet, suggester: TableSuggester, done: Run) -> None:
    other = replace(gold, questions=(replace(gold.questions[0], id="z1"),))
    with pytest.raises(RunsDiffer, match="没有相同的题"):
        compare(done, run(suggester, other))


def test_json_holds_the_derived_values(done: Run) -> None:
    shown = json.loads(json.dumps(compare(done, done).to_dict(), allow_nan=False))
    assert shown["regressed"] is False
    assert shown["changes"][0]["worse"] is False
