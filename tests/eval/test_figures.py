"""The table of figures, and that planted faults turn the right ones red."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from eval.fakes import Reply, TableSuggester
from eval.gold import GoldSet
from eval.measures import MEASURES, figures
from eval.runner import Run, run
from eval.slices import DIMENSIONS, slices
from eval.summary import COLUMNS, summary_json, summary_rows


def values(made: Run) -> dict[str, float]:
    return {figure.name: figure.value for figure in figures(made.outcomes) if figure.value is not None}


def test_figures_by_hand(done: Run) -> None:
    made = {figure.name: figure for figure in figures(done.outcomes)}
    assert made["hit@1"].n == 32
    assert made["hit@1"].value == pytest.approx(29 / 32)
    assert made["hit@3"].value == 1.0
    assert made["mrr"].value == pytest.approx((29 + 3 / 2) / 32)
    assert (made["no_answer_rate"].value, made["no_answer_rate"].n) == (1.0, 8)
    assert (made["wrong_in_high"].value, made["wrong_in_high"].n) == (0.0, 29)
    assert (made["must_ask_recall"].value, made["must_ask_recall"].n) == (1.0, 4)
    assert (made["work_order_recall"].value, made["work_order_recall"].n) == (1.0, 10)
    assert made["errors"].value == 0


def test_intervals_contain_the_value(done: Run) -> None:
    for figure in figures(done.outcomes):
        if figure.value is not None and figure.low is not None and figure.high is not None:
            assert figure.low - 1e-9 <= figure.value <= figure.high + 1e-9, figure.name


def test_swapped_answers_lower_hit_at_1(gold: GoldSet, suggester: TableSuggester, done: Run) -> None:
    broken = values(run(suggester.with_answers_swapped("E2", "E3"), gold))
    assert broken["hit@1"] == pytest.approx(27 / 32)
    assert broken["hit@1"] < values(done)["hit@1"]
    assert broken["wrong_in_high"] > values(done)["wrong_in_high"]
    assert broken["mrr"] < values(done)["mrr"]


@pytest.mark.parametrize("shift", [-0.3, -0.6])
def test_shifted_confidences_raise_calibration_error(
    gold: GoldSet, suggester: TableSuggester, done: Run, shift: float
) -> None:
    broken = values(run(suggester.with_confidence_shifted(shift), gold))
    assert broken["ece"] > values(done)["ece"] + 0.05
    assert broken["brier"] > values(done)["brier"]
    assert broken["hit@1"] == values(done)["hit@1"]


def test_answering_everything_lowers_the_no_answer_rate(gold: GoldSet, suggester: TableSuggester) -> None:
    loud = {text: replace(reply, band="high") for text, reply in suggester.replies.items()}
    broken = values(run(replace(suggester, replies=loud), gold))
    assert broken["no_answer_rate"] == 0.0
    assert broken["wrong_in_high"] == pytest.approx((3 + 8) / 40)


def test_forgetting_orders_and_questions_is_seen(gold: GoldSet, suggester: TableSuggester) -> None:
    lazy = {text: replace(reply, work_order=False, must_ask=()) for text, reply in suggester.replies.items()}
    broken = values(run(replace(suggester, replies=lazy), gold))
    assert (broken["work_order_recall"], broken["must_ask_recall"]) == (0.0, 0.0)
    assert "work_order_precision" not in broken


def test_one_class_for_all_is_seen_by_macro_f1(gold: GoldSet) -> None:
    flat = values(run(TableSuggester(replies={}, default=Reply(categories=("停电信息",))), gold))
    assert flat["call_type_accuracy"] == 0.75
    assert flat["call_type_macro_f1"] < 0.5
    assert flat["category_accuracy"] == 0.5


def test_rows_and_json_say_nothing_measured_as_such(gold: GoldSet, suggester: TableSuggester) -> None:
    unfilled = replace(gold, questions=tuple(replace(q, entries=(), topics=("B01",)) for q in gold.questions))
    made = run(suggester, unfilled)
    first = summary_rows(figures(made.outcomes))[0]
    assert first.cells() == ("首位命中率 hit@1", "—", "—", "—", "0")
    assert len(first.cells()) == len(COLUMNS)
    shown = summary_json(made)
    assert shown["figures"]["hit@1"]["value"] is None
    assert any("entries" in note for note in shown["notes"])


def test_rows_are_written_for_people(done: Run) -> None:
    rows = {row.name: row for row in summary_rows(figures(done.outcomes))}
    assert rows["首位命中率 hit@1"].value == "90.6%"
    assert rows["平均倒数排名 MRR"].value == "0.953"
    assert rows["耗时中位数"].value.endswith(" ms")
    assert rows["出错题数"].value == "0"


def test_json_is_json_and_names_every_measure(done: Run) -> None:
    shown = json.loads(json.dumps(summary_json(done), allow_nan=False))
    assert list(shown["figures"]) == [measure.name for measure in MEASURES]
    assert (shown["releases"], shown["n"], shown["notes"]) == ([7], 40, [])


def test_failures_and_publishing_are_noted(done: Run, gold: GoldSet) -> None:
    failed = run(TableSuggester(replies={}, default=Reply(fails="坏了")), gold)
    assert "40 题运行出错" in summary_json(failed)["notes"][0]
    assert "第 7、8 版" in summary_json(replace(done, releases=(7, 8)))["notes"][0]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_slices_are_worst_first_and_cover_all(done: Run, dimension: str) -> None:
    parts = slices(done.outcomes, dimension)
    shares = [part.estimates["hit@1"].value for part in parts]
    known = [share for share in shares if share is not None]
    assert known == sorted(known)
    assert shares[: len(known)] == known
    assert sum(part.n for part in parts) == len(done.outcomes)
