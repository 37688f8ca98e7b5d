"""Two subjects that cannot both be right: another figure for the same thing, the opposite verdict, another payer.

A figure is contradicted when the other side has figures of its dimension about the same thing and none that agrees; a
verdict when the other side says the opposite in words about the same thing. "The same thing" is how much rare wording
two clauses and their sentences share, and that neither is confined to a case the other excludes (另一电压、另一环节).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.curation.watch.claims import Claims, Clause, Placed, Scopes, Stated, apart
from kb.curation.watch.nearby import Pair
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.subjects import overlap, side_of
from kb.curation.watch.types import Finding, Remedy, Side, Span
from kb.curation.watch.weights import Weights

PAYER = "由谁承担"
NEAR = 8
FIGURE, VERDICT = "figure", "verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two clauses that do not go together: why, where they part, and how surely they are about one thing (0-1)."""

    sort: str
    name: str
    one: Placed
    other: Placed
    spans: tuple[Span, Span]
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparer:
    """Compares two subjects' claims by the rules in force."""

    rules: WatchRules
    weights: Weights

    def worst(self, one: Claims, other: Claims, near: float) -> Clash | None:
        """Return the surest clash of two subjects that is sure enough; `near` is how near they are (cosine 0-1)."""
        extra = self.rules.limit("contradiction", "nearer") * (near - 0.5)
        best: Clash | None = None
        for clash in (*self._figures(one, other), *self._verdicts(one, other)):
            enough = clash.score + extra >= self.rules.limit("contradiction", clash.sort)
            if enough and (best is None or clash.score > best.score):
                best = clash
        return best

    def _figures(self, one: Claims, other: Claims) -> Iterator[Clash]:
        if one.dimensions.isdisjoint(other.dimensions):
            return
        open_to_us = unsupported(other.stated, one.stated)
        for mine in unsupported(one.stated, other.stated) if open_to_us else ():
            for yours in open_to_us:
                if comparable(mine, yours) and not apart(self._anchor(mine), self._anchor(yours)):
                    yield self._figure_clash(one, other, mine, yours)

    def _anchor(self, stated: Stated) -> Scopes:
        clause = stated.place[1]
        text = clause.text[: stated.figure.start - clause.start][-NEAR:]
        named = frozenset(name for name, pattern in self.rules.anchors.items() if pattern.found_in(text))
        return {"anchor": named} if named else {}

    def _figure_clash(self, one: Claims, other: Claims, mine: Stated, yours: Stated) -> Clash:
        a, b = mine.place[1], yours.place[1]
        wide_a, wide_b = a.around | one.title, b.around | other.title
        about = (self.weights.covered(a.grams, wide_b) + self.weights.covered(b.grams, wide_a)) / 2
        return Clash(
            sort=FIGURE,
            name=f"{mine.figure.dimension}不同",
            one=mine.place,
            other=yours.place,
            spans=(mine.span, yours.span),
            score=math.sqrt(about * self.weights.alike(wide_a, wide_b)),
        )

    def _verdicts(self, one: Claims, other: Claims) -> Iterator[Clash]:
        for name, mine, yours in opposed(one, other):
            if not apart(mine[1].scopes, yours[1].scopes) and self._alone(mine[1], yours[1], other):
                yield self._verdict_clash(one, other, mine, yours, name)

    def _alone(self, mine: Clause, yours: Clause, other: Claims) -> bool:
        """Whether nothing else on the other side says what `mine` says in words nearer than those of `yours`."""
        nearness = self.weights.covered(yours.grams, mine.grams)
        return not any(
            clause.plain == mine.plain and clause.grams and self.weights.covered(clause.grams, mine.grams) > nearness
            for _, clause in other.clauses
        )

    def _verdict_clash(self, one: Claims, other: Claims, mine: Placed, yours: Placed, name: str) -> Clash:
        a, b = mine[1], yours[1]
        close = self.weights.alike(a.grams, b.grams)
        if name == PAYER:
            close = max(close, self._one_payer(a, b), self._one_payer(b, a))
        elif close < self.rules.limit("contradiction", "least_words"):
            close = 0.0
        wide = self.weights.alike(a.around | one.title, b.around | other.title)
        enough = wide >= self.rules.limit("contradiction", "least_about")
        return Clash(
            sort=VERDICT,
            name=name,
            one=mine,
            other=yours,
            spans=(Span(start=a.start, end=a.end), Span(start=b.start, end=b.end)),
            score=math.sqrt(close * wide) if enough else 0.0,
        )

    def _one_payer(self, a: Clause, b: Clause) -> float:
        """Return how much of what `a` speaks of stands in the sentence of `b`, when that names one payer."""
        if not b.alone:
            return 0.0
        return max(self.weights.covered(a.grams, b.around), self.weights.alike(a.around, b.around) if a.alone else 0.0)


