"""Clauses of two subjects that do not go together: another figure for the same thing, the opposite verdict, another
payer, another answer to one question, the same steps in another order.

What may not go together is found first (see `suspects.py`). Whether it is about one thing is weighed from how much rare
wording two clauses, their topics and their sentences share and how near they are in meaning (see `weighing.py`), less
what speaks for the two sides agreeing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from kb.curation.watch.claims import Claims, Placed
from kb.curation.watch.nearby import Pair
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.suspects import FIGURE, ORDER, Suspect, Suspecter
from kb.curation.watch.types import Span
from kb.curation.watch.weighing import MOST, Sight, Weigher

LAST = ("less", "margin")
MEANT = ("meaning", "asked_of", "lead", *LAST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two clauses that do not go together: why, where they part, and how surely they are about one thing (0-1)."""

    sort: str
    name: str
    one: Placed
    other: Placed
    spans: tuple[Span, Span]
    sight: Sight
    score: float


@dataclass(frozen=True, kw_only=True)
class Comparer:
    """Compares two subjects' claims by the rules in force."""

    rules: WatchRules
    weigher: Weigher

    @cached_property
    def suspects(self) -> Suspecter:
        """What looks for suspects."""
        return Suspecter(rules=self.rules, weigher=self.weigher)

    def surest(self, one: Claims, other: Claims, near: Pair) -> Mapping[str, Clash]:
        """Return the surest clash of each sort of two neighbouring subjects, where it is at all likely."""
        best: dict[str, Clash] = {}
        floor = self.rules.limit("contradiction", "likely")
        for clash in self._weighed(one, other, near, lambda sort: best[sort].score if sort in best else floor):
            best[clash.sort] = clash
        return best

    def clashes(self, one: Claims, other: Claims, near: Pair) -> Iterator[Clash]:
        """Yield whatever two subjects say that does not go together, however unlikely it is about one thing."""
        return self._weighed(one, other, near, lambda _sort: 0.0)

    def _weighed(self, one: Claims, other: Claims, near: Pair, least: Callable[[str], float]) -> Iterator[Clash]:
        """Yield what is at least so surely (0-1, by sort) about one thing."""
        title = self.weigher.weights.alike(one.title, other.title)
        for suspect in self.suspects(one, other):
            if suspect.one[1].text in other.said or suspect.other[1].text in one.said:
                continue  # what both say word for word is no difference between them
            sight = self._sight(suspect, one, other, near, title, least(suspect.sort))
            if sight is not None:
                yield Clash(
                    sort=suspect.sort,
                    name=suspect.name,
                    one=suspect.one,
                    other=suspect.other,
                    spans=suspect.spans,
                    sight=sight,
                    score=self.weigher.surely(suspect.sort, sight),
                )

    def _sight(
        self, suspect: Suspect, one: Claims, other: Claims, near: Pair, title: float, sure: float
    ) -> Sight | None:
        """Return what is seen of a suspect, what costs most last; `None` as soon as it cannot be sure enough."""
        weigher, sort, a, b = self.weigher, suspect.sort, suspect.one[1], suspect.other[1]
        sight = {**weigher.sight(a, b, near, title), **suspect.seen}
        if weigher.surely(sort, sight, unseen=MEANT) < sure:
            return None
        sight = {**weigher.meant(a, b, (one.subject.title, other.subject.title)), **sight}
        if weigher.surely(sort, sight, unseen=LAST) < sure:
            return None
        less = MOST if sort == ORDER else min(MOST, weigher.aligned(a, b) - suspect.support())
        if sort == FIGURE and less <= 0:
            return None
        sight["less"] = max(0.0, less)
        if sort not in {FIGURE, ORDER}:
            sight["margin"] = self._margin(suspect, one, other)
        return sight if weigher.surely(sort, sight) >= sure else None

    def _margin(self, suspect: Suspect, one: Claims, other: Claims) -> float:
        """Return how much nearer (0-1, a half: as near) two clauses are than either is to what says the same."""
        alike = self.weigher.meaning.alike
        a, b = suspect.one[1], suspect.other[1]
        rivals = [alike(a.words, place[1].words) for place in other.like(a, suspect.name)]
        rivals += [alike(b.words, place[1].words) for place in one.like(b, suspect.name)]
        return min(1.0, max(0.0, 0.5 + alike(a.words, b.words) - max(rivals, default=0.0)))
