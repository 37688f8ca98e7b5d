"""Entries no call showed, and entries shown that did not help: each condition on its own."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from assistant.editing.store import Usage
from assistant.editing.usage import never_shown, not_chosen
from kb.curation.watch.rules import load_watch_rules
from kb.text.rulefiles import RuleFiles
from tests.kb.builders import TODAY, entry, guard, span

RULES = load_watch_rules(RuleFiles())


def used(*, days: int = 20, **counts: int) -> Usage:
    """What was counted of entry `a` since some days ago."""
    counted = {name: Counter({"a": counts.get(name, 0)}) for name in ("shown", "first", "wrong", "ordered")}
    return Usage(**counted, since=TODAY - dt.timedelta(days=days))


def ago(days: int) -> str:
    return (TODAY - dt.timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("more", "usage", "expected"),
    [
        ({}, used(), True),
        ({}, used(days=14), True),
        ({}, used(days=13), False),
        ({}, Usage(shown=Counter(), first=Counter(), wrong=Counter(), ordered=Counter(), since=None), False),
        ({}, used(shown=1), False),
        ({"visibility": "内部"}, used(), False),
        ({"validity": span(ago(13))}, used(), False),
        ({"validity": span(ago(14))}, used(), True),
        ({"validity": span(ago(90), ago(1))}, used(), False),
    ],
)
def test_never_shown(more: dict[str, Any], usage: Usage, *, expected: bool) -> None:
    found = list(never_shown([entry("a", "几点开门", **more)], usage, TODAY, RULES))
    assert [finding.items for finding in found] == ([("a",)] if expected else [])


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (used(shown=5), True),
        (used(shown=4), False),
        (used(shown=9, first=4), False),
        (used(shown=9, first=4, wrong=2), True),
        (used(shown=9, first=4, ordered=2), True),
        (used(shown=9, first=4, wrong=1), False),
        (used(shown=9, first=4, wrong=1, ordered=1), True),
    ],
)
def test_shown_often_but_not_chosen(usage: Usage, *, expected: bool) -> None:
    assert bool(list(not_chosen([entry("a", "几点开门")], usage, TODAY, RULES))) is expected


def test_guards_answer_nothing_and_are_not_missed() -> None:
    entries = [guard("a", "每度两块")]
    assert list(never_shown(entries, used(), TODAY, RULES)) == []
    assert list(not_chosen(entries, used(shown=9), TODAY, RULES)) == []


def test_what_can_be_done_about_it() -> None:
    (found,) = never_shown([entry("a", "几点开门")], used(), TODAY, RULES)
    assert [(remedy.action, remedy.item_id) for remedy in found.remedies] == [
        ("edit", "a"),
        ("withdraw", "a"),
        ("dismiss", "a"),
    ]
