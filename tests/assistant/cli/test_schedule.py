"""A running service publishes what was approved for a moment that has come."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from assistant.cli.serving import keep_schedule
from kb.domain.errors import GateBlocked


@dataclass
class Desk:
    """Has outcomes to give, one a round; the last one ends the loop."""

    outcomes: list[Any]
    over: threading.Event = field(default_factory=threading.Event)

    def publish_due(self) -> Any:
        outcome = self.outcomes.pop(0)
        if not self.outcomes:
            self.over.set()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def test_it_publishes_goes_on_after_a_block_and_says_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    blocked = GateBlocked("有 1 处会变差，没有发布", report={})
    done = SimpleNamespace(release=SimpleNamespace(number=7))
    desk = Desk([None, blocked, blocked, done, None])
    runtime = cast("Any", SimpleNamespace(desk=desk))
    keep_schedule(lambda: runtime, desk.over, every=0.0)
    said = capsys.readouterr().err
    assert said.count("会变差") == 1
    assert "第 7 版" in said
    assert desk.outcomes == []
