"""Callers who are not in the books: two concerns in one breath, a joke, silence, a child, a foreigner, an old date."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.errors import RequestInvalid
from assistant.suggest.pipeline import Assistant
from assistant.suggest.request import SuggestRequest
from kb.domain.suggestion import Suggestion
from kb.search.ranker import Cuts
from tests.assistant.suggest.conftest import Assist
from tests.kb.builders import entry


@pytest.fixture(scope="module")
def desk(assist: Assist) -> Assistant:
    return assist(
        entry("pay", "电费怎么交", "电费去哪里交", answer="网上国网直接缴。", categories=("电价电费",)),
        entry("move", "房子卖了电表怎么过户", answer="凭房产证过户。", categories=("用电业务",)),
    )


def found(suggestion: Suggestion) -> set[str]:
    return {answer.entry_id for answer in suggestion.answers} | {near.entry_id for near in suggestion.nearby}


@pytest.mark.parametrize(
    "said", ["停电都不通知一声，我要投诉你们，还有电费去哪里交", "电费去哪里交？还有，那个抄表的骂我，我要投诉他"]
)
def test_a_complaint_with_a_question_gets_both_and_the_order_of_the_higher_level(desk: Assistant, said: str) -> None:
    suggestion = desk.suggest(said)
    assert suggestion.call_type.label == "投诉"
    assert suggestion.work_order.form == "投诉单"
    assert "pay" in found(suggestion)


@pytest.mark.parametrize(
    "said", ["给我讲个笑话", "世界上先有鸡还是先有蛋", "喂喂", "……", "嗯", "我是小朋友，我想找妈妈", "阿姨你会唱歌吗"]
)
def test_a_joke_silence_and_a_child_file_nothing_and_alarm_nobody(desk: Assistant, said: str) -> None:
    suggestion = desk.suggest(said)
    assert not suggestion.work_order.needed
    assert not any("离开" in line for line in suggestion.say)
    assert suggestion.must_ask == ()


@pytest.mark.parametrize(
    ("stored", "shown"), [("交电费被搭收别的费用怎么办", False), ("水费和电费能一起交吗，水费怎么交", True)]
)
def test_another_utilitys_matter_gets_no_guess_but_what_speaks_of_it(
    assist: Assist, stored: str, *, shown: bool
) -> None:
    desk = assist(entry("one", stored, answer="请到营业厅办理。", categories=("电价电费",)))
    eager = Assistant(replace(desk._parts, cuts=Cuts(high=1.1, medium=0.0)), desk._shelf)
    suggestion = eager.suggest("这个月的水费该咋个交嘛")
    assert suggestion.work_order.rules == ("N04",)
    assert bool(suggestion.answers) is shown
    certain = Assistant(replace(desk._parts, cuts=Cuts(high=0.0, medium=0.0)), desk._shelf)
    assert certain.suggest("这个月的水费该咋个交嘛").answers


def test_nothing_said_at_all_is_refused_with_a_hint() -> None:
    with pytest.raises(RequestInvalid) as refused:
        SuggestRequest(text="   ")
    assert refused.value.hint


def test_a_child_in_danger_is_kept_safe_like_anybody(desk: Assistant) -> None:
    suggestion = desk.suggest("阿姨，我家插座冒火了，妈妈不在家")
    assert "离开" in suggestion.say[0]
    assert suggestion.work_order.form == "报修单"


@pytest.mark.parametrize("said", ["Hello, my power is out, please help me", "Could you tell me how to pay the bill"])
def test_an_english_speaker_is_handed_on_politely(desk: Assistant, said: str) -> None:
    suggestion = desk.suggest(said)
    assert any("English-speaking" in line for line in suggestion.say)
    assert suggestion.answers == ()


def test_a_few_latin_letters_make_no_foreigner(desk: Assistant) -> None:
    assert not any("English-speaking" in line for line in desk.suggest("网上国网 APP 上 ETC 怎么交电费").say)


def test_a_date_in_the_past_is_no_outage_of_today(desk: Assistant) -> None:
    assert desk.suggest("2019年3月5日停的电几点来").outages == ()
