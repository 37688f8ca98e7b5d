"""How much a character pair tells: rare ones much, common ones little (inverse document frequency)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from kb.curation.watch.grams import Grams

LONE = 0.5  # a pair only one text has is most often the seam of two words, and tells half of what its rarity says


class Weights:
    """The weights of character pairs over a collection of texts (Spärck Jones 1972)."""

    def __init__(self, texts: Iterable[Grams]) -> None:
        counts: Counter[str] = Counter()
        total = 0
        for grams in texts:
            counts.update(grams)
            total += 1
        self._of = {
            gram: math.log((total + 1) / (count + 0.5)) * (LONE if count < 2 else 1.0) for gram, count in counts.items()
        }
        self._unknown = math.log((total + 1) / 0.5) * LONE
        self._totals: dict[Grams, float] = {}

    def total(self, grams: Grams) -> float:
        """Return the weight of some pairs together; remembered, because every clause is compared many times."""
        known = self._totals.get(grams)
        if known is None:
            known = self._totals[grams] = self._sum(grams)
        return known

    def covered(self, part: Grams, whole: Grams) -> float:
        """Return the share (0-1) of `part`'s weight that `whole` has too; 0 for an empty part."""
        weight = self.total(part)
        return self._sum(part & whole) / weight if weight else 0.0

    def alike(self, one: Grams, other: Grams) -> float:
        """Return how much two sets share, 0-1: the harmonic mean of what each covers of the other (Dice)."""
        both = self.total(one) + self.total(other)
        return 2 * self._sum(one & other) / both if both else 0.0

    def _sum(self, grams: Grams) -> float:
        known, unknown = self._of.get, self._unknown
        return sum([known(gram, unknown) for gram in grams])
