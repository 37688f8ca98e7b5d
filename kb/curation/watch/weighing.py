"""How surely two clauses are about one thing: what is seen of them, weighed by the rules (logistic regression)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.curation.watch.aspects import Order
from kb.curation.watch.claims import Clause
from kb.curation.watch.grams import Grams
from kb.curation.watch.meaning import Meaning
from kb.curation.watch.nearby import Pair
from kb.curation.watch.weights import Weights

Sight = Mapping[str, float]
MOST = 0.5


@dataclass(frozen=True, slots=True)
class Weigher:
    """Compares clauses: `weights` of character pairs, and `scales`, by sort of clash what each thing seen counts."""

    weights: Weights
    scales: Mapping[str, Mapping[str, float]]
    meaning: Meaning

    def sight(self, a: Clause, b: Clause, near: Pair, title: float) -> dict[str, float]:
        """Return what is seen of two clauses, each 0-1.

        That is what wording the clauses share, alone, with the clause before, and as sentences with what is asked; how
        near the subjects are, and what they are asked (`title`).
        """
        weights = self.weights
        clause, sentence = weights.alike(a.grams, b.grams), weights.alike(a.around, b.around)
        return {
            "clause": clause,
            "topic": weights.alike(a.topic, b.topic),
            "sentence": sentence,
            "both": min(clause, sentence),
            "asked": near.asked,
            "answered": near.answered,
            "title": title,
            "tail": max(
                weights.covered(a.denied, said_there(a.denied, b)) if b.plain else 0.0,
                weights.covered(b.denied, said_there(b.denied, a)) if a.plain else 0.0,
            ),
        }

    def meant(self, a: Clause, b: Clause, asked: tuple[str, str]) -> dict[str, float]:
        """Return what is seen of two clauses' meaning, each 0-1.

        That is how near they are; how near the farther of them is to what the other side is asked (`asked_of`); and
        whether one of them is the short answer to its question.
        """
        alike = self.meaning.alike
        return {
            "meaning": alike(a.words, b.words),
            "asked_of": min(alike(asked[1], a.words), alike(asked[0], b.words)),
            "lead": float(a.lead or b.lead),
        }

    def crossed(self, some: Sequence[Order], others: Sequence[Order]) -> tuple[float, float]:
        """Return how surely (0-1) two texts put the same two steps the other way round, and how surely the same way."""
        near = self.meaning.alike
        both = [
            (min(near(a.first, b.then), near(a.then, b.first)), min(near(a.first, b.first), near(a.then, b.then)))
            for a in some
            for b in others
        ]
        return max(both, key=lambda pair: pair[0] - pair[1])

    def aligned(self, a: Clause, b: Clause) -> float:
        """Return how much (0-1) of what two clauses speak of, each in what the other's sentence and title speak of."""
        weights = self.weights
        if a.topic.isdisjoint(b.topic):
            return 0.0
        cover = (weights.covered(a.grams, b.around) + weights.covered(b.grams, a.around)) / 2
        return (cover + weights.alike(a.topic, b.topic)) / 2

    def surely(self, sort: str, sight: Sight, unseen: Sequence[str] = ()) -> float:
        """Return how surely (0-1) a clash of a sort is one, at the most where something is still `unseen`."""
        scale = self.scales[sort]
        total = scale["base"] + sum(scale.get(name, 0.0) * value for name, value in sight.items())
        total += sum(max(0.0, scale.get(name, 0.0)) for name in unseen if name not in sight)
        return 1.0 / (1.0 + math.exp(-total))


def said_there(denied: Grams, clause: Clause) -> Grams:
    """Return which denied pairs a clause has; a single character (「不退」) anywhere in its words."""
    return frozenset(gram for gram in denied if gram in clause.grams or (len(gram) == 1 and gram in clause.text))
