"""What each thing seen of a pair counts: `python -m tools.fit_watchers --data 目录 [--write]`.

The dev pairs are planted into a folder made by `zhida init`. First the clashes of clauses are weighed (`[scales]` in
watch.toml, printed): logistic regression, of each contradiction the surest clash with its target should be one, of
everything else the three surest should not; which clash is the surest is asked again of the weights found. Then judges
are fitted over all that is seen of a pair (`tools/fit_judges.py`; `--write` stores them). Precision and recall are of
pairs left out, five parts by target, weights of clashes fitted without them too. What is not planted counts at a weight
of its own, because nobody labelled it; so do duplicates with one thing changed (`tools/altering.py`).
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
from kb.curation.watch.comparing import Clash
from kb.curation.watch.rules import load_watch_rules
from kb.curation.watch.run import Watchers
from kb.curation.watch.sights import Seen, seen_of
from kb.curation.watch.trees import BUNDLED
from tools.altering import altered
from tools.fit_judges import Looked, judged, stored, told

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
    """All clashes of two subjects, what else is seen of them, of which pair they are and whether with its target."""

    pair: PlantedPair | None
    target: bool
    clashes: Sequence[Clash]
    seen: Seen
    entries: bool
    part: int

    @property
    def wanted(self) -> bool | None:
        """Whether the two contradict each other, as far as the label tells; `None` when nobody knows."""
        if self.pair is None or self.pair.label != "contradiction":
            return False
        return True if self.target else None


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the weights, store the judges, and say what pairs left out of fitting say of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    pairs = load_pairs(FILES["dev"], "dev")
    with open_runtime(load_settings(data=given.data), write=True) as runtime:
        bags = bags_of(runtime, [*pairs, *altered(pairs)])
    print("\n".join(scales(*fitted(bags))))
    left_out = looked(bags)
    for line in told(left_out, pairs):
        print(line)
    if given.write:
        BUNDLED.parent.mkdir(exist_ok=True)
        BUNDLED.write_text(stored(judged(left_out), len(pairs)), encoding="utf-8")


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
    """Plant the pairs and return what is seen of neighbouring subjects, two planted ones left out."""
    at, library = runtime.clock.now(), runtime.library
    targets = targets_of(library.shelf.catalogue, pairs)
    known = {PREFIX + pair.pair_id: pair for pair in pairs}
    bags = []
    with planted(library, pairs, at) as shelf:
        watchers = Watchers(shelf, load_watch_rules(runtime.files), at.date())
        judging, weights = watchers.judging, watchers.comparer.weigher.weights
        near = [pair for pair in watchers.pairs if judging.worth(pair) and not {pair.one, pair.other} <= known.keys()]
        for pair, one, other in judging.profiled(near):
            items = {pair.one, pair.other}
            ours = next((known[item] for item in items if item in known), None)
            is_target = ours is not None and targets[ours.pair_id] in items
            place = targets[ours.pair_id] if ours else min(items)
            bags.append(
                Bag(
                    pair=ours,
                    target=is_target,
                    clashes=list(watchers.comparer.clashes(one.claims, other.claims, pair)),
                    seen=seen_of(one, other, pair, {}, weights),
                    entries=one.claims.subject.kind == other.claims.subject.kind == "entry",
                    part=hashlib.sha256(place.encode()).digest()[1] % PARTS,
                )
            )
    return bags


def row(clash: Clash) -> list[float]:
    """Return a clash as numbers: what is seen, once for all and once for its group, and its sort."""
    seen = [clash.sight.get(name, 0.0) for name in SEEN]
    own = [value * (clash.sort in sorts) for sorts in GROUPS.values() for value in seen]
    return seen + own + [OFFSET * (clash.sort == sort) for sort in SORTS]


def fitted(bags: Sequence[Bag]) -> tuple[list[float], float]:
    """Return the weights of what is seen of a clash and of the sorts, and the intercept."""
    from sklearn.linear_model import LogisticRegression

    score: Score = lambda clash: clash.sight["clause"] + clash.sight["less"]  # noqa: E731
    model: Any = None
    for _round in range(ROUNDS):
        rows, labels, weights = [], [], []
        for bag in bags:
            if bag.wanted is None or not bag.clashes:
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


def looked(bags: Sequence[Bag]) -> list[Looked]:
    """Return what is seen of each pair, its clashes weighed by what the other parts say of clashes."""
    found = []
    for part in range(PARTS):
        score = scorer(*fitted([bag for bag in bags if bag.part != part]))
        for bag in bags:
            if bag.part == part:
                seen = bag.seen | weighed(bag.clashes, score)
                found.append(Looked(pair=bag.pair, target=bag.target, seen=seen, entries=bag.entries, part=bag.part))
    return found


def weighed(clashes: Sequence[Clash], score: Score) -> Seen:
    """Return how surely (0-1) two subjects clash, by sort and at all."""
    best: Seen = {}
    for clash in clashes:
        sure = 1.0 / (1.0 + math.exp(-score(clash)))
        for name in (f"clash_{clash.sort}", "clash_any"):
            best[name] = max(best.get(name, 0.0), sure)
    return best


if __name__ == "__main__":
    main()
