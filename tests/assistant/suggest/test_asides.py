"""A long talk with several topics: one is answered, the others are offered."""

from __future__ import annotations

from assistant.suggest.request import SuggestRequest
from tests.assistant.suggest.conftest import Assist
from tests.kb.builders import entry

KNOWN = (
    entry("B01", "电表校验要多少钱", topics=("M01",)),
    entry("B02", "过户要带什么证件", topics=("B03",)),
    entry("B03", "停电提前几天通知", topics=("T01",)),
)
LONG = (
    "电表校验要多少钱？我这几天一直在外地出差，家里老人也说不清楚。过户要带什么证件？"
    "还有前天夜里忽然就黑了，一个字都没有跟我们讲。停电提前几天通知？你慢慢讲，我拿笔记着呢，别着急，我有的是时间。"
)


def test_the_other_topics_are_hints(assist: Assist) -> None:
    found = assist(*KNOWN).answer(SuggestRequest(text=LONG, top_k=1))
    [shown] = [answer.entry_id for answer in found.answers]
    assert {shown, *(hint.entry_id for hint in found.hints)} == {"B01", "B02", "B03"}


def test_a_topic_that_is_answered_is_no_hint(assist: Assist) -> None:
    same = entry("B04", "校验电表收不收费", topics=("M01",))
    found = assist(KNOWN[0], same).answer(SuggestRequest(text=f"{LONG}校验电表收不收费？", top_k=1))
    assert len(found.answers) == 1
    assert found.hints == ()


def test_a_short_question_has_no_asides(assist: Assist) -> None:
    assert assist(*KNOWN).suggest("过户要带什么证件？停电提前几天通知？").hints == ()
