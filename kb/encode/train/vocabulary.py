"""The tokens an encoder knows: the most frequent of general Chinese by view, and what our own texts use."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.encode.static import views
from kb.text.tokens import Analyser

Ids = npt.NDArray[np.int64]
GENERAL_LIMIT: Mapping[str, int] = {"w": 7_000, "c": 4_000, "b": 4_000, "y": 2_500}
OWN_MINIMUM: Mapping[str, int] = {"w": 3, "c": 1, "b": 22, "y": 28}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Tokens in a fixed order and their inverse frequencies."""

    tokens: tuple[str, ...]
    idf: npt.NDArray[np.float32]
    index: Mapping[str, int]

    @classmethod
    def of(cls, own: Sequence[Sequence[str]], general: Sequence[Sequence[str]]) -> Vocabulary:
        """Choose the tokens of tokenised texts; idf over all of them."""
        ours, theirs = _counts(own), _counts(general)
        chosen: set[str] = set()
        for view, limit in GENERAL_LIMIT.items():
            frequent = [token for token, _n in theirs.most_common() if token[0] == view][:limit]
            chosen.update(frequent)
            chosen.update(t for t, count in ours.items() if t[0] == view and count >= OWN_MINIMUM[view])
        tokens = tuple(sorted(chosen))
        texts = len(own) + len(general)
        idf = np.array([math.log(1 + texts / (1 + ours[t] + theirs[t])) for t in tokens], dtype=np.float32)
        return cls(tokens=tokens, idf=idf, index={token: place for place, token in enumerate(tokens)})

    def ids(self, tokens: Iterable[str]) -> Ids:
        """Return the numbers of the known tokens."""
        return np.array([self.index[token] for token in tokens if token in self.index], dtype=np.int64)


def tokenise(analyser: Analyser, text: str) -> list[str]:
    """Return what the encoder sees of a text."""
    return views(analyser.tokens(text))


def _counts(texts: Iterable[Sequence[str]]) -> Counter[str]:
    return Counter(token for tokens in texts for token in tokens)
