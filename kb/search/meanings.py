"""Soft coverage: how much of what one text means another text says in any words.

Each word has a vector; a word is covered as far as its nearest word on the other side is near (the late interaction of
Khattab & Zaharia 2020, "ColBERT", here over words and weighted by rarity). Callers say 划走 where the book says 代扣:
no term is shared, and the mean of a long text hides it, but the two words lie close.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kb.encode.protocol import Encoder, Matrix
from kb.encode.static import StaticEncoder

Places = npt.NDArray[np.int32]
ASKED_KEPT = 4_096
FIRST_ROWS = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Distinct words: their places in the table, `(n,)`, and their weights, `(n,)`."""

    places: Places
    weights: Matrix


NO_WORDS = Words(places=np.zeros(0, dtype=np.int32), weights=np.zeros(0, dtype=np.float32))


class Meanings:
    """The vectors of the words stored items use, each encoded once. Safe to use from several threads."""

    def __init__(self, encoder: Encoder) -> None:
        self._vectors = encoder.words if isinstance(encoder, StaticEncoder) else encoder.encode
        self._dim = encoder.dim
        self._places: dict[str, int] = {}
        self._table = np.zeros((FIRST_ROWS, encoder.dim), dtype=np.float32)
        self._lock = threading.Lock()
        self._single = lru_cache(maxsize=ASKED_KEPT)(self._encoded)

    def places(self, words: Sequence[str]) -> Places:
        """Return where the vectors of stored words are."""
        new = [word for word in dict.fromkeys(words) if word not in self._places]
        if new:
            vectors = self._vectors(new)
            with self._lock:
                for word, vector in zip(new, vectors, strict=True):
                    self._add(word, vector)
        return np.array([self._places[word] for word in words], dtype=np.int32)

    def cosines(self, words: Sequence[str], places: Places) -> Matrix:
        """Return how near the vectors at `places`, `(n,)`, are to a question's words: `(n, words)`, not below 0.

        A place that comes twice is worked out once; marking places is faster than sorting them.
        """
        table = self._table
        met = np.zeros(len(table), dtype=np.bool_)
        met[places] = True
        distinct = np.flatnonzero(met)
        where = np.empty(len(table), dtype=np.int32)
        where[distinct] = np.arange(len(distinct), dtype=np.int32)
        near: Matrix = np.maximum(table[distinct] @ self.asked(words).T, 0.0)
        return near[where[places]]

    def asked(self, words: Sequence[str]) -> Matrix:
        """Return the vectors of a question's words, shape `(n, dim)`."""
        places = self._places
        found = [self._table[places[word]] if word in places else self._single(word) for word in words]
        return np.array(found, dtype=np.float32).reshape(len(words), self._dim)

    def _encoded(self, word: str) -> Matrix:
        vector: Matrix = self._vectors([word])[0]
        return vector

    def _add(self, word: str, vector: Matrix) -> None:
        if word in self._places:
            return
        place = len(self._places)
        if place == len(self._table):
            self._table = np.vstack([self._table, np.zeros_like(self._table)])
        self._table[place] = vector
        self._places[word] = place


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Per list of words, in the order given, two weighted shares (0-1).

    Attributes:
        of_question: how much of the question these words mean, `(n,)`.
        of_words: how much of these words the question means, `(n,)`.
    """

    of_question: list[float]
    of_words: list[float]


def cover(meanings: Meanings, words: tuple[str, ...], weights: Sequence[float], held: Sequence[Words]) -> Coverage:
    """Compare a question's distinct words with many lists of stored words at once."""
    filled = [place for place, one in enumerate(held) if len(one.places)]
    of_question, of_words = np.zeros(len(held), dtype=np.float32), np.zeros(len(held), dtype=np.float32)
    if filled and words:
        there = [held[place] for place in filled]
        starts = np.concatenate(([0], np.cumsum([len(one.places) for one in there])[:-1]))
        cosines = meanings.cosines(words, np.concatenate([one.places for one in there]))
        mine, theirs = np.asarray(weights, dtype=np.float32), np.concatenate([one.weights for one in there])
        of_question[filled] = _share(np.maximum.reduceat(cosines, starts, axis=0) @ mine, mine.sum())
        met = np.add.reduceat(cosines.max(axis=1) * theirs, starts)
        of_words[filled] = _share(met, np.add.reduceat(theirs, starts))
    return Coverage(of_question=of_question.tolist(), of_words=of_words.tolist())


def _share(part: Matrix, whole: Matrix | float) -> Matrix:
    total = np.broadcast_to(np.asarray(whole, dtype=np.float32), part.shape)
    shares: Matrix = np.divide(part, total, out=np.zeros_like(part), where=total > 0)
    return np.minimum(shares, 1.0)
