"""A notice concerns a call when a place it names is named by the caller."""

from __future__ import annotations

import pytest

from assistant.outage.match import OutageMatcher, load_outage_matcher
from kb.domain.knowledge import FoundPassage
from kb.text.rulefiles import RuleFiles
from tests.kb.builders import document, passage


def notice(notice_id: str, area: str, line: str = "") -> FoundPassage:
    cells = {
        "编号": notice_id,
        "类型": "计划停电",
        "区域": area,
        "线路": line,
        "停电时间": "2026-11-22T08:00",
        "送电时间": "2026-11-22T18:00",
        "原因": "检修",
    }
    found = passage(f"p-{notice_id}", f"停电区域：{area}", kind="notice", cells=cells)
    return FoundPassage(passage=found, document=document("d", found, kind="停电公告"))


NOTICES = [
    notice("T1", "城东街道新华路1号至88号、新华菜市场", "10千伏城东Ⅰ线"),
    notice("T2", "阳光小区3-9栋，翠湖花园"),
    notice("T3", "北京路以东一带"),
]


@pytest.fixture(scope="module")
def matcher(rule_files: RuleFiles) -> OutageMatcher:
    return load_outage_matcher(rule_files)


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ("新华菜市场这边怎么没电", ["T1"]),
        ("我家住阳光小区,今天停电吗", ["T2"]),
        ("翠湖花园停电到几点", ["T2"]),
        ("北京路没电", ["T3"]),
        ("南京路没电", []),
        ("我们小区停电了", []),
        ("街道停电了", []),
        ("电费多少", []),
        ("", []),
    ],
)
def test_places(matcher: OutageMatcher, said: str, ids: list[str]) -> None:
    assert [outage.notice_id for outage in matcher.matching(said, NOTICES)] == ids


def test_the_most_specific_place_comes_first_and_the_list_ends(matcher: OutageMatcher) -> None:
    many = [notice(f"M{i}", "北京路") for i in range(5)] + [notice("Z", "北京路八角亭社区")]
    found = [outage.notice_id for outage in matcher.matching("北京路八角亭社区没电", many, 3)]
    assert found == ["Z", "M0", "M1"]


def test_a_notice_is_shown_whole(matcher: OutageMatcher) -> None:
    (outage,) = matcher.matching("翠湖花园没电", NOTICES)
    assert (outage.kind, outage.reason) == ("计划停电", "检修")
    assert (outage.starts, outage.ends) == ("2026-11-22T08:00", "2026-11-22T18:00")
    assert outage.area in outage.text


def test_house_numbers_and_general_words_are_no_places(matcher: OutageMatcher) -> None:
    assert matcher.places(notice("T", "小区、12号、部分用户、新华路1号至88号")) == ["新华路"]


def test_a_notice_without_number_goes_by_its_passage(matcher: OutageMatcher) -> None:
    (outage,) = matcher.matching("北京路没电", [notice("", "北京路")])
    assert outage.notice_id == "p-"
