"""Half-open validity and the scope that filters by it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.errors import InvalidRecord
from kb.domain.validity import Scope, Validity, parse_day

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2050, 12, 31))
REGIONS = st.sampled_from([None, "东区", "西区"])


@given(DAYS, DAYS)
def test_interval_needs_a_day(first: dt.date, end: dt.date) -> None:
    if end > first:
        assert Validity(valid_from=first, valid_to=end).covers(first)
    else:
        with pytest.raises(InvalidRecord, match="不晚于"):
            Validity(valid_from=first, valid_to=end)


@given(DAYS, st.integers(1, 4000), DAYS)
def test_half_open(first: dt.date, length: int, day: dt.date) -> None:
    end = first + dt.timedelta(days=length)
    assert Validity(valid_from=first, valid_to=end).covers(day) == (first <= day < end)


@given(DAYS, DAYS)
def test_open_sides(bound: dt.date, day: dt.date) -> None:
    assert Validity().covers(day)
    assert Validity(valid_from=bound).covers(day) == (bound <= day)
    assert Validity(valid_to=bound).covers(day) == (day < bound)


@given(DAYS, DAYS)
def test_successive_periods_leave_no_gap_and_no_overlap(change: dt.date, day: dt.date) -> None:
    assert Validity(valid_to=change).covers(day) != Validity(valid_from=change).covers(day)


@given(REGIONS, REGIONS, st.booleans(), st.sampled_from(["对外", "内部"]))
def test_scope(asked: str | None, there: str | None, internal: bool, visibility: str) -> None:
    scope = Scope(as_of=dt.date(2026, 1, 1), internal=internal, region=asked)
    expected = (visibility == "对外" or internal) and (asked is None or there is None or asked == there)
    assert scope.admits(Validity(), visibility, there) == expected


def test_scope_respects_the_day() -> None:
    scope = Scope(as_of=dt.date(2026, 1, 1))
    assert not scope.admits(Validity(valid_to=dt.date(2026, 1, 1)), "对外", None)
    assert scope.admits(Validity(valid_from=dt.date(2026, 1, 1)), "对外", None)


@given(DAYS)
def test_days_round_trip(day: dt.date) -> None:
    assert parse_day(day.isoformat()) == day


@pytest.mark.parametrize("text", ["2025-02-30", "2025年1月1日", "明天", " ", "2025-1-1", "\ud800"])
def test_what_is_no_date_says_how_to_write_one(text: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        parse_day(text)
    assert "2025-01-31" in caught.value.hint


def test_empty_date_is_open() -> None:
    assert parse_day("") is None
