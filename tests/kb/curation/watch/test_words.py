"""Patterns with the letters they need: never a match lost, and what no letter is certain of is always tried."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from kb.curation.watch.words import Words, needed_letters
from kb.text.rulefiles import RuleFiles

DATA: dict[str, Any] = tomllib.loads(RuleFiles().path("watch.toml").read_text(encoding="utf-8"))
GROUPS = [DATA["steps"], DATA["anchors"], *DATA["scopes"].values(), *DATA["verdicts"].values()]
PATTERNS = sorted({pattern for group in GROUPS for words in group.values() for pattern in words})


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("低压", "低压"), ("(?<!非)居民(?!以外|用户)", "居民"), ("不需要?", "不需"), ("有(?:外|新)线", "有"),
        ("甲|乙", ""),
        ("[甲乙]", ""), ("甲{0,2}", ""), ("不(?:用|需要?)?换表", "换表"), (r"(?<!\d)35千伏(?!安)", "35千伏"),
    ],
)  # fmt: skip
def test_the_letters_a_pattern_cannot_do_without(pattern: str, letters: str) -> None:
    assert needed_letters(pattern) == letters


def test_no_rule_loses_a_match() -> None:
    folder = RuleFiles().path("watch.toml").parents[1] / "sources"
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md")))
    pieces = re.split("[，。；\n]", text)
    lost = [
        (pattern, piece)
        for pattern, words in [(pattern, Words([pattern])) for pattern in PATTERNS]
        for piece in pieces
        if (re.search(pattern, piece) is not None) != words.found_in(piece)
    ]
    assert lost == []


def test_what_is_taken_out_is_counted() -> None:
    assert Words(["不用", "免费"]).taken_from("不用钱，免费，不用等") == (" 钱， ， 等", 3)
