"""A log on another release: what changes, most asked first."""

from __future__ import annotations

import json
from dataclasses import replace as changed

import pytest

from eval.errors import LogEmpty
from eval.fakes import Reply, TableSuggester
from eval.replay import Call, replay

BEFORE = {"停电了": "E1", "电费怎么交": "E2", "您好": None, "怎么过户": "E3"}
CALLS = [
    Call(text=text, as_of="2025-03-01", release=6, band="medium" if first else "low", first=first)
    for text, first in BEFORE.items()
    for _ in range(len(text))
]
NOW = TableSuggester(
    release=7,
    replies={
        "停电了": Reply(ranked=(("E9", 0.9),), band="high"),
        "电费怎么交": Reply(ranked=(("E2", 0.8),), band="high"),
        "您好": Reply(ranked=(("E5", 0.8),), band="medium"),
        "怎么过户": Reply(ranked=(("E3", 0.1),), band="low"),
    },
)


def test_changed_answers_come_by_how_often_they_were_asked() -> None:
    made = replay(CALLS, NOW)
    assert [(c.text, c.calls, c.kind, c.before, c.after) for c in made.changed] == [
        ("怎么过户", 4, "不再作答", "E3", None),
        ("停电了", 3, "换了答案", "E1", "E9"),
        ("您好", 2, "新作答", None, "E5"),
    ]
    assert (made.release, made.calls, made.texts, made.changed_calls, made.failed) == (7, 14, 4, 9, ())
    assert json.loads(json.dumps(made.to_dict()))["changed_calls"] == 9


def test_the_same_words_with_other_facts_are_another_question() -> None:
    made = replay([CALLS[0], changed(CALLS[0], facts={"区域": "城区"}), changed(CALLS[0], as_of="2024-01-01")], NOW)
    assert (made.texts, len(made.changed)) == (3, 3)


def test_the_last_logged_answer_is_what_counts() -> None:
    made = replay([CALLS[0], changed(CALLS[0], first="E9")], NOW)
    assert made.changed == ()


def test_what_cannot_be_asked_is_named_and_stops_nothing() -> None:
    failing = changed(NOW, replies={**NOW.replies, "停电了": Reply(fails="事实已改名")})
    made = replay(CALLS, failing)
    assert made.failed == (("停电了", "事实已改名"),)
    assert len(made.changed) == 2


def test_an_empty_log_is_refused() -> None:
    with pytest.raises(LogEmpty):
        replay([], NOW)
