"""What a match can begin with is never too little: a rule skipped for it would have changed nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.beginnings import beginnings
from kb.text.lexicon import load_lexicon
from kb.text.rulefiles import RuleFiles

UNITS = load_lexicon(RuleFiles()).units
LETTERS = "".join(sorted({char for said, _term in UNITS for char in said if char.isalnum()}))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("电表", "电"),
        ("(?<![a-z])kv(?![a-z])", "k"),
        (r"(?<=\d) ?v", " v"),
        ("(?:没得|莫得)电|停电", "没莫停"),
        ("[二两]百", "二两"),
        ("[0-9]度", "0123456789"),
        ("(?P<x>一|二)+度", "一二"),
        ("a{0,2}b", "ab"),
    ],
)
def test_first_characters(pattern: str, expected: str) -> None:
    assert beginnings(pattern) == frozenset(expected)


@pytest.mark.parametrize(
    "pattern", ["(?i)kv", ".v", "[^a]v", r"\dv", "a*", "", "(a)|", r"(a)\1*|(?(1)b|c)", "[一-龥]表"]
)
def test_nothing_is_said_where_it_is_not_certain(pattern: str) -> None:
    assert beginnings(pattern) is None


def test_most_of_our_own_rules_are_understood() -> None:
    assert all(beginnings(said) for said, _term in UNITS)


@given(st.text(st.sampled_from(LETTERS + " 电了。5"), max_size=30))
def test_every_match_begins_with_one_of_them(text: str) -> None:
    for said, _term in UNITS:
        for match in re.finditer(said, text):
            assert match.group()[0] in (beginnings(said) or match.group()[0])
