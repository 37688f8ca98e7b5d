"""Two subjects that cannot both be right: another figure for the same thing, the opposite verdict, another payer,
another answer to one question, the same steps in another order.

What may not go together is found first (see `suspects.py`). Whether it is about one thing is weighed from how much rare
wording two clauses, their topics and their sentences share and how near they are in meaning (see `weighing.py`), less
what speaks for the two sides agreeing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kb.curation.watch.claims import Claims, Placed
from kb.curation.watch.nearby import Pair
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.subjects import overlap, side_of
from kb.curation.watch.suspects import FIGURE, ORDER, Suspect, Suspecter
from kb.curation.watch.types import Finding, Remedy, Side, Span, Subject
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

    def worst(self, one: Claims, other: Claims, near: Pair, sure: float | None = None) -> Clash | None:
        """Return the surest clash of two neighbouring subjects that is sure enough; by default as the rules say."""
        least = self.rules.limit("contradiction", "sure") if sure is None else sure
        return max(self.clashes(one, other, near, least), key=lambda clash: clash.score, default=None)

    def clashes(self, one: Claims, other: Claims, near: Pair, sure: float) -> Iterator[Clash]:
        """Yield what two subjects say that does not go together, at least so surely (0-1) about one thing."""
        title = self.weigher.weights.alike(one.title, other.title)
        for suspect in self.suspects(one, other):
            sight = self._sight(suspect, one, other, near, title, sure)
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
