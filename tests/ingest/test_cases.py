"""Bad examples become guards; nothing the agent said becomes knowledge."""

from __future__ import annotations

import pytest

from ingest.chunk.dialogue import turns_of
from ingest.types import ParsedFile
from kb.domain.knowledge import Entry, GuardText
from tests.ingest.conftest import Parse, Texts

CASES = """反面案例汇编

案例1:客户询问换表
座席人员:您好,请问有什么可以帮您?客户:我的表坏了,要换一块。
座席人员:你怎么知道坏了?
客户:数字好几个月不动了。换一块要多少钱?
座席人员:单相表九十八元,三相表三百二十元。
客户:好的。
座席人员:感谢您拨打95598,请不要挂机,请对我的服务进行评价,再见!案例分析:
1.语言能力:用反问的语气询问客户。
2.业务能力:未判断客户电表的产权,便直接答复换表价格,给客户带来误导。
3.主动能力:应主动告知客户因电表本身质量问题由供电方免费更换。
案例2:催复电
坐席：您好。客户：我昨天交了钱，怎么还没来电？
坐席：今天不上班，我也没有办法。（客户挂断电话）
案例分析：
（1）主动能力：坐席推诿客户，没有及时督办复电工单。
"""


def guards(parsed: ParsedFile) -> list[GuardText]:
    """Return what guards hold."""
    return [entry.guard for entry in parsed.entries if entry.guard is not None]


def of_case(parsed: ParsedFile, start: str) -> list[Entry]:
    """Return the guards of one case."""
    return [entry for entry in parsed.entries if entry.sources[0].locator.startswith(start)]


def test_every_criticised_utterance_is_a_guard(parse: Parse) -> None:
    parsed = parse("案例.txt", CASES)
    assert [guard.utterance for guard in guards(parsed)] == [
        "你怎么知道坏了?",
        "单相表九十八元,三相表三百二十元。",
        "今天不上班，我也没有办法。",
    ]
    assert {entry.kind for entry in parsed.entries} == {"guard"}


def test_why_and_instead_come_from_the_analysis(parse: Parse) -> None:
    counter, price, delay = guards(parse("案例.txt", CASES))
    assert counter.why == "用反问的语气询问客户。"
    assert "直接答复换表价格" in price.why
    assert price.instead == "应主动告知客户因电表本身质量问题由供电方免费更换。"
    assert delay.instead == "应及时督办复电工单。"


def test_the_question_is_what_the_customer_asked(parse: Parse) -> None:
    first, *_ = of_case(parse("案例.txt", CASES), "案例1")
    assert first.question == "我的表坏了,要换一块。"
    assert first.phrasings == ("数字好几个月不动了。换一块要多少钱?",)
    assert first.sources[0].locator == "案例1：客户询问换表"


def test_nothing_of_a_case_becomes_a_passage(parse: Parse, texts: Texts) -> None:
    text = CASES + "\n第二篇 服务制度\n\n座席受理报修应当核对地址，并在两分钟内派发工单给抢修单位处理。\n"
    whole = "\n".join(texts(parse("案例.txt", text)))
    assert "两分钟内派发工单" in whole
    assert not any(word in whole for word in ("九十八元", "怎么知道", "没有办法", "案例", "语言能力", "数字好几个月"))


def test_case_without_speakers_is_told_by_what_the_agent_did(parse: Parse) -> None:
    text = (
        "案例3:客户咨询电费算法\n某工厂来电想了解电费的算法。座席人员不了解算法,答非所问,只好挂断电话。\n案例分析:\n"
        "(1)判断能力:座席人员没有摸清客户的真实意图。应告知客户采用电容补偿器提高功率因数。\n"
    )
    (entry,) = parse("a.txt", text).entries
    assert entry.guard is not None
    assert entry.question == "客户咨询电费算法"
    assert entry.guard.utterance == "座席人员不了解算法,答非所问,只好挂断电话。"
    assert entry.guard.instead == "应告知客户采用电容补偿器提高功率因数。"


