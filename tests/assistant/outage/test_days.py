"""Days as callers name them."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.outage.days import spoken_day

SUNDAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("明天停电吗", "2026-11-23"),
        ("大后天停不停", "2026-11-25"),
        ("下周三下午新华路停不停", "2026-11-25"),
        ("下下周1停吗", "2026-11-30"),
        ("周三停电吗", "2026-11-25"),
        ("星期天停到几点", "2026-11-22"),
        ("礼拜六有没有停电", "2026-11-28"),
        ("上周五停过", "2026-11-13"),
        ("25号停电吗", "2026-11-25"),
        ("3号停吗", "2026-12-03"),
        ("12月3日停电", "2026-12-03"),
        ("2月30日停电", None),
        ("3号线停电了", None),
        ("5号楼停电了", None),
        ("停电了", None),
    ],
)
def test_the_day_named(text: str, day: str | None) -> None:
    found = spoken_day(text, SUNDAY)
    assert (found.isoformat() if found else None) == day
