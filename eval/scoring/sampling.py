"""Which answers people should look at: every category, and within it the uncertain ones first, the rest by chance."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.errors import BadArgument
from eval.outcome import Candidate, Outcome
from eval.runner import Run
from eval.slices import group
from eval.statistics import SEED

UNCERTAIN_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One answer to score: its blind number, the question, the first answer shown, and what the scorer must not see.

    `weight` is how many answers of the run this one stands for (1 / chance of being drawn).
    """

    number: int
    question_id: str
    text: str
    entry_id: str
    title: str
    answer: str
    stratum: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A sheet's items with what they were drawn from; kept by the evaluator, never shown to scorers."""

    sheet_id: str
    run_id: str
    set_name: str
    set_hash: str
    answered: int
    seed: int
    items: tuple[Item, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Draw:
        """Read what `to_dict` gave."""
        return cls(**{**data, "items": tuple(Item(**item) for item in data["items"])})


def draw(run: Run, size: int, *, seed: int = SEED) -> Draw:
    """Draw `size` shown answers of a run, in an order that says nothing about them.

    Every category gets its share (at least one). Half of a share goes to the answers whose confidence is nearest to
    0.5, which are all taken; the other half is drawn at random from the rest of the category.

    Raises:
        BadArgument: size below 1, or no answer was shown in the run.
    """
    answered = [outcome for outcome in run.outcomes if outcome.shown]
    if size < 1 or not answered:
        raise BadArgument("没有可打分的答案" if size > 0 else f"抽样数须不小于 1：{size}")
    chance = random.Random(seed)  # noqa: S311 - a reproducible draw, nothing secret
    strata = group(answered, "category")
    picked = [
        (outcome, weight, stratum)
        for stratum, share in _shares({name: len(members) for name, members in strata.items()}, size).items()
        for outcome, weight in _pick(strata[stratum], share, chance)
    ]
    chance.shuffle(picked)
    items = tuple(_item(place, *one) for place, one in enumerate(picked, start=1))
    return Draw(
        sheet_id=f"{run.run_id}-{seed}-{len(items)}",
        run_id=run.run_id,
        set_name=run.set_name,
        set_hash=run.set_hash,
        answered=len(answered),
        seed=seed,
        items=items,
    )


def _shares(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    """Return how many to take of each stratum: in proportion, at least one, never more than there are."""
    total = sum(sizes.values())
    return {name: min(size, max(1, round(wanted * size / total))) for name, size in sizes.items()}


def _pick(members: Sequence[Outcome], share: int, chance: random.Random) -> list[tuple[Outcome, float]]:
    """Return the members drawn, with their weights."""
    uncertain = sorted(members, key=lambda outcome: (abs(outcome.shown[0].confidence - 0.5), outcome.question.id))
    certain_take = min(share, len(members)) if share >= len(members) else int(share * UNCERTAIN_SHARE)
    rest = uncertain[certain_take:]
    drawn = chance.sample(rest, share - certain_take)
    weight = len(rest) / len(drawn) if drawn else 0.0
    return [(outcome, 1.0) for outcome in uncertain[:certain_take]] + [(outcome, weight) for outcome in drawn]


def _item(number: int, outcome: Outcome, weight: float, stratum: str) -> Item:
    shown: Candidate = outcome.shown[0]
    return Item(
        number=number,
        question_id=outcome.question.id,
        text=outcome.question.text,
        entry_id=shown.entry_id,
        title=shown.question,
        answer=shown.excerpt,
        stratum=stratum,
        weight=weight,
    )
