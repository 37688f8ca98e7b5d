"""Split a set in two that share no answer, so that what is tuned on one part was not seen through the other."""

from __future__ import annotations

import random
from collections.abc import Sequence

from eval.errors import BadArgument
from eval.question import Question
from eval.sameness import plain
from eval.statistics import SEED

Parts = tuple[tuple[Question, ...], tuple[Question, ...]]


def split_by_entry(questions: Sequence[Question], share: float = 0.5, *, seed: int = SEED) -> Parts:
    """Return two parts in the set's order; the first holds about `share` (0-1) of the questions.

    Questions that name a common entry stay together, directly or through others, and so do equal wordings. Whole groups
    are dealt in an order drawn by `seed`, each to the part that is further from its size.

    Raises:
        BadArgument: a share outside 0-1, or a set that cannot be divided (one group, or fewer than two questions).
    """
    if not 0.0 < share < 1.0:
        raise BadArgument(f"份额须在 0 与 1 之间：{share}")
    groups = entry_groups(questions)
    if len(groups) < 2:
        raise BadArgument("这份题集分不开：所有题都连着同一组标准答案", hint="请先加些别的题")
    order = sorted(groups, key=len, reverse=True)
    random.Random(seed).shuffle(order)  # noqa: S311 - a reproducible draw, nothing secret
    wanted = (share * len(questions), (1 - share) * len(questions))
    parts: tuple[set[str], set[str]] = (set(), set())
    for group in order:
        first = wanted[0] - len(parts[0]) >= wanted[1] - len(parts[1])
        parts[0 if first else 1].update(question.id for question in group)
    if not parts[0] or not parts[1]:
        raise BadArgument("这份题集太小，按这个份额有一份是空的")
    return (
        tuple(question for question in questions if question.id in parts[0]),
        tuple(question for question in questions if question.id in parts[1]),
    )


def entry_groups(questions: Sequence[Question]) -> list[list[Question]]:
    """Return the questions in groups linked by common entries or equal words, in order of first appearance."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for question in questions:
        own = f"text:{plain(question.text)}"
        for entry in question.entries:
            parent[root(f"entry:{entry}")] = root(own)
    groups: dict[str, list[Question]] = {}
    for question in questions:
        groups.setdefault(root(f"text:{plain(question.text)}"), []).append(question)
    return list(groups.values())
