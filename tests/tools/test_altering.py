"""Duplicates with one thing changed: another figure, a verdict turned, and nothing where there is neither."""

from __future__ import annotations

import pytest

from eval.pairs import FILES, load_pairs
from kb.curation.watch.rules import load_watch_rules
from kb.text.rulefiles import RuleFiles
from tools.altering import PREFIX, altered, other_figure, other_verdict

READ = load_watch_rules(RuleFiles()).figures


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("5个工作日内答复", "11个工作日内答复"),
        ("每户承担5000元", "每户承担2500元"),
        ("最长两年，三天内告知", "最长五年，三天内告知"),
        ("每一年一次", "每一年一次"),
        ("拨打95598", "拨打95598"),
    ],
)
def test_one_figure_is_another(said: str, changed: str) -> None:
    assert other_figure(said) == changed


@pytest.mark.parametrize(
    ("said", "changed"),
    [("换表不收费", "换表要收费"), ("不能转借", "可以转借"), ("由供电公司承担", "由您自己承担"), ("请放心", "请放心")],
)
def test_one_verdict_is_turned(said: str, changed: str) -> None:
    assert other_verdict(said) == changed


def test_only_duplicates_are_altered_and_a_changed_figure_disagrees() -> None:
    pairs = load_pairs(FILES["dev"], "dev")
    made = list(altered(pairs))
    assert {pair.label for pair in made} == {"contradiction"}
    assert all(pair.pair_id.startswith(PREFIX) for pair in made)
    answers = {pair.pair_id: pair.answer for pair in pairs if pair.label == "duplicate"}
    figured = [pair for pair in made if pair.kind == "f"]
    assert len(figured) > 80
    same = [
        pair.pair_id
        for pair in figured
        if [figure.said for figure in READ(pair.answer)] == [figure.said for figure in READ(answers[pair.pair_id[10:]])]
    ]
    assert len(same) <= len(figured) // 20
