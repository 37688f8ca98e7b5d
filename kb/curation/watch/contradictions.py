"""Two subjects that cannot both be right: another figure for the same thing, the opposite verdict, another payer.

A figure is contradicted when the other side has a figure of its dimension about the same thing that does not agree; a
verdict when the other side says the opposite about the same thing. "The same thing" is weighed from how much rare
wording two clauses, their topics and their sentences share (see `weighing.py`), less what speaks for the two sides
agreeing, and neither may be confined to a case the other excludes (另一电压、另一环节).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, product

from kb.curation.watch.claims import PAYER, Claims, Placed, Scopes, Stated, apart
from kb.curation.watch.grams import Grams
from kb.curation.watch.nearby import Pair
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.subjects import overlap, side_of
from kb.curation.watch.types import Finding, Remedy, Side, Span, Subject
from kb.curation.watch.weighing import MOST, Sight, Weigher, said_there

NEAR = 8
FIGURE, DURATION = "figure", "时长"
# A clash before it is weighed: sort, name, places, spans, and how to find what speaks against it.
Suspect = tuple[str, str, Placed, Placed, tuple[Span, Span], Callable[[], float]]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparer:
    """Compares two subjects' claims by the rules in force."""

    rules: WatchRules
    weigher: Weigher

    def worst(self, one: Claims, other: Claims, near: Pair) -> Clash | None:
        """Return the surest clash of two neighbouring subjects that is sure enough."""
        clashes = self.clashes(one, other, near, self.rules.limit("contradiction", "sure"))
        return max(clashes, key=lambda clash: clash.score, default=None)

    def clashes(self, one: Claims, other: Claims, near: Pair, sure: float) -> Iterator[Clash]:
        """Yield what two subjects say that does not go together, at least so surely (0-1) about one thing."""
        title = self.weigher.weights.alike(one.title, other.title)
        asked = one.subject.title, other.subject.title
        for sort, name, mine, yours, spans, support in (
            *self._figures(one, other),
            *self._verdicts(one, other),
            *self._polar(one, other),
            *self._chosen(one, other),
            *self._crossed(one, other),
        ):
            a, b = mine[1], yours[1]
            sight = self.weigher.sight(a, b, near, title)
            sight |= self.weigher.meant(a, b, asked)
            if sort == "order":
                sight["meaning"], sight["margin"] = float(name[2:7]), float(name[2:7]) - float(name[7:]) + 0.5
            elif sort == "figure":
                sight["margin"] = 0.0
                dim = name[:-2]
                sight["only"] = sum(len({f.figure.said for f in c.stated if f.figure.dimension == dim}) == 1 for c in (one, other)) / 2
            else:
                sight["margin"] = self._margin(mine, yours, one, other, name)
            if self.weigher.surely(sort, sight) < sure:
                continue
            sight["less"] = min(MOST, self.weigher.aligned(a, b) - support())
            score = self.weigher.surely(sort, sight)
            if sight["less"] > 0 and score >= sure:
                yield Clash(sort=sort, name=name, one=mine, other=yours, spans=spans, sight=sight, score=score)

    def _figures(self, one: Claims, other: Claims) -> Iterator[Suspect]:
        if one.dimensions.isdisjoint(other.dimensions):
            return
        for mine in one.stated:
            for yours in other.stated:
                if self._disagree(mine, yours):
                    support = partial(self._supported, mine, yours, one, other)
                    name = f"{mine.figure.dimension}不同"
                    yield FIGURE, name, mine.place, yours.place, (mine.span, yours.span), support

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
            if not a.topic.isdisjoint(b.topic) and not apart(a.scopes, b.scopes):
                spans = (Span(start=a.start, end=a.end), Span(start=b.start, end=b.end))
                yield sort, name, mine, yours, spans, partial(self._echoed, name, mine, yours, one, other)

    def _polar(self, one: Claims, other: Claims) -> Iterator[Suspect]:
        for mine, yours in chain(product(one.refusing, other.affirming), product(one.affirming, other.refusing)):
            a, b = mine[1], yours[1]
            if not apart(a.scopes, b.scopes) and self.weigher.meaning.alike(a.words, b.words) >= 0.15:
                spans = (Span(start=a.start, end=a.end), Span(start=b.start, end=b.end))
                yield "polar", "说法相反", mine, yours, spans, partial(self._backed, mine, yours, one, other)

    def _margin(self, mine: Placed, yours: Placed, one: Claims, other: Claims, name: str) -> float:
        here = self.weigher.meaning.alike(mine[1].words, yours[1].words)
        def same(place: Placed, all_: Claims) -> float:
            c = place[1]
            if name in c.choices:
                rows = [p for p in all_.choosing if name in p[1].choices and not p[1].choices[name].isdisjoint(c.choices[name])]
            else:
                rows = all_.refusing if c.refuses else all_.affirming
            return max((self.weigher.meaning.alike(c.words, p[1].words) for p in rows), default=0.0)
        return min(1.0, max(0.0, 0.5 + here - max(same(mine, other), same(yours, one))))

    def _backed(self, mine: Placed, yours: Placed, one: Claims, other: Claims) -> float:
        return max(self._back(mine, other), self._back(yours, one))

    def _back(self, mine: Placed, other: Claims) -> float:
        same = other.refusing if mine[1].refuses else other.affirming
        return max((self.weigher.aligned(mine[1], yours[1]) for yours in same), default=0.0)

    def _chosen(self, one: Claims, other: Claims) -> Iterator[Suspect]:
        for mine, yours in product(one.choosing, other.choosing):
            a, b = mine[1], yours[1]
            for name in a.choices.keys() & b.choices.keys():
                if a.choices[name].isdisjoint(b.choices[name]):
                    spans = (Span(start=a.start, end=a.end), Span(start=b.start, end=b.end))
                    yield "choice", name, mine, yours, spans, lambda: 0.0

    def _crossed(self, one: Claims, other: Claims) -> Iterator[Suspect]:
        for mine, yours in product(one.ordering, other.ordering):
            a, b = mine[1], yours[1]
            crossed, straight = self.weigher.crossed(a.orders, b.orders)
            if crossed > max(0.2, straight):
                spans = (Span(start=a.start, end=a.end), Span(start=b.start, end=b.end))
                yield "order", f"先后{crossed:.3f}{straight:.3f}", mine, yours, spans, lambda: 0.0

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


