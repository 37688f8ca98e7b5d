"""The error tree, its docstring, and the two clocks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest

from kb.domain import errors
from kb.domain.clock import CHINA, FixedClock, SystemClock
from kb.domain.errors import EditConflict, GateBlocked, KbError, StaleVersion, ZhidaError


def family(root: type[ZhidaError]) -> Iterator[type[ZhidaError]]:
    yield root
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from family(child)


def test_the_docstring_draws_the_whole_tree() -> None:
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or "")) | {"ZhidaError"}
    assert drawn == {kind.__name__ for kind in family(ZhidaError)}


def test_codes_are_unique_and_prefixed() -> None:
    codes = [kind.code for kind in family(KbError)]
    assert len(set(codes)) == len(codes)
    assert all(code.startswith("kb.") for code in codes)


CARRIES: dict[type[ZhidaError], dict[str, Any]] = {
    StaleVersion: {"current": 7},
    EditConflict: {"current": 7, "sides": ()},
    GateBlocked: {"report": {}},
}


@pytest.mark.parametrize("kind", list(family(ZhidaError)))
def test_every_error_has_one_shape(kind: type[ZhidaError]) -> None:
    carried = CARRIES.get(kind, {})
    shape = {"code": kind.code, "message": "出错了", "hint": "这样改"}
    assert shape.items() <= kind("出错了", hint="这样改", **carried).to_dict().items()
    assert str(kind("出错了", **carried)) == "出错了"
    assert kind("出错了", **carried).hint == kind.hint


def test_the_class_hint_stands_unless_replaced() -> None:
    assert errors.NoData("没有").hint == errors.NoData.hint != ""
    assert errors.NoData("没有", hint="").hint == ""


def test_a_stale_version_carries_the_current_one() -> None:
    assert StaleVersion("晚了", current=7).current == 7


def test_clocks_tell_china_time() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == dt.timedelta(hours=8)
    assert abs(now - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    clock = FixedClock(dt.datetime(2026, 1, 1, tzinfo=CHINA))
    assert clock.now() == clock.now()
    clock.moment += dt.timedelta(days=1)
    assert clock.now().day == 2
