"""Confusion matrix: which label was taken for which?

Synonyms: error matrix, contingency table.
Source: scikit-learn `confusion_matrix` (rows gold, columns predicted).
Default: the labels are those of gold and predictions, ascending; a missing prediction `""` stands as （无）, last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from eval.metrics.accuracy import LabelRow

NOTHING = "（无）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """`counts[i][j]` rows have gold `labels[i]` and prediction `labels[j]`."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    def worst(self, limit: int = 10) -> tuple[tuple[str, str, int], ...]:
        """Return the commonest confusions as (gold, predicted, rows), most rows first, ties by label."""
        wrong = [
            (gold, guess, n)
            for gold, line in zip(self.labels, self.counts, strict=True)
            for guess, n in zip(self.labels, line, strict=True)
            if gold != guess and n
        ]
        return tuple(sorted(wrong, key=lambda found: (-found[2], found[0], found[1]))[:limit])


def confusion(rows: Sequence[LabelRow]) -> Confusion:
    """Return how often each gold label got each prediction."""
    named = Counter((gold or NOTHING, guess or NOTHING) for gold, guess in rows)
    found = {label for pair in named for label in pair}
    labels = tuple(sorted(found, key=lambda label: (label == NOTHING, label)))
    return Confusion(labels=labels, counts=tuple(tuple(named[gold, guess] for guess in labels) for gold in labels))
