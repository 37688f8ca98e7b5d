"""Where it hurts: the same figures for each category, call type and style, worst first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eval.outcome import Outcome
from eval.question import Question
from eval.statistics import Estimate, proportion
from eval.verdicts import VERDICTS, trials

DIMENSIONS: Mapping[str, Callable[[Question], str]] = {
    "category": lambda question: question.category,
    "call_type": lambda question: question.call_type,
    "style": lambda question: question.style,
}
DIMENSION_LABELS: Mapping[str, str] = {"category": "类别", "call_type": "业务类型", "style": "说法"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The questions of one value of one dimension: how many, and each verdict's share (0-1) with its interval."""

    dimension: str
    key: str
    n: int
    estimates: Mapping[str, Estimate]


def group(outcomes: Sequence[Outcome], dimension: str) -> dict[str, list[Outcome]]:
    """Return the outcomes by value of a dimension (a key of `DIMENSIONS`)."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(DIMENSIONS[dimension](outcome.question), []).append(outcome)
    return groups


def slices(outcomes: Sequence[Outcome], dimension: str, *, by: str = "hit@1") -> tuple[Slice, ...]:
    """Return the slices of a dimension, worst first.

    Worst is the lowest share of the verdict `by`; ties by size, largest first, then by name. Slices that `by` says
    nothing about come last.
    """
    made = [_slice(dimension, key, members) for key, members in group(outcomes, dimension).items()]
    return tuple(sorted(made, key=lambda part: _badness(part, by)))


def _slice(dimension: str, key: str, members: Sequence[Outcome]) -> Slice:
    estimates = {verdict.name: proportion(trials(members, verdict)) for verdict in VERDICTS}
    return Slice(dimension=dimension, key=key, n=len(members), estimates=estimates)


def _badness(part: Slice, by: str) -> tuple[bool, float, int, str]:
    value = part.estimates[by].value
    return value is None, value or 0.0, -part.n, part.key
