"""Contradictions: another figure, the opposite verdict, another payer; and what only looks like one."""

from __future__ import annotations

import datetime as dt

import pytest

from kb.domain.validity import Validity
from tests.kb.curation.watch.watching import clash, subject

TITLE = "电动船岸电桩检定要多久出结果"
SAID = "岸电桩检定从登记起7个工作日内出具检定结果。"


def test_another_figure_for_the_same_thing() -> None:
    (found,) = clash(subject("a", TITLE, SAID), subject("b", TITLE, "岸电桩检定登记以后二十个工作日内出具检定结果。"))
    assert (found.kind, found.items) == ("contradiction", ("a", "b"))
    marked = [[side.said[span.start : span.end] for span in side.spans] for side in found.sides]
    assert marked == [["7个工作日"], ["二十个工作日"]]
    assert {remedy.action for remedy in found.remedies} == {"edit", "withdraw", "dismiss"}


@pytest.mark.parametrize(
    "other",
    [
        "岸电桩检定登记以后七个工作日内出具检定结果。",
        "岸电桩检定从登记起9天内出具检定结果。",
        "高压岸电桩检定从登记起7个工作日内出具检定结果，复检15个工作日。",
    ],
)
def test_a_figure_the_other_side_has_too_is_no_contradiction(other: str) -> None:
    assert clash(subject("a", TITLE, SAID), subject("b", TITLE, other)) == []


def test_another_case_is_no_contradiction() -> None:
    low = subject("a", TITLE, "低压岸电桩检定从登记起7个工作日内出具检定结果。")
    high = subject("b", TITLE, "高压岸电桩检定从登记起20个工作日内出具检定结果。")
    assert clash(low, high) == []
    assert clash(low, subject("b", TITLE, "低压岸电桩检定从登记起20个工作日内出具检定结果。"))


def test_another_step_is_no_contradiction() -> None:
    one = subject("a", TITLE, "岸电桩投诉24小时内与客户联系。")
    assert clash(one, subject("b", TITLE, "岸电桩投诉5个工作日内给客户答复。")) == []


def test_another_topic_is_no_contradiction() -> None:
    one = subject("a", TITLE, SAID)
    other = subject("b", "锦旗送到哪里", "感谢信和锦旗可以在3天里送到当地供电所。")
    assert clash(one, other, near=0.3) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "首问语规范，服务过程中缺少“十字”礼貌用语，语气生硬。",
            "首问语不规范，服务过程中缺少十字礼貌用语，语气生硬。",
        ),
        ("岸电桩可以转借给别的船使用。", "岸电桩不能转借给别的船使用。"),
        ("检定岸电桩要交纳检定费。", "检定岸电桩不收检定费。"),
        ("岸电桩更换费用由供电公司承担。", "岸电桩更换费用由客户承担。"),
        ("岸电桩停用以后当月起不计容量费。", "岸电桩停用以后次月起不计容量费。"),
    ],
)
def test_the_opposite_of_the_same(one: str, other: str) -> None:
    assert len(clash(subject("a", TITLE, one), subject("b", TITLE, other))) == 1
    assert clash(subject("a", TITLE, one), subject("b", TITLE, one)) == []


@pytest.mark.parametrize(
    "other", ["如果岸电桩不能转借给别的船使用", "岸电桩不能转借给别的船使用的", "岸电桩能不能转借给别的船使用"]
)
def test_conditions_and_questions_deny_nothing(other: str) -> None:
    one = subject("a", TITLE, "岸电桩可以转借给别的船使用。")
    assert clash(one, subject("b", TITLE, f"{other}，请先来电。")) == []


def test_what_never_holds_together_cannot_contradict() -> None:
    over, new = Validity(valid_to=dt.date(2025, 1, 1)), Validity(valid_from=dt.date(2025, 1, 1))
    later = "岸电桩检定登记以后20个工作日内出具检定结果。"
    assert clash(subject("a", TITLE, SAID, validity=over), subject("b", TITLE, later, validity=new)) == []
    assert clash(subject("a", TITLE, SAID, region="东"), subject("b", TITLE, later, region="西")) == []
    assert clash(subject("a", TITLE, SAID, kind="clause"), subject("b", TITLE, later, kind="clause")) == []
    assert clash(subject("a", TITLE, SAID), subject("b", TITLE, later, kind="clause"))


def test_every_side_that_changes_changes_the_digest_but_not_the_id() -> None:
    one, other = subject("a", TITLE, SAID), subject("b", TITLE, "岸电桩检定登记以后20个工作日内出具检定结果。")
    (before,) = clash(one, other)
    (after,) = clash(one, subject("b", TITLE, "岸电桩检定登记以后21个工作日内出具检定结果。"))
    assert before.finding_id == after.finding_id
    assert before.digest != after.digest


def test_a_clause_is_neither_edited_nor_withdrawn_by_a_click() -> None:
    later = "岸电桩检定登记以后20个工作日内出具检定结果。"
    (found,) = clash(subject("a", TITLE, SAID), subject("b", TITLE, later, kind="clause"))
    assert [(remedy.action, remedy.item_id) for remedy in found.remedies] == [
        ("edit", "a"),
        ("withdraw", "a"),
        ("dismiss", "a"),
    ]
