"""What carries no question asks nothing, and the newest words are what is asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.calls.live import LiveRules, Segment, Transcript, load_live_rules, meaning, read_segment
from assistant.errors import RequestInvalid
from assistant.suggest.request import SuggestRequest
from kb.text.rulefiles import RuleFiles
from tests.assistant.api.house import full


@pytest.fixture(scope="module")
def rules() -> LiveRules:
    return load_live_rules(RuleFiles())


def caller(text: str, *, final: bool = True) -> Segment:
    return Segment(speaker="caller", text=text, final=final)


@pytest.mark.parametrize(
    "text",
    [
        "喂，您好",
        "你好，是95598吗？",
        "嗯嗯，好的，谢谢您，再见。",
        "喂",
        "啊",
        "",
        "…",
        "　嗯　",
        "请问",
        "Ｈ",
        "\u200b\u202e",
    ],
)
def test_greetings_ask_nothing(rules: LiveRules, text: str) -> None:
    assert Transcript(rules).hear(caller(text)) == ""


@pytest.mark.parametrize(
    ("text", "meat"),
    [
        ("您好，我家停电了", "我家停电了"),
        ("喂，你好，请问，电表走得太快怎么办，谢谢", "电表走得太快怎么办"),
        ("好的电表多少钱", "好的电表多少钱"),
        ("是的，跳闸了", "跳闸了"),
    ],
)
def test_greetings_are_taken_off_both_ends_only(rules: LiveRules, text: str, meat: str) -> None:
    assert rules.meat(text) == meat


def test_a_pending_segment_is_replaced_by_the_next(rules: LiveRules) -> None:
    talk = Transcript(rules)
    assert talk.hear(caller("电表", final=False)) == "电表"
    assert talk.hear(caller("电表走得", final=False)) == "电表走得"
    assert talk.hear(caller("电表走得太快")) == "电表走得太快"
    assert talk.hear(caller("电费翻倍", final=False)) == "电表走得太快，电费翻倍"
    assert talk.hear(caller("电费多了")) == "电表走得太快，电费多了"


def test_the_same_words_are_asked_once(rules: LiveRules) -> None:
    talk = Transcript(rules)
    assert talk.hear(caller("电表走得太快", final=False)) == "电表走得太快"
    assert talk.hear(caller("电表走得太快")) == ""
    assert talk.hear(caller("嗯，好的")) == ""


def test_the_agent_asks_nothing(rules: LiveRules) -> None:
    assert Transcript(rules).hear(Segment(speaker="agent", text="请问您家是一户一表吗", final=True)) == ""


def test_only_the_newest_words_are_looked_at(rules: LiveRules) -> None:
    talk = Transcript(rules)
    words = [talk.hear(caller(f"第{number}句话说电表")) for number in range(100)][-1]
    assert len(words) == rules.window
    assert words.endswith("第99句话说电表")


def test_meaning_is_what_an_agent_would_act_on() -> None:
    shown = full(SuggestRequest(text="电表走得快"))
    same = replace(shown, text="电表走得有点快", took_ms=9.9, categories=shown.categories[:1])
    assert meaning(same) == meaning(shown)
    assert meaning(replace(shown, band="high")) != meaning(shown)
    assert meaning(replace(shown, must_ask=())) != meaning(shown)
    assert meaning(replace(shown, answers=shown.answers[1:])) != meaning(shown)


@pytest.mark.parametrize(
    "data",
    [
        None, [], {}, {"speaker": "caller"}, {"speaker": "robot", "text": "x"}, {"speaker": "caller", "text": 1},
        {"speaker": "caller", "text": "x", "final": 1}, {"speaker": "caller", "text": "x" * 1001},
        {"speaker": "caller", "text": "x", "more": 1},
    ],
)  # fmt: skip
def test_what_is_no_segment_is_refused(data: object) -> None:
    with pytest.raises(RequestInvalid):
        read_segment(data)
