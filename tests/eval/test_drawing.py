"""Plots asked for at once are drawn one after another and leave nothing behind."""

from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import matplotlib as mpl
import pytest

from eval.drawing import drawing
from eval.plots import latency_plot


def test_a_second_drawing_waits_for_the_first() -> None:
    entered = threading.Event()

    def second() -> None:
        with drawing({"font.size": 33.0}):
            entered.set()

    other = threading.Thread(target=second)
    with drawing({"font.size": 22.0}):
        other.start()
        assert not entered.wait(0.2)
        assert mpl.rcParams["font.size"] == 22.0
    assert entered.wait(5)
    other.join()


def test_many_plots_at_once_come_out_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.plots._font", lambda: "DejaVu Sans")  # it has no Chinese glyph: matplotlib would warn
    settings, filters = dict(mpl.rcParams), list(warnings.filters)
    times = [[float(number + count) for number in range(12)] for count in range(12)]
    alone = [latency_plot(few, "耗时") for few in times]
    with ThreadPoolExecutor(6) as hands:
        assert list(hands.map(lambda few: latency_plot(few, "耗时"), times)) == alone
    assert dict(mpl.rcParams) == settings
    assert warnings.filters == filters
