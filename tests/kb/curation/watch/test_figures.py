"""Figures: spoken or written, in any unit, with the place they stand at."""

from __future__ import annotations

import pytest

from tests.kb.curation.watch.watching import RULES


def only(text: str) -> object:
    (figure,) = RULES.figures(text)
    return figure


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("十五天", "15日"), ("半年", "6个月"), ("一年", "12个月"),
        ("二十四小时", "1天"), ("千分之二", "0.2%"), ("1.5小时", "90分钟"),
        ("一个半小时", "90分钟"), ("五百块钱", "500元"), ("7天", "一个星期"),
        ("百分之七", "7%"), ("5个工作日", "7天"), ("九折", "90%"),
        ("260度", "260千瓦时"), ("3至7天", "5天"), ("两个月", "60天"),
        ("0.05元", "5分钱"), ("1万元", "10000元"), ("三年", "36个月"),
    ],
)  # fmt: skip
def test_the_same_said_otherwise_agrees(one: str, other: str) -> None:
    (a,), (b,) = RULES.figures(one), RULES.figures(other)
    assert a.agrees(b)
    assert b.agrees(a)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("十五天", "5日"), ("5个工作日", "7个工作日"), ("5个工作日", "15日"),
        ("24小时", "48小时"), ("千分之一", "千分之二"),
        ("500元", "5000元"), ("3倍", "4倍"), ("30天", "30元"),
        ("3至7天", "10天"), ("0.85", "0.9"), ("一年", "两年"),
    ],
)  # fmt: skip
def test_what_differs_does_not_agree(one: str, other: str) -> None:
    (a,), (b,) = RULES.figures(one), RULES.figures(other)
    assert not a.agrees(b)


@pytest.mark.parametrize(
    "text",
    [
        "一户一表",
        "第三档",
        "2025年6月1日",
        "6月1日起",
        "一次性告知",
        "两部制",
        "500千伏安的变压器",
        "10千伏供电",
        "没有数字",
    ],
)
def test_names_dates_and_cases_are_no_figures(text: str) -> None:
    assert RULES.figures(text) == []


def test_a_figure_knows_its_place_and_whether_it_is_a_limit() -> None:
    text = "每次不少于15天，最长两年，逾期超过30天"
    found = RULES.figures(text)
    assert [text[figure.start : figure.end] for figure in found] == ["15天", "两年", "30天"]
    assert [figure.bound for figure in found] == ["least", "most", ""]
