"""What disturbed words cost: hit@1 on each kind of variant against the undisturbed questions."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from eval.errors import GoldEmpty
from eval.gold import GoldSet
from eval.question import Question
from eval.runner import Run, run
from eval.statistics import SEED, mcnemar
from eval.variants.kinds import Kind, kinds, variant
from kb.domain.suggestion import Suggester


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A question answered right as it was and wrong as it was disturbed, with what came first then."""

    question_id: str
    text: str
    disturbed: str
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """One kind: hit@1 (0-1) before and after on the `n` questions it changes, McNemar's p, and the accepted limit."""

    kind: str
    label: str
    note: str
    n: int
    before: float
    after: float
    p: float
    limit: float
    lost: tuple[Lost, ...]

    @property
    def drop(self) -> float:
        """How much hit@1 fell (negative: rose)."""
        return self.before - self.after

    @property
    def beyond(self) -> bool:
        """Whether it fell by more than is accepted."""
        return self.drop > self.limit

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self), "drop": self.drop, "beyond": self.beyond}


def sample(questions: Sequence[Question], size: int, *, seed: int = SEED) -> tuple[Question, ...]:
    """Return at most `size` of the answerable questions, drawn by `seed`, in the set's order; 0 takes all.

    Raises:
        GoldEmpty: no question has an answer.
    """
    able = [question for question in questions if question.answerable]
    if not able:
        raise GoldEmpty("题集里没有一题有标准答案，量不出受干扰后的变化")
    if 0 < size < len(able):
        kept = set(random.Random(seed).sample(range(len(able)), size))  # noqa: S311 - a reproducible draw
        able = [question for place, question in enumerate(able) if place in kept]
    return tuple(able)


def robustness(
    suggester: Suggester,
    gold: GoldSet,
    *,
    size: int = 0,
    seed: int = SEED,
    progress: Callable[[str, int, int], None] = lambda _label, _done, _total: None,
) -> tuple[Drop, ...]:
    """Measure every kind on a sample of the answerable questions; kinds that change no question are left out.

    Args:
        suggester: what is measured.
        gold: the set.
        size: questions per kind; 0 is all.
        seed: of the sample and of the disturbances.
        progress: called with the kind's label, done and total.

    Raises:
        GoldEmpty: no question has an answer.
    """
    plain = GoldSet(name=gold.name, questions=sample(gold.questions, size, seed=seed))
    base = run(suggester, plain, progress=partial(progress, "原话"))
    drops = []
    for kind in kinds():
        changed = disturbed(plain, kind.name, seed=seed)
        if changed.questions:
            said = run(suggester, changed, progress=partial(progress, kind.label))
            drops.append(_drop(kind, base, said))
    return tuple(drops)


def disturbed(gold: GoldSet, kind: str, *, seed: int = SEED) -> GoldSet:
    """Return the questions a kind changes, with their changed words and their own gold."""
    pairs = ((question, variant(kind, question.text, question.id, seed=seed)) for question in gold.questions)
    changed = tuple(replace(question, text=text) for question, text in pairs if text != question.text)
    return GoldSet(name=f"{gold.name}-{kind}", questions=changed)


def _drop(kind: Kind, base: Run, said: Run) -> Drop:
    before = {outcome.question.id: outcome for outcome in base.outcomes}
    pairs = [(before[outcome.question.id], outcome) for outcome in said.outcomes]
    verdicts = [(old.rank == 1, new.rank == 1) for old, new in pairs]
    lost = tuple(
        Lost(
            question_id=new.question.id,
            text=old.question.text,
            disturbed=new.question.text,
            first=new.candidates[0].question if new.candidates else "",
        )
        for (old, new), verdict in zip(pairs, verdicts, strict=True)
        if verdict == (True, False)
    )
    return Drop(
        kind=kind.name,
        label=kind.label,
        note=kind.note,
        n=len(pairs),
        before=sum(old for old, _ in verdicts) / len(pairs),
        after=sum(new for _, new in verdicts) / len(pairs),
        p=mcnemar(verdicts.count((False, True)), verdicts.count((True, False))),
        limit=kind.limit,
        lost=lost,
    )
