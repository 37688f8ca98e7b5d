"""Disturbed questions: what each kind does to words, what it costs, and how soon a typed question is answered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from eval.errors import GoldEmpty
from eval.extras import find_extra, save_extra
from eval.fakes import Reply, TableSuggester
from eval.gold import GoldSet
from eval.variants.kinds import kinds, spoken, variant
from eval.variants.robustness import disturbed, robustness, sample
from eval.variants.sounds import alike, everyday
from eval.variants.typing import typing_curve
from kb.domain.suggestion import Suggester, Suggestion

KINDS = [kind.name for kind in kinds()]
TEXT = "我家电表这个月走得特别快怎么办"
CHINESE = st.text(st.sampled_from(everyday()), min_size=1, max_size=40)


@dataclass(frozen=True, slots=True)
class Exacting:
    """Right on the very words of its table, or from a given number of characters on."""

    inner: TableSuggester
    heard: Mapping[str, str]
    needs: int

    def suggest(
        self, text: str, *, facts: Mapping[str, str] | None = None, as_of: str | None = None, explain: bool = False
    ) -> Suggestion:
        whole = next((full for full in self.heard if full.startswith(text) and len(text) >= self.needs), text)
        return self.inner.suggest(whole, facts=facts, as_of=as_of, explain=explain)


def sounds(text: str) -> list[str]:
    return [lazy_pinyin(char, style=Style.NORMAL)[0] for char in text]


def test_everyday_characters_are_those_of_gb2312_level_one() -> None:
    assert (len(everyday()), everyday()[0], everyday()[-1]) == (3755, "啊", "座")
    assert all(char not in pool for char, pool in alike().items())


@given(CHINESE)
def test_homophones_keep_the_sound_and_the_length(text: str) -> None:
    changed = variant("homophone", text, "q")
    assert sounds(changed) == sounds(text)
    assert len(changed) == len(text)
    if any(alike()[char] for char in text):
        assert changed != text


@given(CHINESE)
def test_dropped_and_swapped_lose_or_move_a_few(text: str) -> None:
    dropped, swapped = variant("dropped", text, "q"), variant("swapped", text, "q")
    assert len(text) == 1 or 0 < len(text) - len(dropped) <= max(1, round(len(text) / 10))
    assert Counter(swapped) == Counter(text)


def test_fillers_go_around_the_words_and_traditional_is_traditional() -> None:
    filled = variant("filler", TEXT, "q")
    assert len(filled) > len(TEXT)
    remaining = iter(filled)
    assert all(char in remaining for char in TEXT)
    assert variant("traditional", "电费怎么缴纳", "q") == "電費怎麼繳納"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("220伏", "二百二十伏"),
        ("3.5千瓦", "三点五千瓦"),
        ("10度15度", "十度十五度"),
        ("105块", "一百零五块"),
        ("3000元", "三千元"),
        ("1001和110", "一千零一和一百一十"),
        ("0元", "零元"),
        ("95598", "九五五九八"),
        ("007", "零零七"),
        ("没有数字", "没有数字"),
    ],
)
def test_numbers_are_said(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", "？！", "电", "ok", TEXT, "a" * 300])
def test_a_variant_is_reproducible_whatever_the_words(kind: str, text: str) -> None:
    assert variant(kind, text, "q1") == variant(kind, text, "q1")


def test_other_seeds_and_other_questions_draw_differently() -> None:
    made = {variant("homophone", TEXT, key, seed=seed) for key in ("q1", "q2", "q3") for seed in (1, 2, 3)}
    assert len(made) > 5


def test_only_changed_answerable_questions_count(gold: GoldSet, suggester: TableSuggester) -> None:
    drops = {drop.kind: drop for drop in robustness(suggester, gold)}
    assert {"homophone", "dropped", "swapped", "filler", "traditional", "spoken"} == set(drops)
    assert drops["filler"].n == 32
    assert drops["filler"].before == pytest.approx(29 / 32)
    numberless = replace(gold, questions=tuple(replace(q, text=TEXT + "啊" * i) for i, q in enumerate(gold.questions)))
    assert "spoken" not in {drop.kind for drop in robustness(suggester, numberless)}


def test_a_system_that_needs_the_very_words_falls_beyond_the_limit(gold: GoldSet, suggester: TableSuggester) -> None:
    (drop,) = [drop for drop in robustness(suggester, gold) if drop.kind == "homophone"]
    assert (drop.after, drop.beyond, len(drop.lost)) == (0.0, True, 29)
    assert drop.lost[0].text != drop.lost[0].disturbed
    assert json.loads(json.dumps(drop.to_dict()))["beyond"] is True


def test_a_system_that_hears_through_it_does_not_fall(gold: GoldSet, suggester: TableSuggester) -> None:
    heard = {question.text: suggester.replies[question.text] for question in gold.questions}
    for kind in KINDS:
        for question in disturbed(gold, kind).questions:
            original = next(other for other in gold.questions if other.id == question.id)
            heard[question.text] = suggester.replies[original.text]
    drops = robustness(replace(suggester, replies=heard), gold)
    assert [(drop.drop, drop.beyond, drop.lost) for drop in drops] == [(0.0, False, ())] * len(KINDS)


def test_a_sample_is_seeded_and_takes_answerable_questions_only(gold: GoldSet) -> None:
    assert len(sample(gold.questions, 10)) == 10
    assert sample(gold.questions, 10) == sample(gold.questions, 10) != sample(gold.questions, 10, seed=1)
    assert len(sample(gold.questions, 0)) == len(sample(gold.questions, 999)) == 32
    with pytest.raises(GoldEmpty, match="没有一题有标准答案"):
        sample([replace(question, entries=()) for question in gold.questions], 5)


@pytest.mark.parametrize("needs", [1, 3, 5])
def test_the_curve_rises_where_the_answer_arrives(gold: GoldSet, suggester: TableSuggester, needs: int) -> None:
    only = replace(gold, questions=gold.questions[1:2])
    heard: Suggester = Exacting(suggester, {only.questions[0].text: ""}, needs)
    curve = typing_curve(heard, only)
    assert curve.shares == tuple(float(length >= needs) for length in range(1, len(only.questions[0].text) + 1))
    assert (curve.typed[0].first_at, curve.typed[0].settled_at, curve.median_settled) == (needs, needs, needs)


def test_what_is_never_right_never_settles(gold: GoldSet) -> None:
    wrong = TableSuggester(replies={}, default=Reply(ranked=(("E0", 0.9),), band="high"))
    curve = typing_curve(wrong, gold, size=3)
    assert (len(curve.typed), curve.median_settled, set(curve.shares)) == (3, None, {0.0})


def test_a_long_question_is_asked_whole_once_more(gold: GoldSet, suggester: TableSuggester) -> None:
    long = replace(gold.questions[1], text="电" * 60)
    replies = {long.text: suggester.replies[gold.questions[1].text]}
    curve = typing_curve(TableSuggester(replies=replies), replace(gold, questions=(long,)), longest=10)
    assert (len(curve.shares), curve.typed[0].right[-1], curve.shares[-1]) == (10, True, 0.0)


def test_extras_are_found_by_set_and_release(gold: GoldSet, tmp_path: Path) -> None:
    save_extra("typing", {"shares": [1.0]}, tmp_path, gold, 7)
    found = find_extra("typing", tmp_path, gold.name, gold.hash, 7)
    assert found is not None
    assert (found["shares"], found["release"], bool(found["code_version"])) == ([1.0], 7, True)
    assert find_extra("typing", tmp_path, gold.name, "other", 7) is None
    assert find_extra("typing", tmp_path, gold.name, gold.hash, 8) is None
    assert find_extra("robustness", tmp_path, gold.name, gold.hash, 7) is None
    next((tmp_path / "eval" / "typing").iterdir()).write_text("{", encoding="utf-8")
    assert find_extra("typing", tmp_path, gold.name, gold.hash, 7) is None