def contradictions(
    subjects: Mapping[str, Subject], pairs: Sequence[Pair], comparer: Comparer, read: Callable[[str], Claims]
) -> Iterator[tuple[Finding, Clash]]:
    """Yield what contradicts what among neighbouring subjects, in the order of `pairs`; `read` gives claims by id."""
    for pair in pairs:
        if pair.one not in subjects or pair.other not in subjects:
            continue
        if not worth_comparing(subjects[pair.one], subjects[pair.other]):
            continue
        one, other = read(pair.one), read(pair.other)
        clash = comparer.worst(one, other, pair)
        if clash is not None:
            yield finding_of(one, other, clash), clash


def worth_comparing(a: Subject, b: Subject) -> bool:
    """Whether two subjects hold on one day in one region, and are not two clauses, or a guard and something else."""
    if a.kind == b.kind == "clause" or (a.kind == "guard") != (b.kind == "guard"):
        return False
    same_region = a.region is None or b.region is None or a.region == b.region
    return same_region and overlap(a.validity, b.validity)


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


def finding_of(one: Claims, other: Claims, clash: Clash) -> Finding:
    """Return a clash in the common shape."""
    sides = (
        _side(one, clash.one, clash.spans[0]),
        _side(other, clash.other, clash.spans[1]),
    )
    return Finding(
        kind="contradiction",
        sides=sides,
        why=f"{clash.name}：一边说“{_marked(sides[0])}”，一边说“{_marked(sides[1])}”",
        remedies=tuple(remedies(sides)),
        score=clash.score,
    )


def remedies(sides: Sequence[Side]) -> Iterator[Remedy]:
    """Yield what can be done about two sides that do not go together; a clause is mended in its document."""
    for side in sides:
        if side.kind != "clause":
            yield Remedy(action="edit", item_id=side.item_id, label=f"修改 {side.item_id}")
    for side in sides:
        if side.kind != "clause":
            yield Remedy(action="withdraw", item_id=side.item_id, label=f"下线 {side.item_id}")
    yield Remedy(action="dismiss", item_id=sides[0].item_id, label="不是问题")


def _side(claims: Claims, place: Placed, span: Span) -> Side:
    statement, clause = place
    said = statement.text[clause.from_ : clause.to]
    lead = len(said) - len(said.lstrip())
    shift = clause.from_ + lead
    return side_of(
        claims.subject, said.strip(), (Span(start=max(0, span.start - shift), end=max(0, span.end - shift)),)
    )


def _marked(side: Side) -> str:
    return "、".join(side.said[span.start : span.end] for span in side.spans)
