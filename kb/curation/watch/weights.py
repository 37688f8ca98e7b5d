"""How much a character pair tells: rare ones much, common ones little (inverse document frequency)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from kb.curation.watch.claims import Grams


class Weights:
    """The weights of character pairs over a collection of texts (Spärck Jones 1972)."""

    def __init__(self, texts: Iterable[Grams]) -> None:
        counts: Counter[str] = Counter()
        total = 0
        for grams in texts:
            counts.update(grams)
            total += 1
        self._of = {gram: math.log((total + 1) / (count + 0.5)) for gram, count in counts.items()}
        self._unknown = math.log((total + 1) / 0.5)

    def total(self, grams: Iterable[str]) -> float:
        """Return the weight of some pairs together."""
        return sum(self._of.get(gram, self._unknown) for gram in grams)

    def covered(self, part: Grams, whole: Grams) -> float:
        """Return the share (0-1) of `part`'s weight that `whole` has too; 0 for an empty part."""
        weight = self.total(part)
        return self.total(part & whole) / weight if weight else 0.0

    def alike(self, one: Grams, other: Grams) -> float:
        """Return how much two sets share, 0-1: the harmonic mean of what each covers of the other (Dice)."""
        both = self.total(one) + self.total(other)
        return 2 * self.total(one & other) / both if both else 0.0
