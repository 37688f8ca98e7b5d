"""The month a caller's bill is of."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.suggest.bills import bill_day

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("去年12月的电费单按多少钱1度算的", dt.date(2025, 12, 1)),
        ("2024年5月那张单子电价多少", dt.date(2024, 5, 1)),
        ("上个月电费怎么算的", dt.date(2026, 10, 1)),
        ("上上个月的账单", dt.date(2026, 9, 1)),
        ("12月的电费", dt.date(2025, 12, 1)),
        ("3月份电费", dt.date(2026, 3, 1)),
        ("前年的电价", dt.date(2024, 12, 1)),
        ("12月停电吗", None),
        ("2027年5月的电价", None),
        ("电费多少", None),
        ("9999年1月电费", None),
    ],
)
def test_the_month_of_a_bill(text: str, day: dt.date | None) -> None:
    assert bill_day(text, TODAY) == day
