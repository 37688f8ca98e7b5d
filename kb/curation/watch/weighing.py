"""How surely two clauses are about one thing: what is seen of them, weighed by the rules (logistic regression)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from kb.curation.watch.claims import Claims, Clause
from kb.curation.watch.grams import Grams
from kb.curation.watch.nearby import Pair
from kb.curation.watch.weights import Weights

Sight = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weigher:
    """Compares clauses: `weights` of character pairs, and `scales`, by sort of clash what each thing seen counts."""

    weights: Weights
    scales: Mapping[str, Mapping[str, float]]

    def sight(self, one: Claims, a: Clause, other: Claims, b: Clause, near: Pair, support: float) -> Sight:
        """Return what is seen of two clauses, each 0-1: shared wording of the clauses, with the clause before, of the
        sentences with what is asked; how near the subjects are; how much speaks for the two sides agreeing."""
        weights = self.weights
        wide_a, wide_b = a.around | one.title, b.around | other.title
        aligned = self.aligned(one, a, other, b)
        return {
            "clause": weights.alike(a.grams, b.grams),
            "topic": weights.alike(a.topic, b.topic),
            "sentence": weights.alike(wide_a, wide_b),
            "both": min(weights.alike(a.grams, b.grams), weights.alike(wide_a, wide_b)),
            "less": max(-0.5, min(0.5, aligned - support)),
            "asked": near.asked,
            "answered": near.answered,
            "title": weights.alike(one.title, other.title),
            "tail": max(
                weights.covered(a.denied, said_there(a.denied, b)) if b.plain else 0.0,
                weights.covered(b.denied, said_there(b.denied, a)) if a.plain else 0.0,
            ),
        }

    def aligned(self, one: Claims, a: Clause, other: Claims, b: Clause) -> float:
        """Return how much (0-1) of what two clauses speak of, each in what the other's sentence and title speak of."""
        weights = self.weights
        cover = (weights.covered(a.grams, b.around | other.title) + weights.covered(b.grams, a.around | one.title)) / 2
        return (cover + weights.alike(a.topic, b.topic)) / 2

    def surely(self, sort: str, sight: Sight) -> float:
        """Return how surely (0-1) a clash of a sort is one."""
        scale = self.scales[sort]
        total = scale["base"] + sum(scale.get(name, 0.0) * value for name, value in sight.items())
        return 1.0 / (1.0 + math.exp(-total))


def said_there(denied: Grams, clause: Clause) -> Grams:
    """Return which denied pairs a clause has; a single character (「不退」) anywhere in its words."""
    return frozenset(gram for gram in denied if gram in clause.grams or (len(gram) == 1 and gram in clause.text))
