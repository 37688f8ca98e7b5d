"""What clauses say beside figures: refusals in many wordings, who, which business, and what comes first."""

from __future__ import annotations

import pytest

from kb.curation.watch.aspects import choices_in, orders_in
from tests.kb.curation.watch.watching import MEANING, RULES, clash, same, subject

TITLE = "岸电桩能不能临时转借给别的船"
SAID = "岸电桩可以临时转借给别的船。"


@pytest.mark.parametrize(
    "text",
    [
        "不能扣减",
        "没法受理",
        "户号不是必备条件",
        "请您和邻居不要自行去合闸",
        "别站在下面",
        "不要点陌生人发的链接",
        "没断电前不要泼水",
    ],
)
def test_an_odd_number_of_denials_says_no(text: str) -> None:
    assert RULES.denials.odd(text)


@pytest.mark.parametrize("text", ["可以减", "不得拒绝受理", "不能不收", "不超过5天", "有没有", "没有房产证的房子"])
def test_what_only_looks_like_a_denial_says_yes(text: str) -> None:
    assert not RULES.denials.odd(text)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("这种情形按过户办理", "办什么", {"过户"}),
        ("这个支持物算用户的", "归谁", {"客户"}),
        ("由产权人自行更换", "谁来办", {"产权人"}),
        ("合表执行三档阶梯", "按什么价", {"阶梯"}),
        ("我登记意见核查", "登记成什么", {"意见"}),
        ("可以作为举报或意见登记", "登记成什么", {"举报", "意见"}),
    ],
)
def test_a_clause_answers_a_question(text: str, name: str, expected: set[str]) -> None:
    assert choices_in(text, RULES.choices)[name] == expected


def test_a_clause_that_only_names_a_business_answers_nothing() -> None:
    assert choices_in("过户以后重新签合同", RULES.choices) == {}


@pytest.mark.parametrize(
    ("sentence", "first", "then"),
    [
        ("新装是先签合同后送电", "签合同", "送电"),
        ("办理时先在电力交易平台注册，选择售电公司，再签协议", "在电力交易平台注册", "再签协议"),
        ("没断电前千万不要泼水", "断电", "泼水"),
    ],
)
def test_steps_in_order(sentence: str, first: str, then: str) -> None:
    assert (first, then) in [(order.first, order.then) for order in orders_in(sentence, RULES.orders)]


def test_no_row_of_steps_without_a_word_that_continues_it() -> None:
    assert orders_in("请您先放心，我们登记", RULES.orders) == ()


def test_the_same_steps_in_another_order() -> None:
    title = "岸电桩登记和签合同哪个在前"
    one = subject("a", title, "岸电桩先登记船名，再签用电合同。")
    assert clash(one, subject("b", title, "岸电桩先签用电合同，再登记船名。"))
    assert clash(one, subject("b", title, "岸电桩先登记船名，随后再签用电合同。")) == []


def test_another_answer_to_one_question() -> None:
    title = "岸电桩船东改了名字办什么业务"
    one = subject("a", title, "岸电桩船东改了名字的，按更名办理。")
    assert clash(one, subject("b", title, "岸电桩船东改了名字的，按过户办理。"))
    assert clash(one, subject("b", title, "岸电桩船东改了名字的，办更名就可以。")) == []


@pytest.mark.parametrize(
    "other", ["岸电桩不要临时转借给别的船。", "岸电桩没法临时转借给别的船。", "岸电桩临时转借给别的船的，请勿办理。"]
)
def test_refusals_in_other_words(other: str) -> None:
    assert clash(subject("a", TITLE, SAID), subject("b", TITLE, other))


def test_a_double_denial_grants() -> None:
    title = "岸电桩报损没有发票受不受理"
    granted = subject("a", title, "岸电桩报损没有发票的，不得拒绝受理岸电桩报损。")
    assert clash(granted, subject("b", title, "岸电桩报损没有发票的，没法受理岸电桩报损。"))
    assert clash(granted, subject("b", title, "岸电桩报损没有发票的，可以受理岸电桩报损。")) == []


def test_a_short_answer_speaks_of_its_question() -> None:
    assert clash(subject("a", TITLE, "能转借。请带执照。"), subject("b", TITLE, "不能转借。请来电。"))


def test_the_only_figures_of_both_sides_are_of_one_thing() -> None:
    one = subject("a", "岸电桩漏电人要站多远", "退到8米以外等候岸电桩抢修。")
    assert clash(one, subject("b", "岸电桩漏电离开多少", "岸电桩漏电退开三米就安全了。"))


def test_years_are_figures() -> None:
    title = "岸电桩容量费免到哪一年"
    one = subject("a", title, "岸电桩容量费免到2030年年底。")
    assert clash(one, subject("b", title, "岸电桩容量费免到2027年年底。"))
    assert clash(one, subject("b", title, "岸电桩容量费2030年以前不收。")) == []


def test_wording_nearly_the_same_that_contradicts_is_no_duplicate() -> None:
    text = "岸电桩可以临时转借给别的船，请带执照来登记，费用由借用的船东结清。"
    one, other = subject("a", TITLE, text), subject("b", TITLE, text.replace("可以", "不可以"))
    assert len(same(one, subject("b", TITLE, text))) == 1
    assert same(one, other) == []
    assert clash(one, other)


def test_meaning_is_learnt_once_and_never_below_zero() -> None:
    assert MEANING.alike("不能代替自己的应急电源", "可以顶替自备应急电源") > MEANING.alike("不能代替应急电源", "办过户")
    assert MEANING.alike("把地址和电话告诉我", "退开三米就安全了") >= 0.0
