"""The leak check turns red on copies and near-copies, and not on other questions about the same thing."""

from __future__ import annotations

import pytest

from eval.gold import GoldSet, Question
from eval.leaks import find_leaks
from eval.sameness import bigrams, jaccard, plain


def asked(text: str) -> Question:
    return Question(id="q", text=text, call_type="咨询", categories=("其他咨询",), entries=(), needs_work_order=False)


def test_plain_form_ignores_width_case_space_and_punctuation() -> None:
    assert plain("ＧＰＳ　停电，了吗？") == "gps停电了吗"
    assert plain("？！") == "?!"


def test_jaccard_by_hand() -> None:
    assert jaccard(bigrams("abcd"), bigrams("abcx")) == pytest.approx(2 / 4)
    assert bigrams("电") == {"电"}
    assert jaccard(bigrams(""), bigrams("")) == 0.0


def test_exact_and_near_copies_are_found_with_their_source() -> None:
    questions = [asked("电费怎么交才方便"), asked("我家房子过户了电表怎么更名")]
    sources = {"相似问": ["电费怎么交，才方便？"], "train": ["我家房子过户了，电表要怎么更名", "停电了"]}
    exact, near = find_leaks(questions, sources)
    assert (exact.exact, exact.source, exact.similarity) == (True, "相似问", 1.0)
    assert (near.exact, near.source) == (False, "train")
    assert 0.6 < near.similarity < 1.0


def test_other_wordings_are_no_leak(gold: GoldSet) -> None:
    leaks = find_leaks(
        [asked("房子卖给别人了电表名字要咋改")], {"相似问": ["居民更名过户怎么办理", "电表过户要什么材料"]}
    )
    assert leaks == ()


def test_similarity_of_exactly_the_threshold_is_allowed() -> None:
    assert find_leaks([asked("abcd")], {"x": ["abcx"]}, threshold=0.5) == ()
    assert find_leaks([asked("abcd")], {"x": ["abcx"]}, threshold=0.49)


def test_a_planted_leak_turns_the_check_red(gold: GoldSet) -> None:
    train = ["完全无关的一句话", "另一件别的事情"]
    assert find_leaks(gold.questions, {"train": train}) == ()
    leaked = find_leaks(gold.questions, {"train": [*train, gold.questions[4].text]})
    assert leaked[0].question_id == gold.questions[4].id