def test_a_case_without_analysis_still_gives_a_guard_with_advice(parse: Parse) -> None:
    text = "案例1:查停电\n座席人员:您好。 客户:北京路怎么停电了? 座席人员:预计六点之前送电。 客户:现在八点了还没来\n"
    (entry,) = parse("a.txt", text).entries
    assert entry.guard is not None
    assert entry.guard.utterance == "预计六点之前送电。"
    assert entry.guard.why
    assert entry.guard.instead


def test_a_dialogue_and_its_analysis_printed_apart_belong_together(parse: Parse) -> None:
    head = "案例4:客户咨询电价调整 "
    talk = "坐席人员:您好。 客户:电价怎么又涨了。 坐席人员:我们的内部文件是不对外透露的。\n\n"
    blame = "案例分析: (1)主动能力:拒绝客户的合理要求。应向客户解释电价调整政策。\n"
    (entry,) = parse("a.txt", head + talk + head + blame).entries
    assert entry.guard is not None
    assert entry.guard.instead == "应向客户解释电价调整政策。"


def test_an_ordinary_case_study_stays_knowledge(parse: Parse, texts: Texts) -> None:
    text = "节能案例\n\n案例1:某工厂改造\n某工厂改造照明之后，每年节约电费十二万元，投资两年收回。\n"
    parsed = parse("a.txt", text)
    assert parsed.entries == ()
    assert "每年节约电费十二万元" in "\n".join(texts(parsed))


def test_a_dialogue_nobody_judged_is_left_out_with_a_warning(parse: Parse, texts: Texts) -> None:
    text = "对话\n\n座席：您好，请讲。\n客户：电费怎么交？\n座席：随便您，去哪里交都行。\n"
    parsed = parse("a.txt", text)
    assert parsed.entries == ()
    assert "随便您" not in "\n".join(texts(parsed))
    assert [(f.code, f.severity) for f in parsed.findings if f.code != "no_content"] == [
        ("unjudged_dialogue", "warning")
    ]


def test_a_torn_speaker_is_still_the_customer(parse: Parse) -> None:
    talk = "案例1:查电费\n座席:您的户号是多少?客\n户:帮我查一下这个月的电费。\n座席:在发票上有,您自己去查。\n"
    (entry,) = parse("a.txt", talk + "案例分析:\n(1)主动能力:没有主动通过户名查询,让客户自己去查,推诿客户。\n").entries
    assert entry.guard is not None
    assert entry.question == "帮我查一下这个月的电费。"
    assert entry.guard.utterance == "在发票上有,您自己去查。"


def test_advice_never_repeats_what_the_agent_said(parse: Parse) -> None:
    talk = "案例1:换表\n座席:单相表九十八元。客户:这么贵?\n案例分析:\n"
    blame = "(1)业务能力:应向客户说明单相表九十八元只是参考价格。没有询问电表产权就报价格。\n"
    (entry,) = parse("a.txt", talk + blame).entries
    assert entry.guard is not None
    assert entry.guard.instead == "应询问电表产权就报价格。"


def test_a_case_without_a_customer_still_gives_a_guard(parse: Parse) -> None:
    (entry,) = parse("a.txt", "案例1:\n座席:您自己去找他。案例分析:(1)主动能力:座席推诿客户。\n").entries
    assert entry.question == "您自己去找他。"


def test_headings_end_a_case_in_structured_documents(parse: Parse, texts: Texts) -> None:
    text = (
        "# 培训\n\n## 案例1：换表\n\n座席：单相表九十八元。\n\n客户：这么贵？\n\n### 案例分析\n\n"
        "业务能力：没有询问产权就报价格。\n\n## 受理规则\n\n受理换表申请，应当先核对户号和产权归属再答复客户。\n"
    )
    parsed = parse("a.md", text)
    assert [guard.utterance for guard in guards(parsed)] == ["单相表九十八元。"]
    assert texts(parsed) == ["受理换表申请，应当先核对户号和产权归属再答复客户。"]


@pytest.mark.parametrize("label", ["座席人员", "坐席", "客服", "话务员", "客户代表"])
def test_speakers_on_one_line(label: str) -> None:
    turns = turns_of(f"{label}:您好。客户:查电费？{label}：稍等。（客户等待两分钟）客户:好")
    assert [(turn.agent, turn.text) for turn in turns] == [
        (True, "您好。"),
        (False, "查电费？"),
        (True, "稍等。"),
        (False, "好"),
    ]
