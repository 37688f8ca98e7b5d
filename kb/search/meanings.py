"""Soft coverage: how much of what one text means another text says in any words.

Each word has a vector; a word is covered as far as its nearest word on the other side is near (the late interaction of
Khattab & Zaharia 2020, "ColBERT", here over words and weighted by rarity). Callers say 划走 where the book says 代扣:
no term is shared, and the mean of a long text hides it, but the two words lie close.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kb.encode.protocol import Encoder, Matrix
from kb.encode.static import StaticEncoder

ASKED_KEPT = 4_096


class Meanings:
    """The vectors of the words stored items use, each encoded once. Safe to use from several threads.

    `words` are the stored words in the order of their numbers, `numbers` the other way round.
    """

    def __init__(self, encoder: Encoder, words: Sequence[str], numbers: Mapping[str, int]) -> None:
        self._vectors = encoder.words if isinstance(encoder, StaticEncoder) else encoder.encode
        self._words, self._numbers = words, numbers
        self._table = np.zeros((len(words), encoder.dim), dtype=np.float32)
        self._known = np.zeros(len(words), dtype=np.bool_)
        self._single = lru_cache(maxsize=ASKED_KEPT)(self._encoded)

    def cosines(self, words: Sequence[str], stored: npt.NDArray[np.int32]) -> Matrix:
        """Return how near stored words, `(n,)` numbers, are to a question's words: `(n, words)`, not below 0.

        A number that comes twice is worked out once; marking numbers is faster than sorting them.
        """
        met = np.zeros(len(self._words), dtype=np.bool_)
        met[stored] = True
        distinct = np.flatnonzero(met)
        self._learn(distinct)
        where = np.empty(len(self._words), dtype=np.int32)
        where[distinct] = np.arange(len(distinct), dtype=np.int32)
        near: Matrix = np.maximum(self._table[distinct] @ self.asked(words).T, 0.0)
        return near[where[stored]]

    def asked(self, words: Sequence[str]) -> Matrix:
        """Return the vectors of a question's words, shape `(n, dim)`."""
        numbers = [self._numbers.get(word, -1) for word in words]
        stored = np.array([number for number in numbers if number >= 0], dtype=np.int64)
        self._learn(stored)
        found = np.empty((len(words), self._table.shape[1]), dtype=np.float32)
        found[[number >= 0 for number in numbers]] = self._table[stored]
        for place, number in enumerate(numbers):
            if number < 0:
                found[place] = self._single(words[place])
        return found

    def _learn(self, numbers: npt.NDArray[np.int64]) -> None:
        """Encode the stored words not met before; two threads that do so at once write the same."""
        new = numbers[~self._known[numbers]]
        if len(new):
            self._table[new] = self._vectors([self._words[number] for number in new.tolist()])
            self._known[new] = True

    def _encoded(self, word: str) -> Matrix:
        vector: Matrix = self._vectors([word])[0]
        return vector
