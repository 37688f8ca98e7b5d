"""A call keeps its facts, and words that lean on the question before are answered with it."""

from __future__ import annotations

import pytest

from assistant.judge.facts import FactBook
from assistant.suggest.following import FollowRules, Turn, continued, load_follow_rules
from assistant.suggest.request import SuggestRequest
from kb.domain.knowledge import Branch
from kb.text.rulefiles import RuleFiles
from tests.assistant.suggest.conftest import Assist
from tests.kb.builders import entry

PRICE = Turn(text="居民一度电多少钱", facts={"用电类别": "居民"})


@pytest.fixture(scope="module")
def rules(rule_files: RuleFiles) -> FollowRules:
    return load_follow_rules(rule_files)


@pytest.mark.parametrize("said", ["那商业的呢", "要是农村呢", "商业的", "换成大棚呢", "那还要带啥"])
def test_words_that_lean(said: str, rules: FollowRules, book: FactBook) -> None:
    assert rules.leans(said, book)


@pytest.mark.parametrize(
    "said", ["电表走得快怎么办", "开店要带什么证件去办", "那天停电把我家冰箱烧坏了我要你们赔偿损失", "。", ""]
)
def test_words_that_stand_alone(said: str, rules: FollowRules, book: FactBook) -> None:
    assert not rules.leans(said, book)


def test_a_follow_up_changes_one_fact_and_asks_the_same(rules: FollowRules, book: FactBook) -> None:
    turn = continued("那商业的呢", "那商业的呢", PRICE, rules, book)
    assert turn.facts == {"用电类别": "工商业"}
    assert "多少钱" in turn.text
    assert "居民" not in turn.text


def test_facts_stay_when_the_subject_changes(rules: FollowRules, book: FactBook) -> None:
    turn = continued("电表走得快怎么办", "电表走得快怎么办", PRICE, rules, book)
    assert turn == Turn(text="电表走得快怎么办", facts={"用电类别": "居民"})


def test_without_a_question_before_only_the_words_count(rules: FollowRules, book: FactBook) -> None:
    assert continued("那商业的呢", "那商业的呢", None, rules, book).text == "那商业的呢"


def test_the_branch_follows(assist: Assist) -> None:
    branches = (
        Branch(when={"用电类别": "居民"}, answer="居民找社区。"),
        Branch(when={"用电类别": "工商业"}, answer="商户找客户经理。"),
    )
    desk = assist(entry("B01", "办过户要找谁", branches=branches), entry("B02", "电表坏了怎么办"))
    first = desk.answer(SuggestRequest(text="家里办过户要找谁", explain=True))
    assert (first.candidates or ())[0].answer == "居民找社区。"
    before = Turn(text=first.context.text, facts=first.context.facts)
    then = desk.answer(SuggestRequest(text="那商业的呢", before=before, explain=True))
    top = (then.candidates or ())[0]
    assert (top.entry_id, top.answer) == ("B01", "商户找客户经理。")
    assert then.text == "那商业的呢"
    alone = desk.answer(SuggestRequest(text="那商业的呢", explain=True))
    assert alone.context.text == "那商业的呢"


def test_one_question_with_two_answers_is_a_conflict_and_never_sure(assist: Assist) -> None:
    desk = assist(
        entry("B01", "停电几天前通知？", answer="提前七天公告。"),
        entry("B02", "停电几天前通知", answer="提前三天公告。"),
        entry("B03", "电表坏了怎么办", answer="打电话。"),
    )
    found = desk.answer(SuggestRequest(text="停电几天前通知", top_k=1))
    assert {answer.entry_id: answer.conflicts_with for answer in found.answers} == {"B01": ("B02",), "B02": ("B01",)}
    assert found.band != "high"
    settled = desk.answer(SuggestRequest(text="电表坏了怎么办"))
    assert settled.band == "high"
    assert not settled.answers[0].conflicts_with
