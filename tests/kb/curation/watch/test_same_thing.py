"""When two sides speak of one thing: bare answers, lists, ranges, how often, attributes; and what says they agree."""

from __future__ import annotations

import pytest

from kb.curation.watch.claims import ClaimReader, Clause
from tests.kb.curation.watch.watching import RULES, clash, subject

TITLE = "岸电桩能不能临时转借给别的船"
RANGE = "岸电桩电压在198伏到235伏之间算合格。"


def clauses(text: str, title: str = TITLE) -> list[Clause]:
    return [clause for _statement, clause in ClaimReader(RULES)(subject("a", title, text)).clauses]


def test_a_bare_yes_or_no_speaks_of_the_question() -> None:
    bare = subject("a", "周末交清岸电费，送电时间会不会顺延", "不顺延。请您放心。")
    other = subject("b", "周末交岸电费", "周末交清岸电费的，送电时间顺延到下周一。")
    assert len(clash(bare, other)) == 1
    assert clash(bare, subject("b", "周末交岸电费", "周末交清岸电费的，送电时间不顺延。")) == []
    allowed = subject("a", TITLE, "可以。请带执照来登记。")
    assert len(clash(allowed, subject("b", TITLE, "岸电桩不能临时转借给别的船。"))) == 1


@pytest.mark.parametrize(("ends", "expected"), [("209伏到231伏", 1), ("198伏到235伏", 0)])
def test_ranges_agree_only_with_the_same_ends(ends: str, expected: int) -> None:
    title = "岸电桩电压多少算合格"
    other = subject("b", title, f"岸电桩电压在{ends}之间算合格。")
    assert len(clash(subject("a", title, RANGE), other)) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("每月", "每季度", 1), ("每月", "按月", 0), ("每个季度", "三个月一次", 0), ("每年", "每半年", 1)],
)
def test_how_often_is_a_figure(one: str, other: str, expected: int) -> None:
    title = "岸电桩漏电保护多久试验一次"
    first = subject("a", title, f"岸电桩漏电保护{one}试验按钮。")
    second = subject("b", title, f"岸电桩漏电保护{other}试验按钮。")
    assert len(clash(first, second)) == expected


def test_a_list_of_figures_is_one_clause_each_and_shares_its_unit() -> None:
    low, high = clauses("更换岸电桩合同低压2个、高压3个工作日。")
    assert [(figure.said, figure.unit) for figure in (*low.figures, *high.figures)] == [
        ((2.0, 2.0), "工作日"),
        ((3.0, 3.0), "工作日"),
    ]
    assert (low.scopes["电压"], high.scopes["电压"]) == (frozenset({"低压"}), frozenset({"高压"}))


def test_what_says_the_same_nearer_by_speaks_against_a_contradiction() -> None:
    title = "岸电桩申请和投诉多久答复"
    one = subject("a", title, "岸电桩投诉5个工作日内答复。")
    assert clash(one, subject("b", title, "岸电桩投诉3个工作日内答复。"))
    assert clash(one, subject("b", title, "岸电桩申请3个工作日内答复，岸电桩投诉5个工作日内答复。")) == []


def test_an_attribute_denies_nothing() -> None:
    (attribute,) = clauses("没有执照的船东也能转借岸电桩")
    assert attribute.denied == frozenset()
    (denial,) = clauses("船东不能转借岸电桩")
    assert "转借" in denial.denied


def test_whoever_is_charged_pays() -> None:
    title = "岸电桩更换收不收费"
    free = subject("a", title, "岸电桩更换一律不收费。")
    assert len(clash(free, subject("b", title, "岸电桩更换费用由客户承担。"))) == 1
    assert clash(free, subject("b", title, "岸电桩更换费用由供电公司承担。")) == []


def test_days_before_are_not_days_overdue() -> None:
    title = "岸电桩停用几天申请"
    early = subject("a", title, "岸电桩停用应当提前10天申请。")
    assert clash(early, subject("b", title, "岸电桩停用应当逾期超过5天申请。")) == []
    assert len(clash(early, subject("b", title, "岸电桩停用应当提前5天申请。"))) == 1


def test_a_year_and_a_week_measure_different_things() -> None:
    title = "岸电桩停用时间"
    year = subject("a", title, "岸电桩停用一年。")
    assert clash(year, subject("b", title, "岸电桩停用7天。")) == []
    assert len(clash(year, subject("b", title, "岸电桩停用三个月。"))) == 1
