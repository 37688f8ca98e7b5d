"""What got better, what got worse, which questions, and whether that can be chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from eval.errors import RunsDiffer
from eval.metrics.reciprocal_rank import reciprocal_ranks
from eval.outcome import Outcome
from eval.runner import Run
from eval.slices import DIMENSIONS
from eval.statistics import ALPHA, detectable, holm, mcnemar, paired_randomisation
from eval.verdicts import VERDICTS, Verdict, ranked_rows

Pair = tuple[Outcome, Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One measure in both runs: values (0-1), questions turned right and wrong, p-value and the test's name.

    `p_holm` is `p` corrected for all the measures compared at once. `detectable` is the smallest difference (0-1) that
    this many questions, of which this share changed, would show with power 0.8; `None` when none would.
    """

    name: str
    label: str
    before: float | None
    after: float | None
    n: int
    gained: int
    lost: int
    p: float
    test: str
    p_holm: float = 1.0
    detectable: float | None = None

    @property
    def worse(self) -> bool:
        """Whether it fell, beyond chance (corrected p < 0.05)."""
        return self.p_holm < ALPHA and (self.after or 0.0) < (self.before or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A question whose verdict changed, with the first answer (title) of both runs; `""` where there was none."""

    verdict: str
    gained: bool
    question_id: str
    text: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceChange:
    """One verdict on one slice in both runs (0-1)."""

    dimension: str
    key: str
    verdict: str
    n: int
    before: float
    after: float

    @property
    def difference(self) -> float:
        """After minus before."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs on the questions both hold. `same_set` is false when words or labels differ between their sets."""

    before: str
    after: str
    same_set: bool
    n: int
    only_before: int
    only_after: int
    changes: tuple[Change, ...]
    shifts: tuple[Shift, ...]
    slices: tuple[SliceChange, ...]

    @property
    def regressed(self) -> bool:
        """Whether any measure fell beyond chance; what a gate exits by."""
        return any(change.worse for change in self.changes)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        changes = [{**asdict(change), "worse": change.worse} for change in self.changes]
        parts = [{**asdict(part), "difference": part.difference} for part in self.slices]
        return {**asdict(self), "changes": changes, "slices": parts, "regressed": self.regressed}


def compare(before: Run, after: Run) -> Comparison:
    """Compare two runs question by question.

    Questions are matched by id and words; both runs are judged by the gold of `after`, so that relabelling is never
    mistaken for progress.

    Raises:
        RunsDiffer: the runs share no question.
    """
    pairs = _pairs(before, after)
    if not pairs:
        raise RunsDiffer(f"两次评测没有相同的题：{before.set_name} 与 {after.set_name}")
    return Comparison(
        before=before.run_id,
        after=after.run_id,
        same_set=before.set_hash == after.set_hash,
        n=len(pairs),
        only_before=len(before.outcomes) - len(pairs),
        only_after=len(after.outcomes) - len(pairs),
        changes=_corrected([*(_change(pairs, verdict) for verdict in VERDICTS), _mrr(pairs)]),
        shifts=tuple(shift for verdict in VERDICTS for shift in _shifts(pairs, verdict)),
        slices=_slices(pairs),
    )


def _corrected(changes: Sequence[Change]) -> tuple[Change, ...]:
    measured = [change for change in changes if change.n]
    corrected = dict(zip((change.name for change in measured), holm([c.p for c in measured]), strict=True))
    return tuple(replace(change, p_holm=corrected.get(change.name, 1.0)) for change in changes)


def _pairs(before: Run, after: Run) -> list[Pair]:
    old = {(outcome.question.id, outcome.question.text): outcome for outcome in before.outcomes}
    keys = [(outcome.question.id, outcome.question.text) for outcome in after.outcomes]
    return [
        (replace(old[key], question=outcome.question), outcome)
        for key, outcome in zip(keys, after.outcomes, strict=True)
        if key in old
    ]


def _judged(pairs: Sequence[Pair], verdict: Verdict) -> list[tuple[Pair, bool, bool]]:
    """Return the pairs the verdict applies to, with both verdicts. It applies by gold alone, so to both or neither."""
    verdicts = [(pair, verdict.judge(pair[0]), verdict.judge(pair[1])) for pair in pairs]
    return [(pair, old, new) for pair, old, new in verdicts if old is not None and new is not None]


def _change(pairs: Sequence[Pair], verdict: Verdict) -> Change:
    judged = [(old, new) for _, old, new in _judged(pairs, verdict)]
    gained, lost = judged.count((False, True)), judged.count((True, False))
    return Change(
        name=verdict.name,
        label=verdict.label,
        before=sum(old for old, _ in judged) / len(judged) if judged else None,
        after=sum(new for _, new in judged) / len(judged) if judged else None,
        n=len(judged),
        gained=gained,
        lost=lost,
        p=mcnemar(gained, lost),
        test="McNemar",
        detectable=detectable(len(judged), (gained + lost) / len(judged)) if judged else None,
    )


def _mrr(pairs: Sequence[Pair]) -> Change:
    old = reciprocal_ranks(ranked_rows([pair[0] for pair in pairs]))
    new = reciprocal_ranks(ranked_rows([pair[1] for pair in pairs]))
    both = list(zip(old, new, strict=True))
    return Change(
        name="mrr",
        label="平均倒数排名",
        before=sum(old) / len(old) if old else None,
        after=sum(new) / len(new) if new else None,
        n=len(both),
        gained=sum(b > a for a, b in both),
        lost=sum(b < a for a, b in both),
        p=paired_randomisation(old, new),
        test="paired randomisation",
    )


def _shifts(pairs: Sequence[Pair], verdict: Verdict) -> list[Shift]:
    """Return the changed questions, lost ones first."""
    changed = [(pair, new) for pair, old, new in _judged(pairs, verdict) if old != new]
    return [
        Shift(
            verdict=verdict.name,
            gained=gained,
            question_id=new.question.id,
            text=new.question.text,
            before=_said(verdict, old),
            after=_said(verdict, new),
        )
        for (old, new), gained in sorted(changed, key=lambda item: (item[1], item[0][1].question.id))
    ]


def _said(verdict: Verdict, outcome: Outcome) -> str:
    """Return what the run said on the matter the verdict judges."""
    if outcome.error is not None:
        return outcome.error
    said = {
        "call_type": outcome.call_type,
        "category": outcome.category,
        "work_order": outcome.form or "" if outcome.work_order else "不开",
        "must_ask": "、".join(outcome.must_ask),
        "no_answer": outcome.shown[0].question if outcome.shown else "",
    }
    return said.get(verdict.name, outcome.candidates[0].question if outcome.candidates else "")


def _slices(pairs: Sequence[Pair]) -> tuple[SliceChange, ...]:
    """Return every slice on which a verdict changed, the largest fall first; bands are those of the earlier run."""
    made = [
        part
        for dimension, key_of in DIMENSIONS.items()
        for key in dict.fromkeys(key_of(old) for old, _ in pairs)
        for verdict in VERDICTS
        if (part := _slice_change(pairs, dimension, key, verdict)) is not None
    ]
    return tuple(sorted(made, key=lambda part: (part.difference, -part.n, part.dimension, part.key, part.verdict)))


def _slice_change(pairs: Sequence[Pair], dimension: str, key: str, verdict: Verdict) -> SliceChange | None:
    members = [pair for pair in pairs if DIMENSIONS[dimension](pair[0]) == key]
    judged = [(old, new) for _, old, new in _judged(members, verdict)]
    if all(old == new for old, new in judged):
        return None
    return SliceChange(
        dimension=dimension,
        key=key,
        verdict=verdict.name,
        n=len(judged),
        before=sum(old for old, _ in judged) / len(judged),
        after=sum(new for _, new in judged) / len(judged),
    )
