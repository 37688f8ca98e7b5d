"""What each thing seen of two clauses counts: `python -m tools.fit_watchers --data 目录`, for `[scales]` in watch.toml.

Logistic regression over the dev pairs, planted into a folder made by `zhida init`: of each contradiction the surest
clash with its target should be one, of everything else the three surest should not, what is not planted at a weight
of its own because nobody labelled it. Which clash is the surest is asked again of the weights found, six times over.
Precision and recall are of pairs left out (five parts, by target).
"""

from __future__ import annotations

import argparse
import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.editing.planting import PREFIX, planted, targets_of
from assistant.runtime import Runtime, open_runtime
from assistant.settings import load_settings
from eval.pairs import FILES, PlantedPair, load_pairs
from kb.curation.watch.contradictions import Clash, worth_comparing
from kb.curation.watch.rules import load_watch_rules
from kb.curation.watch.run import Watchers

SEEN = (
    *("clause", "topic", "sentence", "both", "less", "asked", "answered", "title", "tail"),
    *("meaning", "asked_of", "lead", "margin", "only"),
)
GROUPS = {"figure": ("figure",), "verdict": ("verdict", "denial"), "choice": ("payer", "choice", "order")}
NEVER = {"figure": {"margin"}, "verdict": {"only"}, "choice": {"only"}}  # what is not looked at in a group
SORTS = tuple(sort for sorts in GROUPS.values() for sort in sorts)
OFFSET, STRENGTH, ROUNDS, PARTS = 3.0, 1.0, 6, 5
LABELLED, UNLABELLED = 2.0, 0.1
Score = Callable[[Clash], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bag:
    """All clashes of two subjects: of which pair, and whether one of them should be found; `None` when nobody knows."""

    pair: PlantedPair | None
    wanted: bool | None
    clashes: Sequence[Clash]
    part: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the weights, and what pairs left out of fitting say of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args(arguments)
    pairs = load_pairs(FILES["dev"], "dev")
    with open_runtime(load_settings(data=given.data), write=True) as runtime:
        bags = bags_of(runtime, pairs)
    told(bags, pairs)
    print("\n".join(scales(*fitted(bags))))


def scales(weights: Sequence[float], base: float) -> Iterator[str]:
    """Yield the lines of `[scales]`."""
    many = len(SEEN)
    offsets = dict(zip(SORTS, weights[-len(SORTS) :], strict=True))
    for place, (group, sorts) in enumerate(GROUPS.items(), start=1):
        yield f"[scales.base.{group}]"
        yield from (f"{sort} = {base + OFFSET * offsets[sort]:.2f}" for sort in sorts)
        yield f"[scales.{group}]"
        own = weights[place * many : (place + 1) * many]
        for name, a, b in zip(SEEN, weights[:many], own, strict=True):
            if name not in NEVER[group]:
                yield f"{name} = {a + b:.2f}"


def bags_of(runtime: Runtime, pairs: Sequence[PlantedPair]) -> list[Bag]:
    """Plant the pairs and return what neighbouring subjects say that does not go together."""
    at, library = runtime.clock.now(), runtime.library
    targets = targets_of(library.shelf.catalogue, pairs)
    known = {PREFIX + pair.pair_id: pair for pair in pairs}
    bags = []
    with planted(library, pairs, at) as shelf:
        watchers = Watchers(shelf, load_watch_rules(runtime.files), at.date())
        for near in watchers.pairs:
            ours = [known[item] for item in (near.one, near.other) if item in known]
            if len(ours) > 1 or not worth_comparing(watchers.subjects[near.one], watchers.subjects[near.other]):
                continue
            one, other = watchers.claims(near.one), watchers.claims(near.other)
            clashes = list(watchers.comparer.clashes(one, other, near, 0.0))
            if clashes:
                pair = ours[0] if ours else None
                wanted = labelled(pair, {near.one, near.other}, targets)
                place = pair.target if pair else min(near.one, near.other)
                part = hashlib.sha256(place.encode()).digest()[1] % PARTS
                bags.append(Bag(pair=pair, wanted=wanted, clashes=clashes, part=part))
    return bags


def labelled(pair: PlantedPair | None, items: set[str], targets: dict[str, str]) -> bool | None:
    """Return whether two subjects contradict each other, as far as the pair's label tells."""
    if pair is None or pair.label != "contradiction":
        return False
    return True if targets[pair.pair_id] in items else None


def row(clash: Clash) -> list[float]:
    """Return a clash as numbers: what is seen, once for all and once for its group, and its sort."""
    seen = [clash.sight.get(name, 0.0) for name in SEEN]
    own = [value * (clash.sort in sorts) for sorts in GROUPS.values() for value in seen]
    return seen + own + [OFFSET * (clash.sort == sort) for sort in SORTS]


def fitted(bags: Sequence[Bag]) -> tuple[list[float], float]:
    """Return the weights of what is seen and of the sorts, and the intercept."""
    from sklearn.linear_model import LogisticRegression

    score: Score = lambda clash: clash.sight["clause"] + clash.sight["less"]  # noqa: E731
    model: Any = None
    for _round in range(ROUNDS):
        rows, labels, weights = [], [], []
        for bag in bags:
            if bag.wanted is None:
                continue
            chosen = sorted(bag.clashes, key=score)[-1 if bag.wanted else -3 :]
            rows += [row(clash) for clash in chosen]
            labels += [int(bag.wanted)] * len(chosen)
            weights += [1.0 if bag.wanted else LABELLED if bag.pair else UNLABELLED] * len(chosen)
        model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(np.array(rows), labels, sample_weight=weights)
        score = scorer(model.coef_[0].tolist(), float(model.intercept_[0]))
    return model.coef_[0].tolist(), float(model.intercept_[0])


def scorer(weights: Sequence[float], base: float) -> Score:
    """Return what gives a clash its log odds."""
    return lambda clash: base + math.fsum(a * b for a, b in zip(weights, row(clash), strict=True))


def told(bags: Sequence[Bag], pairs: Sequence[PlantedPair]) -> None:
    """Print precision and recall over pairs left out, by how sure a clash must be."""
    scores: list[tuple[Bag, float]] = []
    for part in range(PARTS):
        score = scorer(*fitted([bag for bag in bags if bag.part != part]))
        scores += [(bag, max(map(score, bag.clashes))) for bag in bags if bag.part == part]
    meant = sum(pair.label == "contradiction" for pair in pairs)
    for least in (-1.75, -1.5, -1.25, -1.0, -0.5, 0.0):
        named = [bag for bag, score in scores if score >= least]
        claimed = {bag.pair.pair_id: bag.pair for bag in named if bag.pair}
        right = sum(pair.label == "contradiction" for pair in claimed.values())
        found = sum(bag.wanted is True for bag in named)
        print(
            f"sure = {1 / (1 + math.exp(-least)):.3f}: precision {right}/{len(claimed)}, recall {found}/{meant}, "
            f"{sum(bag.pair is None for bag in named)} not planted"
        )


if __name__ == "__main__":
    main()
