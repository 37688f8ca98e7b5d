"""The gate: holds on what it was made from, fails on planted faults and names the questions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.errors import ExpectationMissing, ExpectationStale
from eval.fakes import Reply, TableSuggester
from eval.gate import EXPECTED, check, expectation_of, load_expectation, save_expectation
from eval.gold import GoldSet, load_gold
from eval.runner import Run, run

GOLD = EXPECTED.parent / "gold"


def swapped(suggester: TableSuggester, *pairs: tuple[str, str]) -> TableSuggester:
    for one, other in pairs:
        suggester = suggester.with_answers_swapped(one, other)
    return suggester


def test_a_run_holds_against_itself_and_survives_the_disk(done: Run, tmp_path: Path) -> None:
    save_expectation(done, tmp_path)
    expected = load_expectation(done.set_name, tmp_path)
    assert expected == expectation_of(done)
    passed = check(done, expected)
    assert (passed.held, passed.falls, passed.newly_wrong, passed.newly_right) == (True, (), {}, {})
    assert json.loads(json.dumps(passed.to_dict()))["held"] is True


def test_a_change_within_the_interval_holds_and_is_named(gold: GoldSet, suggester: TableSuggester, done: Run) -> None:
    reply = suggester.replies[gold.questions[25].text]
    turned = replace(reply, ranked=tuple(reversed(reply.ranked)))
    righted = run(replace(suggester, replies={**suggester.replies, gold.questions[25].text: turned}), gold)
    passed = check(done, expectation_of(righted))
    assert (passed.held, passed.newly_wrong) == (True, {"hit@1": ("q26",)})
    assert check(righted, expectation_of(done)).newly_right == {"hit@1": ("q26",)}


def test_many_swapped_answers_fall_and_the_questions_are_named(
    gold: GoldSet, suggester: TableSuggester, done: Run
) -> None:
    worse = run(swapped(suggester, ("E2", "E3"), ("E4", "E6"), ("E7", "E8"), ("E9", "E11")), gold)
    passed = check(worse, expectation_of(done))
    falls = {fall.name: fall for fall in passed.falls}
    assert not passed.held
    assert {"hit@1", "mrr", "wrong_answer_rate"} <= set(falls)
    assert falls["hit@1"].questions == ("q02", "q03", "q04", "q06", "q07", "q08", "q09", "q11")
    assert "call_type_accuracy" not in falls


def test_a_shifted_calibration_falls(gold: GoldSet, suggester: TableSuggester, done: Run) -> None:
    passed = check(run(suggester.with_confidence_shifted(-0.4), gold), expectation_of(done))
    assert {fall.name for fall in passed.falls} == {"ece", "brier"}


def test_one_failure_and_one_guard_are_too_many(gold: GoldSet, suggester: TableSuggester, done: Run) -> None:
    first = gold.questions[0].text
    failing = replace(suggester, replies={**suggester.replies, first: Reply(fails="坏了")})
    assert "errors" in {fall.name for fall in check(run(failing, gold), expectation_of(done)).falls}
    reply = suggester.replies[first]
    guarded = replace(
        suggester, replies={**suggester.replies, first: replace(reply, ranked=(*reply.ranked, ("G1", 0.1)))}
    )
    assert {fall.name for fall in check(run(guarded, gold), expectation_of(done)).falls} == {"forbidden_rate"}


def test_a_figure_that_can_no_longer_be_measured_has_fallen(gold: GoldSet, done: Run) -> None:
    silent = run(TableSuggester(replies={}), gold)
    falls = {fall.name: fall.found for fall in check(silent, expectation_of(done)).falls}
    assert falls["work_order_precision"] is None


def test_another_set_is_not_measured_against_old_expectations(
    gold: GoldSet, suggester: TableSuggester, done: Run
) -> None:
    changed = replace(gold, questions=gold.questions[1:])
    with pytest.raises(ExpectationStale, match="改过") as caught:
        check(run(suggester, changed), expectation_of(done))
    assert "--update" in caught.value.hint


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"format": 9}', '{"format": 1, "figures": 3}'])
def test_nothing_expected_is_an_error_not_a_pass(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(ExpectationMissing):
        load_expectation("x", tmp_path)


@pytest.mark.parametrize("name", ["dev", "test"])
def test_the_bundled_expectations_are_of_the_bundled_sets(name: str) -> None:
    """Red after gold or models changed: run `make eval UPDATE=1` and look at what moved before committing it."""
    gold, expected = load_gold(GOLD / f"{name}.jsonl"), load_expectation(name)
    assert expected.set_hash == gold.hash
    assert {question for ids in expected.failing.values() for question in ids} <= {q.id for q in gold.questions}
