"""Seeded draws of training pairs: wordings of one answer or sense, wordings with answers, calls of a topic, general."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kb.encode.train.material import GENERAL_SHARES, Material
from kb.encode.train.vocabulary import Ids

Encode = Callable[[str], Ids]
TWINS, ANSWERED = 0.55, 0.87
NEIGHBOURS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Pairs as token numbers. `same[i, j]` marks pairs that are no negatives of each other."""

    left: list[Ids]
    right: list[Ids]
    same: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kin:
    key: str
    topic: str
    questions: list[Ids]
    answers: list[Ids]


class OwnDraw:
    """Pairs of the project's own texts.

    With `together` a batch's families are of that many topics alone: what has to be told apart in earnest are the
    entries of one base. Calls of which only the topic is known come from all of them.
    """

    def __init__(self, material: Material, encode: Encode, seed: int, together: int = 0) -> None:
        self._random = random.Random(seed)
        self._together = together
        families = [
            _Kin(
                key=family.key,
                topic=family.topic,
                questions=_known(encode, family.questions),
                answers=_known(encode, family.answers),
            )
            for family in material.families
        ]
        self._families = [family for family in families if len(family.questions) > 1 and family.answers]
        self._calls = {topic: _known(encode, texts) for topic, texts in material.calls.items()}
        self._clauses = {topic: _known(encode, texts) for topic, texts in material.clauses.items()}
        self._topics = sorted(topic for topic, texts in self._calls.items() if texts)
        self._of_topic: dict[str, list[_Kin]] = {}
        for family in self._families:
            self._of_topic.setdefault(family.topic, []).append(family)

    def draw(self, size: int) -> Batch:
        """Return `size` pairs. Families of one topic are negatives of each other: they are the hard ones."""
        among = self._among()
        drawn = [self._pair(among) for _ in range(size)]
        keys = np.array([key for _l, _r, key, _t in drawn])
        topics = np.array([topic for _l, _r, _k, topic in drawn])
        loose = keys == ""
        same = (keys[:, None] == keys[None]) & ~loose[:, None]
        same |= (topics[:, None] == topics[None]) & (loose[:, None] | loose[None])
        return Batch(left=[row[0] for row in drawn], right=[row[1] for row in drawn], same=same)

    def _among(self) -> Sequence[_Kin]:
        """Return the families a batch is drawn from."""
        if not self._together:
            return self._families
        topics = self._random.sample(sorted(self._of_topic), min(self._together, len(self._of_topic)))
        return [family for topic in topics for family in self._of_topic[topic]]

    def _pair(self, among: Sequence[_Kin]) -> tuple[Ids, Ids, str, str]:
        """Return (left, right, family key or "" where only the topic is known, topic)."""
        chance = self._random.random()
        if chance < ANSWERED or not self._topics:
            family = self._random.choice(among)
            if chance < TWINS:
                left, right = self._random.sample(family.questions, 2)
            else:
                left, right = self._random.choice(family.questions), self._random.choice(family.answers)
            return left, right, family.key, family.topic
        topic = self._random.choice(self._topics)
        return self._random.choice(self._calls[topic]), self._random.choice(self._fellows(topic)), "", topic

    def _fellows(self, topic: str) -> list[Ids]:
        families, clauses = self._of_topic.get(topic), self._clauses.get(topic)
        chance = self._random.random()
        if families and chance < 0.5:
            return self._random.choice(families).questions
        return clauses if clauses and chance < 0.75 else self._calls[topic]


class Drawing(Protocol):
    """Whatever pairs can be drawn from."""

    def draw(self, size: int) -> Batch:
        """Return about `size` pairs."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Where pairs come from: our own, and general Chinese, each with its own negatives."""

    own: Drawing
    general: Drawing | None = None


class SenseDraw:
    """Pairs of expressions that mean the same, a few neighbouring senses at a time: related ones are hard negatives."""

    def __init__(self, senses: Sequence[Sequence[str]], encode: Encode, seed: int) -> None:
        self._random = random.Random(seed)
        self._senses = [known for texts in senses if len(known := _known(encode, texts)) > 1]

    def draw(self, size: int) -> Batch:
        """Return `size` pairs."""
        drawn: list[int] = []
        while len(drawn) < size:
            first = self._random.randrange(len(self._senses))
            drawn += range(first, min(first + NEIGHBOURS, len(self._senses)))
        senses = np.array(drawn[:size])
        pairs = [self._random.sample(self._senses[sense], 2) for sense in drawn[:size]]
        return Batch(left=[p[0] for p in pairs], right=[p[1] for p in pairs], same=senses[:, None] == senses[None])


class MixedDraw:
    """Pairs from several draws, each at its share; pairs of different draws are negatives of each other."""

    def __init__(self, draws: Sequence[tuple[Drawing, float]]) -> None:
        self._draws = draws

    def draw(self, size: int) -> Batch:
        """Return about `size` pairs, see `Drawing`."""
        whole = sum(share for _draw, share in self._draws)
        drawn = [draw.draw(round(size * share / whole)) for draw, share in self._draws]
        left, right = ([text for batch in drawn for text in batch.left], [t for batch in drawn for t in batch.right])
        same = np.zeros((len(left), len(left)), dtype=bool)
        first = 0
        for batch in drawn:
            end = first + len(batch.left)
            same[first:end, first:end] = batch.same
            first = end
        return Batch(left=left, right=right, same=same)


class GeneralDraw:
    """Pairs of general Chinese, each source at its share."""

    def __init__(self, pairs: Mapping[str, Sequence[tuple[Ids, Ids, str]]], seed: int) -> None:
        self._random = random.Random(seed)
        self._pairs = {name: rows for name, rows in pairs.items() if rows}

    def draw(self, size: int) -> Batch:
        """Return about `size` pairs; pairs with the same title are no negatives of each other."""
        whole = sum(GENERAL_SHARES[name] for name in self._pairs)
        drawn = [
            row
            for name, rows in self._pairs.items()
            for row in self._random.sample(rows, min(len(rows), round(size * GENERAL_SHARES[name] / whole)))
        ]
        groups = np.array([group for _l, _r, group in drawn])
        return Batch(left=[r[0] for r in drawn], right=[r[1] for r in drawn], same=groups[:, None] == groups[None])


def _known(encode: Encode, texts: Sequence[str]) -> list[Ids]:
    return [ids for text in texts if len(ids := encode(text))]
