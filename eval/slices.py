"""Where it hurts: the same figures for each category, call type, style, length, source and band, worst first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eval.outcome import Outcome
from eval.statistics import Estimate, proportion
from eval.verdicts import VERDICTS, trials

LENGTHS = ((8, "1–8 字"), (16, "9–16 字"), (30, "17–30 字"))
LONGEST = "31 字以上"
BANDS: Mapping[str, str] = {"high": "高", "medium": "中", "low": "低"}
NO_SOURCE = "未注明"


def length_of(text: str) -> str:
    """Return the length class of an utterance, by characters without spaces at its ends."""
    return next((name for most, name in LENGTHS if len(text.strip()) <= most), LONGEST)


DIMENSIONS: Mapping[str, Callable[[Outcome], str]] = {
    "category": lambda outcome: outcome.question.category,
    "call_type": lambda outcome: outcome.question.call_type,
    "style": lambda outcome: outcome.question.style,
    "length": lambda outcome: length_of(outcome.question.text),
    "source": lambda outcome: outcome.question.source or NO_SOURCE,
    "band": lambda outcome: BANDS.get(outcome.band, outcome.band),
}
DIMENSION_LABELS: Mapping[str, str] = {
    "category": "类别",
    "call_type": "业务类型",
    "style": "说法",
    "length": "长短",
    "source": "来源",
    "band": "档位",
}


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
        groups.setdefault(DIMENSIONS[dimension](outcome), []).append(outcome)
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
