"""How likely two neighbouring subjects contradict each other, or say the same: judged of the two as wholes.

A judge weighs all that is seen of the two (see `sights.py`), clashes between their clauses among it. Its weights were
learnt from pairs worded by hand (`tools.fit_watchers`). Guards, of which none was among those pairs, go by the surest
clash alone: two tellings of one case share nearly all their wording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from kb.curation.watch.claims import Claims
from kb.curation.watch.comparing import Clash, Comparer
from kb.curation.watch.nearby import Pair
from kb.curation.watch.profiles import Profile, Profiler
from kb.curation.watch.sights import ASKED, Seen, seen_of
from kb.curation.watch.subjects import overlap
from kb.curation.watch.trees import Judges, load_judges
from kb.curation.watch.types import Span, Subject

OTHERWISE = "说法不一"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Two subjects' claims, how surely (0-1) they contradict each other and say the same, and what to show of them."""

    one: Claims
    other: Claims
    shown: Clash
    contradicts: float
    repeats: float


@dataclass(frozen=True, kw_only=True)
class Judging:
    """Judges pairs: `read` gives claims by subject's id, `subjects` are those looked at."""

    comparer: Comparer
    profiler: Profiler
    subjects: Mapping[str, Subject]
    read: Callable[[str], Claims]

    @cached_property
    def judges(self) -> Judges:
        """The bundled judges, read when first asked."""
        return load_judges()

    def __call__(self, pairs: Sequence[Pair]) -> list[Judged]:
        """Return the pairs worth comparing, judged, in their order."""
        looked = list(self.looked_at(pairs))
        seen = [row for _one, _other, _clashes, row in looked]
        chances = zip(
            self.judges.contradiction.chances(seen).tolist(), self.judges.duplicate.chances(seen).tolist(), strict=True
        )
        return [
            Judged(
                one=one.claims,
                other=other.claims,
                shown=shown(one, other, clashes),
                contradicts=self._against(one, against, alike, clashes),
                repeats=alike,
            )
            for (one, other, clashes, _row), (against, alike) in zip(looked, chances, strict=True)
        ]

    def _against(self, one: Profile, against: float, alike: float, clashes: Mapping[str, Clash]) -> float:
        """Return how surely two subjects contradict each other: what repeats and clashes nowhere does not at all."""
        if one.claims.subject.kind == "guard":
            return surest(clashes)
        repeats = alike >= self.comparer.rules.limit("duplicate", "sure")
        return 0.0 if repeats and not clashes else against

    def looked_at(self, pairs: Sequence[Pair]) -> Iterator[tuple[Profile, Profile, Mapping[str, Clash], Seen]]:
        """Yield of each pair worth comparing both sides, their surest clashes by sort, and all that is seen of them."""
        for pair, one, other in self.profiled([pair for pair in pairs if self.worth(pair)]):
            clashes = self.comparer.surest(one.claims, other.claims, pair)
            scores = {sort: clash.score for sort, clash in clashes.items()}
            yield one, other, clashes, seen_of(one, other, pair, scores, self.comparer.weigher.weights)

    def profiled(self, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, Profile, Profile]]:
        """Yield pairs with both sides laid out, each subject once; what claims nothing is left out."""
        names = dict.fromkeys(name for pair in pairs for name in (pair.one, pair.other))
        read = {name: self.read(name) for name in names}
        self.profiler.learn(read.values())
        profile = cache(lambda name: self.profiler(read[name]))
        for pair in pairs:
            if read[pair.one].clauses and read[pair.other].clauses:
                yield pair, profile(pair.one), profile(pair.other)

    def worth(self, pair: Pair) -> bool:
        """Whether both sides are looked at and worth comparing."""
        one, other = self.subjects.get(pair.one), self.subjects.get(pair.other)
        return one is not None and other is not None and worth_comparing(one, other)


def surest(clashes: Mapping[str, Clash]) -> float:
    """Return how sure (0-1) the surest clash is; 0 without any."""
    return max((clash.score for clash in clashes.values()), default=0.0)


def shown(one: Profile, other: Profile, clashes: Mapping[str, Clash]) -> Clash:
    """Return what to show: the surest clash, or the clauses nearest to each other and to what either side is asked."""
    if clashes:
        return max(clashes.values(), key=lambda clash: clash.score)
    near = one.clauses @ other.clauses.T
    near += ASKED * ((one.clauses @ other.title)[:, None] + (other.clauses @ one.title)[None, :])
    mine, yours = np.unravel_index(near.argmax(), near.shape)
    places = one.claims.clauses[int(mine)], other.claims.clauses[int(yours)]
    spans = [Span(start=clause.start, end=clause.end) for _statement, clause in places]
    return Clash(
        sort="", name=OTHERWISE, one=places[0], other=places[1], spans=(spans[0], spans[1]), sight={}, score=0.0
    )


def worth_comparing(a: Subject, b: Subject) -> bool:
    """Whether two subjects hold on one day in one region, and are not two clauses, or a guard and something else."""
    if a.kind == b.kind == "clause" or (a.kind == "guard") != (b.kind == "guard"):
        return False
    same_region = a.region is None or b.region is None or a.region == b.region
    return same_region and overlap(a.validity, b.validity)
