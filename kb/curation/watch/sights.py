"""What is seen of two subjects as wholes, each thing a number with a name: how near, what agrees, what is opposed.

Nothing here looks at one side alone: how long or how firmly somebody writes tells who wrote it, not what contradicts.
Where a thing can be looked at from either side, `_hi` is the larger of the two and `_lo` the smaller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kb.curation.watch.claims import Claims
from kb.curation.watch.nearby import Pair
from kb.curation.watch.profiles import Profile, Values
from kb.curation.watch.weights import Weights
from kb.encode.protocol import Matrix

Seen = dict[str, float]
Flags = npt.NDArray[np.bool_]
SORTS = ("figure", "verdict", "denial", "payer", "choice", "order")
FARTHEST, NEAREST, SHARP, ASKED = 3, 3, 8.0, 0.5
ONCE = ("asked", "answered", "told", "title", "titles", "top", "firsts", "clause_top", "opposed", "alike")
BOTH = (
    *("asks_sentence", "asks_clause", "covered", "title_covered", "sentences", "first", "clauses", "farthest"),
    *("agreeing", "differing", "margin", "nearest_opposed", "share_opposed"),
    *("values_apart", "values_same", "lead_apart", "lead_same", "relevant"),
)
FEATURES = (
    *ONCE,
    *(f"{name}_{end}" for name in BOTH for end in ("hi", "lo")),
    *(f"clash_{sort}" for sort in (*SORTS, "any")),
)


def seen_of(one: Profile, other: Profile, near: Pair, clashes: Mapping[str, float], weights: Weights) -> Seen:
    """Return what is seen of two subjects; `clashes` says how surely (0-1) they clash, by sort.

    Figures count, shares and cosines are 0-1; the names are `FEATURES`.
    """
    a, b = one.claims, other.claims
    sentences, clauses = one.sentences @ other.sentences.T, one.clauses @ other.clauses.T
    seen = {
        "asked": near.asked,
        "answered": near.answered,
        "told": near.told,
        "title": weights.alike(a.title, b.title),
        "titles": float(one.title @ other.title),
        "top": float(sentences.max()),
        "firsts": float(sentences[0, 0]),
        "clause_top": float(clauses.max()),
    }
    _both(seen, "asks_sentence", _best(other.sentences, one), _best(one.sentences, other))
    _both(seen, "asks_clause", _best(other.clauses, one), _best(one.clauses, other))
    _both(seen, "covered", weights.covered(one.grams, other.grams), weights.covered(other.grams, one.grams))
    _both(
        seen,
        "title_covered",
        weights.covered(a.title, other.grams | b.title),
        weights.covered(b.title, one.grams | a.title),
    )
    _both(seen, "sentences", _mean(sentences), _mean(sentences.T))
    _both(seen, "first", float(sentences[0].max()), float(sentences[:, 0].max()))
    _both(seen, "clauses", _mean(clauses), _mean(clauses.T))
    _both(seen, "farthest", _farthest(clauses), _farthest(clauses.T))
    _figures(seen, a, b)
    _polarity(seen, clauses, one.refuses[:, None] != other.refuses[None, :])
    _values(seen, one, other)
    seen |= {f"clash_{sort}": clashes.get(sort, 0.0) for sort in SORTS}
    seen["clash_any"] = max(clashes.values(), default=0.0)
    return seen


def _both(seen: Seen, name: str, one: float, other: float) -> None:
    seen[f"{name}_hi"], seen[f"{name}_lo"] = max(one, other), min(one, other)


def _best(rows: Matrix, asking: Profile) -> float:
    return float((rows @ asking.title).max())


def _mean(cosines: Matrix) -> float:
    return float(cosines.max(axis=1).mean())


def _farthest(cosines: Matrix) -> float:
    return float(np.sort(cosines.max(axis=1))[:FARTHEST].mean())


def _figures(seen: Seen, one: Claims, other: Claims) -> None:
    """See how many figures of one side the other side has too, and how many it gives otherwise."""
    mine, yours = _agreeing(one, other), _agreeing(other, one)
    _both(seen, "agreeing", float(sum(mine)), float(sum(yours)))
    _both(seen, "differing", float(len(mine) - sum(mine)), float(len(yours) - sum(yours)))


def _agreeing(one: Claims, other: Claims) -> Sequence[bool]:
    """Return of each figure whose dimension the other side has too whether it agrees with one of them."""
    return [
        any(mine.figure.agrees(yours.figure) for yours in other.stated)
        for mine in one.stated
        if mine.figure.dimension in other.dimensions
    ]


def _polarity(seen: Seen, clauses: Matrix, opposite: Flags) -> None:
    """See how near clauses are of which one says no and one yes, and how near those that say it alike."""
    opposed, alike = np.where(opposite, clauses, 0.0), np.where(opposite, 0.0, clauses)
    seen["opposed"], seen["alike"] = float(opposed.max()), float(alike.max())
    ends = [_opposed(opposed, alike, clauses), _opposed(opposed.T, alike.T, clauses.T)]
    for place, name in enumerate(("margin", "nearest_opposed", "share_opposed")):
        _both(seen, name, ends[0][place], ends[1][place])


def _opposed(opposed: Matrix, alike: Matrix, clauses: Matrix) -> tuple[float, float, float]:
    """Return of one side's clauses the largest lead of an opposed one, and how many are led, nearest and weighed."""
    lead, near = opposed.max(axis=1) - alike.max(axis=1), clauses.max(axis=1)
    nearest = near.argsort()[-NEAREST:]
    weight = np.exp(SHARP * (near - 1.0))
    return float(lead.max()), float((lead[nearest] > 0).mean()), float((weight * (lead > 0)).sum() / weight.sum())


def _values(seen: Seen, one: Profile, other: Profile) -> None:
    ends = [_apart(one, other), _apart(other, one)]
    for place, name in enumerate(("values_apart", "values_same", "lead_apart", "lead_same", "relevant")):
        _both(seen, name, ends[0][place], ends[1][place])


def _apart(mine: Profile, yours: Profile) -> tuple[float, float, float, float, float]:
    """Return how many values each clause and the sentence nearest to it give otherwise and alike, weighed by nearness;
    the same counts of the first sentence and the one nearest to the question; and how near that one is.
    """
    near, relevant = mine.clauses @ yours.sentences.T, yours.sentences @ mine.title
    apart = same = 0.0
    for place, nearest in enumerate((near + ASKED * relevant[None, :]).argmax(axis=1)):
        differs, agrees = compared(mine.values[place], yours.told[nearest])
        weight = max(0.0, float(near[place, nearest]))
        apart, same = apart + weight * differs, same + weight * agrees
    best = int(relevant.argmax())
    lead_apart, lead_same = compared(mine.told[0], yours.told[best])
    return apart, same, float(lead_apart), float(lead_same), float(relevant[best])


def compared(one: Values, other: Values) -> tuple[int, int]:
    """Return in how many families two texts name values that exclude each other, and in how many the same."""
    shared = one.keys() & other.keys()
    apart = sum(one[name].isdisjoint(other[name]) for name in shared)
    return apart, sum(one[name] == other[name] for name in shared)
