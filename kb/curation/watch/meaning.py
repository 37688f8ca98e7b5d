"""What short texts mean, as vectors of the base's encoder, each text encoded once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from kb.encode.protocol import Matrix

Encode = Callable[[Sequence[str]], Matrix]


class Meaning:
    """Vectors of texts, remembered; `learn` encodes many at once, which is cheaper than one by one."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._known: dict[str, Matrix] = {}

    def learn(self, texts: Iterable[str]) -> None:
        """Encode those that are not known yet."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encode(new), strict=True))

    def rows(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors of some texts, one row each."""
        self.learn(texts)
        return np.stack([self._known[text] for text in texts])

    def alike(self, one: str, other: str) -> float:
        """Return the cosine of two texts, 0-1; what points apart counts 0."""
        known = self._known
        if one not in known or other not in known:
            self.learn((one, other))
        return max(0.0, float(np.dot(known[one], known[other])))