def contradictions(
    claims: Mapping[str, Claims], pairs: Sequence[Pair], comparer: Comparer
) -> Iterator[tuple[Finding, Clash]]:
    """Yield what contradicts what among neighbouring subjects, in the order of `pairs`."""
    for pair in pairs:
        one, other = claims.get(pair.one), claims.get(pair.other)
        if one is None or other is None or not worth_comparing(one, other):
            continue
        clash = comparer.worst(one, other, max(pair.asked, pair.answered))
        if clash is not None:
            yield finding_of(one, other, clash), clash


def worth_comparing(one: Claims, other: Claims) -> bool:
    """Whether two subjects hold on one day in one region, and are not two clauses, or a guard and something else."""
    a, b = one.subject, other.subject
    if a.kind == b.kind == "clause" or (a.kind == "guard") != (b.kind == "guard"):
        return False
    same_region = a.region is None or b.region is None or a.region == b.region
    return same_region and overlap(a.validity, b.validity)


def unsupported(ours: Sequence[Stated], theirs: Sequence[Stated]) -> list[Stated]:
    """Return our figures that no figure of theirs agrees with."""
    return [
        mine
        for mine in ours
        if not any(
            mine.figure.agrees(yours.figure) and not apart(mine.place[1].scopes, yours.place[1].scopes)
            for yours in theirs
        )
    ]


def comparable(mine: Stated, yours: Stated) -> bool:
    """Whether two figures measure the same: one dimension, not a least against a most, one case, one step."""
    a, b = mine.place[1], yours.place[1]
    if mine.figure.dimension != yours.figure.dimension or {mine.figure.bound, yours.figure.bound} == {"least", "most"}:
        return False
    if a.steps and b.steps and not (a.steps <= b.steps or b.steps <= a.steps):
        return False
    return not apart(a.scopes, b.scopes)


def opposed(one: Claims, other: Claims) -> Iterator[tuple[str, Placed, Placed]]:
    """Yield in what, and where, two subjects say the opposite; conditions and questions say nothing."""
    for (name, granted), places in one.verdicts.items():
        for yours in other.verdicts.get((name, not granted), ()):
            yield from ((name, mine, yours) for mine in places)
    for payer, places in one.payers.items():
        for another, theirs in other.payers.items():
            if payer != another:
                yield from ((PAYER, mine, yours) for mine in places for yours in theirs)
    for name, denying, saying in denied(one, other):
        yield name, denying, saying
    for name, denying, saying in denied(other, one):
        yield name, saying, denying


def denied(negative: Claims, positive: Claims) -> Iterator[tuple[str, Placed, Placed]]:
    """Yield each word that one subject denies and the other says in a clause without any denial, with both places."""
    for word, denying in negative.denials:
        if word in positive.plain:
            for saying in positive.clauses:
                if saying[1].settled and saying[1].plain and word in saying[1].text:
                    yield f"是否{word}", denying, saying


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
        score=min(1.0, clash.score),
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
