"""The texts of a question's candidates laid end to end, and what each of their terms weighs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kb.index.snapshot import Snapshot
from kb.index.tables import Ints
from kb.index.units import SIDES, Mask
from kb.search.features import Floats, inverse_frequency

TERMS_KEPT = 200_000
BIGRAM_SCALE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """The units of `n` candidates, candidate by candidate; `m` units in all, addressed by their place here.

    Attributes:
        units: unit numbers, `(m,)`; `owners`: the candidate each belongs to, `(m,)`; `asked`: question side, `(m,)`.
        starts: where each candidate's units begin, `(n,)`; every candidate has at least one.
        titles: the place of each candidate's first question, `(n,)`; -1 where it has none.
    """

    units: Ints
    owners: Ints
    asked: Mask
    starts: Ints
    titles: Ints


class Reader:
    """Reads the items of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._weights = {view: np.full(len(names), np.nan) for view, names in snapshot.terms.names.items()}
        self.weight = lru_cache(maxsize=TERMS_KEPT)(self._weight)

    def lay_out(self, items: Sequence[int]) -> Laid:
        """Lay the units of some items end to end."""
        table = self._snapshot.table
        units, counts = table.units_of.together(np.array(items, dtype=np.int64))
        owners = np.repeat(np.arange(len(counts)), counts)
        asked = table.sides[units] == SIDES.index("question")
        places = np.flatnonzero(asked)
        titles = np.full(len(counts), -1)
        titles[owners[places[::-1]]] = places[::-1]
        return Laid(units=units, owners=owners, asked=asked, starts=np.cumsum(counts) - counts, titles=titles)

    def weights(self, view: str, numbers: npt.NDArray[np.int32]) -> Floats:
        """Return what stored terms of a view weigh, by their numbers; each is worked out once."""
        table = self._weights[view]
        found: Floats = table[numbers]
        if np.isnan(found).any():
            names = self._snapshot.terms.names[view]
            for number in set(numbers[np.isnan(found)].tolist()):
                table[number] = self.weight(view, names[number])
            found = table[numbers]
        return found

    def _weight(self, view: str, term: str) -> float:
        frequency = max(self._snapshot.lexical.frequency(f"{side}_{view}", term) for side in ("q", "a"))
        scale = BIGRAM_SCALE if view == "bigrams" else 1.0
        return scale * inverse_frequency(len(self._snapshot.table.items), frequency)
