"""A small set with right, wrong and hidden answers, and a suggester that gets most of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from eval.fakes import Reply, TableSuggester
from eval.gold import GoldSet, Question
from eval.runner import Run, run
from kb.domain.clock import CHINA, FixedClock

N = 40
Line = Callable[..., dict[str, Any]]
Writer = Callable[..., Path]


def gold_line(**changes: object) -> dict[str, Any]:
    line: dict[str, Any] = {
        "id": "g001",
        "text": "电表名字咋改",
        "call_type": "咨询",
        "categories": ["用电业务"],
        "entries": ["B05"],
        "needs_work_order": False,
    }
    return {**line, **changes}


def question(number: int) -> Question:
    return Question(
        id=f"q{number:02}",
        text=f"第{number}个问题怎么办",
        call_type="报修" if number % 4 == 0 else "咨询",
        categories=("停电信息",) if number % 2 else ("电价电费", "法律法规"),
        entries=() if number % 5 == 0 else (f"E{number}",),
        needs_work_order=number % 4 == 0,
        must_ask=("区域",) if number % 10 == 1 else (),
        as_of="2023-08-01" if number == 3 else None,
        style="angry" if number % 3 == 0 else "plain",
    )


def reply(gold: Question, number: int) -> Reply:
    """Right first in most cases, calibrated at 0.9; nothing to answer is kept silent."""
    shared: dict[str, Any] = {
        "call_type": gold.call_type,
        "categories": gold.categories[:1],
        "work_order": gold.needs_work_order,
        "must_ask": gold.must_ask,
    }
    if not gold.answerable:
        return Reply(ranked=(("E1", 0.1),), band="low", **shared)
    if number % 13 == 0:
        return Reply(ranked=(("E1", 0.5), (f"E{number}", 0.4)), band="medium", **shared)
    return Reply(ranked=((f"E{number}", 0.9), ("E0", 0.05)), band="high", **shared)


@pytest.fixture
def gold() -> GoldSet:
    return GoldSet(name="小题集", questions=tuple(question(number) for number in range(1, N + 1)))


@pytest.fixture
def suggester(gold: GoldSet) -> TableSuggester:
    return TableSuggester(
        replies={q.text: reply(q, number) for number, q in enumerate(gold.questions, start=1)}, release=7
    )


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(dt.datetime(2025, 3, 1, 9, 30, tzinfo=CHINA))


@pytest.fixture
def done(gold: GoldSet, suggester: TableSuggester, clock: FixedClock) -> Run:
    return run(suggester, gold, clock=clock, settings={"encoder": "tfidf"})


@pytest.fixture
def line() -> Line:
    return gold_line


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Write lines (mappings or raw text) to a gold file."""

    def writer(*lines: Mapping[str, Any] | str, encoding: str = "utf-8", name: str = "set.jsonl") -> Path:
        texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
        path = tmp_path / name
        path.write_bytes("\n".join(texts).encode(encoding))
        return path

    return writer
