"""Deadlines: around the clock, in working days with make-up days, and marked when nobody published the year."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant.workorder.calendar import Workdays, load_workdays
from assistant.workorder.due import Deadlines, load_deadlines
from kb.domain.clock import CHINA
from kb.text.rulefiles import RuleFiles


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.fixture(scope="module")
def deadlines(rule_files: RuleFiles) -> Deadlines:
    return load_deadlines(rule_files, load_workdays(rule_files))


@pytest.mark.parametrize(
    ("facts", "target", "limit"),
    [
        ({}, "2026-11-22T12:45+08:00", "2026-11-22T15:00+08:00"),
        ({"区域": "城区"}, "2026-11-22T12:45+08:00", "2026-11-22T15:00+08:00"),
        ({"区域": "农村"}, "2026-11-22T13:30+08:00", "2026-11-22T16:00+08:00"),
        ({"区域": "特殊边远"}, "2026-11-22T14:00+08:00", "2026-11-22T16:00+08:00"),
    ],
)
def test_repairs_run_around_the_clock_by_region(
    deadlines: Deadlines, facts: dict[str, str], target: str, limit: str
) -> None:
    due = deadlines.due("报修单", at("2026-11-22T12:00"), facts)
    assert (due["target"], due["limit"], due["provisional"]) == (target, limit, False)


@pytest.mark.parametrize(
    ("form", "target", "limit"),
    [
        ("投诉单", "2026-11-24T10:00+08:00", "2026-11-30T10:00+08:00"),
        ("举报单", "2026-12-04T10:00+08:00", "2026-12-07T10:00+08:00"),
        ("意见建议单", "2026-12-04T10:00+08:00", "2026-12-07T10:00+08:00"),
        ("业务申请单", "2026-11-30T10:00+08:00", "2026-12-01T10:00+08:00"),
        ("业务咨询单", "2026-11-25T10:00+08:00", "2026-11-26T10:00+08:00"),
        ("信息查询单", "2026-11-25T10:00+08:00", "2026-11-26T10:00+08:00"),
        ("催办单", "2026-11-23T10:30+08:00", "2026-11-24T10:00+08:00"),
    ],
)
def test_every_form_over_an_ordinary_weekend(deadlines: Deadlines, form: str, target: str, limit: str) -> None:
    due = deadlines.due(form, at("2026-11-23T10:00"), {})
    assert (due["target"], due["limit"]) == (target, limit)
    assert due["target_text"]
    assert due["limit_text"]
    assert due["source"]


def test_national_day_and_its_make_up_days(deadlines: Deadlines) -> None:
    """国办发明电: 2025-09-28 (Sunday) is worked, 10-01 to 10-08 are off, 10-11 (Saturday) is worked."""
    due = deadlines.due("业务咨询单", at("2025-09-26T16:00"), {})
    assert (due["target"], due["limit"]) == ("2025-09-29T16:00+08:00", "2025-09-30T16:00+08:00")
    assert deadlines.due("业务咨询单", at("2025-09-30T16:00"), {})["limit"] == "2025-10-11T16:00+08:00"


def test_a_year_nobody_published_is_weekdays_and_says_so(deadlines: Deadlines) -> None:
    due = deadlines.due("业务咨询单", at("2099-10-02T09:00"), {})
    assert (due["target"], due["provisional"]) == ("2099-10-06T09:00+08:00", True)
    assert deadlines.due("报修单", at("2099-10-02T09:00"), {})["provisional"] is False


def test_a_deadline_that_only_ends_in_such_a_year_says_so_too() -> None:
    assert Workdays().add(at("2026-12-31T09:00"), 1) == (at("2027-01-01T09:00"), True)


def test_overrides_win_over_library_and_weekday(tmp_path: Path) -> None:
    lines = 'source = "测试"\nvalid_from = 2026-01-01\nholidays = [2099-10-05, 2026-11-24]\nworkdays = [2099-10-04]\n'
    (tmp_path / "workdays.toml").write_text(lines, encoding="utf-8")
    days = load_workdays(RuleFiles(override=tmp_path))
    assert days.is_workday(dt.date(2099, 10, 4)) == (True, False)
    assert days.is_workday(dt.date(2099, 10, 5)) == (False, False)
    assert days.is_workday(dt.date(2026, 11, 24)) == (False, False)
    assert days.is_workday(dt.date(2026, 11, 25)) == (True, False)


def test_the_overrides_agree_with_the_library_where_it_knows_the_year() -> None:
    """Every weekday off and every weekend worked of 2026 is written down, and nothing else."""
    import chinese_calendar

    known = load_workdays(RuleFiles())
    year = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    assert known.holidays == {d for d in year if d.weekday() < 5 and not chinese_calendar.is_workday(d)}
    assert known.extra == {d for d in year if d.weekday() >= 5 and chinese_calendar.is_workday(d)}
