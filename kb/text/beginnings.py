"""The characters a pattern's match can begin with: a text that holds none of them need not be searched.

Looking at what a pattern is made of takes the parser of `re`, which is not public; where it is missing or a construct
is not known here, nothing is said about the pattern and it is searched for as ever.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from typing import Any

WIDEST = 64  # a class of more characters than this rules out next to nothing


def beginnings(pattern: str) -> frozenset[str] | None:
    """Return every character a match can begin with; `None` where that is not known or a match can be empty."""
    try:
        parsed: Any = importlib.import_module("re._parser").parse(pattern)
    except ImportError:
        return None
    if parsed.state.flags & (re.IGNORECASE | re.LOCALE):
        return None
    found, empty = _first(list(parsed))
    return None if found is None or empty else frozenset(found)


def _first(items: Sequence[Any]) -> tuple[set[str] | None, bool]:
    """Return the first characters of a sequence (`None`: any) and whether it can be empty."""
    found: set[str] = set()
    for operation, argument in items:
        mine, empty = _of(str(operation), argument)
        if mine is None:
            return None, empty
        found |= mine
        if not empty:
            return found, False
    return found, True


def _of(operation: str, argument: Any) -> tuple[set[str] | None, bool]:  # noqa: ANN401 - the parser has no types
    if operation in {"ASSERT", "ASSERT_NOT", "AT"}:
        return set(), True
    if operation == "LITERAL":
        return {chr(argument)}, False
    if operation == "IN":
        return _in_class(argument), False
    if operation == "BRANCH":
        return _any_of(argument[1])
    if operation == "SUBPATTERN" and not argument[1]:
        return _first(list(argument[3]))
    if operation in {"MAX_REPEAT", "MIN_REPEAT"}:
        found, empty = _first(list(argument[2]))
        return found, empty or argument[0] == 0
    return None, False


def _any_of(branches: Sequence[Any]) -> tuple[set[str] | None, bool]:
    found: set[str] = set()
    empty = False
    for branch in branches:
        mine, nothing = _first(list(branch))
        if mine is None:
            return None, False
        found |= mine
        empty = empty or nothing
    return found, empty


def _in_class(members: Sequence[Any]) -> set[str] | None:
    found: set[str] = set()
    for operation, argument in members:
        if str(operation) == "LITERAL":
            found.add(chr(argument))
        elif str(operation) == "RANGE" and argument[1] - argument[0] < WIDEST:
            found.update(map(chr, range(argument[0], argument[1] + 1)))
        else:
            return None
    return found
