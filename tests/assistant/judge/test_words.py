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
        "变压器底下淌油,还噼啪响",
        "外面轰的一声,一片全停电了",
        "杆子上的铁盒子喷火星",
        "线芯都露在外面,孩子老去摸",
        "风筝挂到高压线上了",
        "我弟被电粘住了",
        "电缆井盖没了,里面的线泡在水里",
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
        "要是电线断下来,人该离多远",
        "上回触电那家人的住址给我",
        "漏电保护开关老跳",
        "树杈快够着电线了,没打火",
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
    assert part in words.say(call_type, "您好", danger=False)[0]
    assert words.say("咨询", "您好", danger=False) == []


def test_safety_comes_before_everything(words: WordRules) -> None:
    first, *rest = words.say("投诉", "表箱冒烟,一直没人来修", danger=True)
    assert "离开" in first
    assert "8米" in first
    assert len(rest) == 2
    assert "抱歉" in rest[0]
    assert "24小时" in rest[1]


def test_anger_is_answered_whatever_the_call_type(words: WordRules) -> None:
    assert any("实在抱歉" in line for line in words.say("咨询", "你们态度太差", danger=False))


def test_a_pattern_that_does_not_compile_is_refused() -> None:
    with pytest.raises(RuleFileInvalid, match=r"judge\.toml"):
        compile_all(["("], "judge.toml")


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("欠费都结清了,家里还是没电", "24小时内复电"),
        ("你们想怎么涨就怎么涨", "理解"),
        ("电表好几个月不走字了", "感谢您主动反映"),
        ("这个月电费突然多了一倍", "抄表周期"),
        ("电表上的数字几个月没动过", "有没有人用电"),
        ("怎么又停电了", "停电给您带来不便"),
    ],
)
def test_what_the_words_alone_call_for(words: WordRules, said: str, part: str) -> None:
    assert any(part in line for line in words.say("咨询", said, danger=False))


@pytest.mark.parametrize("said", ["一度电多少钱", "怎么办过户", "电费怎么交", "阶梯电价分几档"])
def test_a_plain_question_needs_no_preamble(words: WordRules, said: str) -> None:
    assert words.say("咨询", said, danger=False) == []


def test_one_house_without_power_is_looked_into_together(words: WordRules) -> None:
    lines = words.say("报修", "就我家没电,邻居都有电", danger=False)
    assert any("欠费提醒" in line for line in lines)
    assert not any("欠费提醒" in line for line in words.say("报修", "整栋楼没电", danger=False))


@pytest.mark.parametrize(
    "said", ["总经理的手机号给我", "我是监管部门的,要亲口通知你们总经理", "邻居家电费多少", "把前妻的住址告诉我"]
)
def test_private_phones_and_other_peoples_accounts_are_refused(words: WordRules, said: str) -> None:
    assert "不能" in words.say("查询", said, danger=False)[0]
    assert not words.identity("查询", said).required


@pytest.mark.parametrize("said", ["查我的电费", "营业厅电话多少", "邻居家有电我家没有", "给领导提个建议"])
def test_ordinary_calls_are_not_refused(words: WordRules, said: str) -> None:
    assert words.refusal(said) is None


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("我要投诉你们", "投诉"),
        ("不想投诉,就问问", None),
        ("投诉几天给回话", "咨询"),
        ("我要举报隔壁偷电", "举报"),
        ("举报偷电有奖吗", "咨询"),
        ("昨天报修过,到现在没人来", "催办"),
        ("想请你们给我装一块电表", "服务申请"),
        ("装一块电表多少钱", None),
        ("家里没电,怀疑是电表烧坏了", "报修"),
        ("偷电是怎么认定的", None),
        ("给我讲个笑话", "咨询"),
        ("等人工的时候放的歌太吵", None),
        ("要验表", "服务申请"),
        ("验表要多少钱", None),
        ("停得太勤了,不是投诉,就是说一声", "意见"),
        ("我不投诉,请派个人来看看", None),
    ],
)
def test_words_that_settle_the_call_type(words: WordRules, said: str, label: str | None) -> None:
    assert words.call_type(said) == label


def test_a_supposed_danger_is_known_as_one(words: WordRules) -> None:
    assert words.supposed("要是有人麻倒了能不能伸手去拽")
    assert not words.supposed("有人麻倒了")
    assert words.danger("电线断了掉在地上,万一电着人")
