"""Two subjects that cannot both be right, and where they part.

How likely that is, is judged of the two as wholes (see `judging.py`); what is shown is the surest clash between two of
their clauses, or else the two that are nearest to the question and to each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kb.curation.watch.claims import Claims, Placed
from kb.curation.watch.comparing import Clash
from kb.curation.watch.judging import Judged
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.subjects import side_of
from kb.curation.watch.types import Finding, Remedy, Side, Span


def contradictions(judged: Iterable[Judged], rules: WatchRules) -> Iterator[Finding]:
    """Yield what contradicts what among judged pairs, in their order."""
    least = rules.limits["contradiction"]
    for pair in judged:
        if pair.contradicts >= least["guards" if pair.one.subject.kind == "guard" else "sure"]:
            yield finding_of(pair.one, pair.other, pair.shown, pair.contradicts)


def finding_of(one: Claims, other: Claims, clash: Clash, score: float) -> Finding:
    """Return a clash in the common shape; `score` is how surely (0-1) the two contradict each other."""
    sides = (
        _side(one, clash.one, clash.spans[0]),
        _side(other, clash.other, clash.spans[1]),
    )
    return Finding(
        kind="contradiction",
        sides=sides,
        why=f"{clash.name}：一边说“{_marked(sides[0])}”，一边说“{_marked(sides[1])}”",
        remedies=tuple(remedies(sides)),
        score=score,
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
