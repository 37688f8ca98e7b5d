"""The texts of a question's candidates laid end to end, and what each of their terms weighs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.index.snapshot import Snapshot
from kb.index.tables import Ints
from kb.index.units import SIDES, Mask
from kb.search.features import Floats, inverse_frequency

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

    def weigh(self, view: str, terms: Sequence[str]) -> Floats:
        """Return what terms weigh, stored or not."""
        known = self._snapshot.terms.numbers[view]
        numbers = np.array([known.get(term, -1) for term in terms], dtype=np.int32)
        found = np.full(len(terms), self._weight(view, 0))
        found[numbers >= 0] = self.weights(view, numbers[numbers >= 0])
        return found

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
            names, frequency = self._snapshot.terms.names[view], self._snapshot.lexical.frequency
            for number in set(numbers[np.isnan(found)].tolist()):
                term = names[number]
                table[number] = self._weight(view, max(frequency(f"q_{view}", term), frequency(f"a_{view}", term)))
            found = table[numbers]
        return found

    def _weight(self, view: str, frequency: int) -> float:
        scale = BIGRAM_SCALE if view == "bigrams" else 1.0
        return scale * inverse_frequency(len(self._snapshot.table.items), frequency)
