"""What a short clause says of a thing, beside figures: yes or no, who or which, and what comes first.

A clause says no when it holds an odd number of words that deny (「不得拒绝受理」 says yes); words that only look like
it (不超过, 是否) are dropped first. A choice (`choices`) is one of some answers that exclude each other, named where a
clause answers it: 「按过户办理」 names the business, 「属于供电公司」 the owner.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from kb.curation.watch.words import Words

Pattern = re.Pattern[str]
Choices = Mapping[str, frozenset[str]]
SHORTEST_STEP, MOST_STEPS = 2, 5
PART = re.compile("[^，,；;]+")
TRIM = "，, "


@dataclass(frozen=True, slots=True, kw_only=True)
class Denials:
    """Words that deny, and those that only look like it, which are dropped first."""

    marks: Pattern
    dropped: Pattern

    def odd(self, text: str) -> bool:
        """Whether a text says no: an odd number of denials."""
        return len(self.marks.findall(self.dropped.sub(" ", text))) % 2 == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A question with answers that exclude each other: `named` finds any answer's word, `options` how each answers."""

    name: str
    named: Pattern
    options: Mapping[str, Words]


class Families:
    """Families of values that exclude each other (线上/柜台/电话), by name, each value with the words that name it.

    Values are looked for in the order given, and what names one is taken out: 不能 is no 能.
    """

    def __init__(self, rows: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self._values = [(family, name, Words(words)) for family, row in rows.items() for name, words in row.items()]

    def named(self, text: str) -> Mapping[str, frozenset[str]]:
        """Return the values a text names, by family."""
        found: dict[str, frozenset[str]] = {}
        rest: dict[str, str] = {}
        for family, name, words in self._values:
            left, times = words.taken_from(rest.get(family, text))
            if times:
                rest[family] = left
                found[family] = found.get(family, frozenset()) | {name}
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWords:
    """How a sentence puts steps in order: patterns with `first` and `then`, and words that begin and continue a row."""

    patterns: Sequence[Pattern]
    starts: Pattern
    goes_on: Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Two steps of a sentence, texts: what comes first and what comes after."""

    first: str
    then: str


def choices_in(text: str, choices: Sequence[Choice]) -> Choices:
    """Return what a text answers, by question."""
    found = {
        choice.name: frozenset(name for name, words in choice.options.items() if words.found_in(text))
        for choice in choices
        if choice.named.search(text) is not None
    }
    return {name: options for name, options in found.items() if options}


def orders_in(sentence: str, rules: OrderWords) -> tuple[Order, ...]:
    """Return the steps a sentence puts in order, each two of them once."""
    found = [
        Order(first=match["first"].strip(TRIM), then=match["then"].strip(TRIM))
        for pattern in rules.patterns
        for match in pattern.finditer(sentence)
    ]
    found += [Order(first=one, then=other) for one, other in combinations(_steps(sentence, rules), 2)]
    return tuple(dict.fromkeys(order for order in found if min(len(order.first), len(order.then)) >= SHORTEST_STEP))


def _steps(sentence: str, rules: OrderWords) -> Sequence[str]:
    """Return the clauses from the one that says 先 on, where a later one says 再 or the like."""
    parts = PART.findall(sentence)
    start = next((place for place, part in enumerate(parts) if rules.starts.search(part)), len(parts))
    if not any(rules.goes_on.search(part) for part in parts[start + 1 :]):
        return ()
    head, *rest = parts[start:]
    return [rules.starts.split(head, maxsplit=1)[-1].strip(TRIM), *rest[: MOST_STEPS - 1]]
