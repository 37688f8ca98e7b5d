"""What two subjects say that may not go together: figures, verdicts, choices and orders of steps, not yet weighed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import product

from kb.curation.watch.claims import PAYER, Claims, Placed, Scopes, Stated, apart
from kb.curation.watch.grams import Grams
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.types import Span
from kb.curation.watch.weighing import Weigher, said_there

NEAR = 8
FIGURE, DURATION, ORDER = "figure", "时长", "order"
LEAST_CROSSED = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """Two clauses that may not go together: sort, name, places and where they part.

    `support` finds what speaks for the two sides agreeing (0-1); `seen` is what is seen of the two already.
    """

    sort: str
    name: str
    one: Placed
    other: Placed
    spans: tuple[Span, Span]
    support: Callable[[], float] = lambda: 0.0
    seen: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspecter:
    """Looks for what may not go together, by the rules in force."""

    rules: WatchRules
    weigher: Weigher

    def __call__(self, one: Claims, other: Claims) -> Iterator[Suspect]:
        """Yield what two subjects say that may not go together."""
        yield from self._figures(one, other)
        yield from self._verdicts(one, other)
        yield from _chosen(one, other)
        yield from self._crossed(one, other)

    def _figures(self, one: Claims, other: Claims) -> Iterator[Suspect]:
        if one.dimensions.isdisjoint(other.dimensions):
            return
        for mine, yours in product(one.stated, other.stated):
            if self._disagree(mine, yours):
                dimension = mine.figure.dimension
                yield Suspect(
                    sort=FIGURE,
                    name=f"{dimension}不同",
                    one=mine.place,
                    other=yours.place,
                    spans=(mine.span, yours.span),
                    support=partial(self._supported, mine, yours, one, other),
                    seen={"only": (one.says_one(dimension) + other.says_one(dimension)) / 2},
                )

    def _supported(self, mine: Stated, yours: Stated, one: Claims, other: Claims) -> float:
        return max(self._support(mine, other), self._support(yours, one))

    def _disagree(self, mine: Stated, yours: Stated) -> bool:
        if mine.figure.dimension != yours.figure.dimension or mine.place[1].topic.isdisjoint(yours.place[1].topic):
            return False
        if mine.figure.agrees(yours.figure):
            return False
        if mine.figure.dimension == DURATION and mine.figure.times(yours.figure) > self.rules.limit(
            "contradiction", "times"
        ):
            return False
        return comparable(mine, yours) and not apart(self._anchor(mine), self._anchor(yours))

    def _support(self, mine: Stated, other: Claims) -> float:
        """Return how much (0-1) what `other` says with a figure that agrees is about the same as `mine`."""
        return max(
            (
                self.weigher.aligned(mine.place[1], yours.place[1])
                for yours in other.stated
                if mine.figure.supports(yours.figure) and not apart(mine.place[1].scopes, yours.place[1].scopes)
            ),
            default=0.0,
        )

    def _anchor(self, stated: Stated) -> Scopes:
        clause = stated.place[1]
        text = clause.text[: stated.figure.start - clause.start][-NEAR:]
        named = frozenset(name for name, pattern in self.rules.anchors.items() if pattern.found_in(text))
        return {"anchor": named} if named else {}

    def _verdicts(self, one: Claims, other: Claims) -> Iterator[Suspect]:
        for sort, name, mine, yours in opposed(one, other):
            a, b = mine[1], yours[1]
            if apart(a.scopes, b.scopes):
                continue
            if a.lead or b.lead or not a.topic.isdisjoint(b.topic):
                support = partial(self._echoed, name, mine, yours, one, other)
                yield Suspect(sort=sort, name=name, one=mine, other=yours, spans=_whole(mine, yours), support=support)

    def _echoed(self, name: str, mine: Placed, yours: Placed, one: Claims, other: Claims) -> float:
        word = said_there(mine[1].denied, yours[1]) | said_there(yours[1].denied, mine[1])
        return max(self._echo(name, word, mine, other), self._echo(name, word, yours, one))

    def _echo(self, name: str, word: Grams, mine: Placed, other: Claims) -> float:
        """Return how much (0-1) what `other` says or denies just like `mine` is about the same as `mine`."""
        granted = mine[1].verdicts.get(name)
        if granted is not None:
            alike = other.verdicts.get((name, granted), ())
        elif mine[1].plain:
            alike = [place for place in other.plain if place[1].grams & word]
        else:
            alike = [place for place in other.denials if place[1].denied & word]
        return max((self.weigher.aligned(mine[1], yours[1]) for yours in alike), default=0.0)

    def _crossed(self, one: Claims, other: Claims) -> Iterator[Suspect]:
        for mine, yours in product(one.ordering, other.ordering):
            crossed, straight = self.weigher.crossed(mine[1].orders, yours[1].orders)
            if crossed > max(LEAST_CROSSED, straight):
                yield Suspect(
                    sort=ORDER,
                    name="先后次序相反",
                    one=mine,
                    other=yours,
                    spans=_whole(mine, yours),
                    seen={"meaning": crossed, "margin": min(1.0, 0.5 + crossed - straight)},
                )


def _chosen(one: Claims, other: Claims) -> Iterator[Suspect]:
    for mine, yours in product(one.choosing, other.choosing):
        a, b = mine[1].choices, yours[1].choices
        for name in a.keys() & b.keys():
            if a[name].isdisjoint(b[name]):
                yield Suspect(sort="choice", name=name, one=mine, other=yours, spans=_whole(mine, yours))


def _whole(mine: Placed, yours: Placed) -> tuple[Span, Span]:
    a, b = mine[1], yours[1]
    return Span(start=a.start, end=a.end), Span(start=b.start, end=b.end)


def comparable(mine: Stated, yours: Stated) -> bool:
    """Whether two figures measure the same: one dimension, not a least against a most, one case, one step."""
    a, b = mine.place[1], yours.place[1]
    if mine.figure.dimension != yours.figure.dimension or {mine.figure.bound, yours.figure.bound} == {"least", "most"}:
        return False
    if a.steps and b.steps and not (a.steps <= b.steps or b.steps <= a.steps):
        return False
    return not apart(a.scopes, b.scopes)


def opposed(one: Claims, other: Claims) -> Iterator[tuple[str, str, Placed, Placed]]:
    """Yield how, in what, and where two subjects say the opposite; conditions and questions say nothing."""
    for (name, granted), places in one.verdicts.items():
        for yours in other.verdicts.get((name, not granted), ()):
            sort = "payer" if name == PAYER else "verdict"
            yield from ((sort, name, mine, yours) for mine in places)
    for denying, saying, word in denied(one, other):
        yield "denial", f"是否{word}", denying, saying
    for denying, saying, word in denied(other, one):
        yield "denial", f"是否{word}", saying, denying


def denied(negative: Claims, positive: Claims) -> Iterator[tuple[Placed, Placed, str]]:
    """Yield where one subject denies what the other says in a clause without any denial, and a word of it."""
    for denying in negative.denials:
        for saying in positive.plain:
            shared = said_there(denying[1].denied, saying[1])
            if shared and not denying[1].verdicts.items() & saying[1].verdicts.items():
                yield denying, saying, min(shared, key=denying[1].text.find)
