"""What words alone decide: danger, identity, what to say first."""

from __future__ import annotations

import pytest

from assistant.judge.words import WordRules, compile_all, load_word_rules
from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles


@pytest.fixture(scope="module")
def words(rule_files: RuleFiles) -> WordRules:
    return load_word_rules(rule_files)


@pytest.mark.parametrize(
    "said",
    [
        "电线断了掉在路上",
        "有根高压线耷拉下来了",
        "我爸触电了",
        "表箱冒烟了",
        "插座冒火花",
        "一股焦味从配电箱出来",
        "电线杆被车撞歪了",
        "地下室进水了,配电箱泡着",
        "铁门带电",
        "水龙头麻手",
        "家里好像漏电,摸着冰箱麻了一下",
    ],
)
def test_danger(words: WordRules, said: str) -> None:
    assert words.danger(said)


@pytest.mark.parametrize(
    "said",
    [
        "家里没电了",
        "怎么预防触电",
        "触电急救知识有哪些",
        "漏电保护器多少毫安",
        "会不会漏电",
        "停电公告在哪看",
        "电费断崖式上涨",
        "电表是不是走得快",
    ],
)
def test_no_danger(words: WordRules, said: str) -> None:
    assert not words.danger(said)


def test_a_harmless_phrase_does_not_cancel_a_danger(words: WordRules) -> None:
    assert words.danger("人没有触电,可是电线断了掉在地上")


def test_only_queries_pass_the_identity_gate(words: WordRules) -> None:
    gate = words.identity("查询", "查一下电费")
    assert gate.required
    assert gate.accepts == ("户号", "密码", "申请号", "有效证件")
    assert gate.read_back == ("户名", "用电地址")
    assert "户号" in gate.prompt
    assert not words.identity("咨询", "查一下电费").required


@pytest.mark.parametrize("said", ["我不记得户号了", "户号找不到", "没有户号能查吗"])
def test_without_a_number_the_name_is_asked(words: WordRules, said: str) -> None:
    gate = words.identity("查询", said)
    assert "户名" in gate.prompt
    assert gate.prompt != words.identity("查询", "户号1234567890").prompt


@pytest.mark.parametrize(
    ("call_type", "part"),
    [
        ("投诉", "抱歉"),
        ("意见", "抱歉"),
        ("催办", "久等"),
        ("报修", "45分钟"),
        ("举报", "保密"),
        ("表扬", "肯定"),
        ("建议", "感谢您的建议"),
    ],
)
def test_what_is_said_first(words: WordRules, call_type: str, part: str) -> None:
    (line,) = words.say(call_type, "您好", danger=False)
    assert part in line
    assert words.say("咨询", "您好", danger=False) == []


def test_safety_comes_before_everything(words: WordRules) -> None:
    first, *rest = words.say("投诉", "表箱冒烟,一直没人来修", danger=True)
    assert "离开" in first
    assert "8米" in first
    assert len(rest) == 2


def test_anger_is_answered_whatever_the_call_type(words: WordRules) -> None:
    assert any("实在抱歉" in line for line in words.say("咨询", "你们态度太差", danger=False))


def test_a_pattern_that_does_not_compile_is_refused() -> None:
    with pytest.raises(RuleFileInvalid, match=r"judge\.toml"):
        compile_all(["("], "judge.toml")
