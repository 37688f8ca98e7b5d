"""The keystroke curve: after how many typed characters is the right answer first?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from eval.gold import GoldSet
from eval.outcome import outcome_of
from eval.question import Question
from eval.statistics import SEED
from eval.variants.robustness import sample
from kb.domain.suggestion import Suggester

LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """One question typed character by character.

    `first_at` is the length at which the right answer was first for the first time, `settled_at` the length from which
    it stayed first; both `None` when that never came. Lengths count characters; `length` is the whole question's.
    """

    question_id: str
    text: str
    length: int
    first_at: int | None
    settled_at: int | None
    right: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingCurve:
    """Every typed question. `shares[k-1]` is the share (0-1) right after k characters; shorter ones are then whole."""

    typed: tuple[Typed, ...]
    shares: tuple[float, ...]

    @property
    def median_settled(self) -> float | None:
        """The median length at which those that settle do."""
        lengths = [typed.settled_at for typed in self.typed if typed.settled_at is not None]
        return float(median(lengths)) if lengths else None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self), "median_settled": self.median_settled}


def typing_curve(
    suggester: Suggester,
    gold: GoldSet,
    *,
    size: int = 0,
    seed: int = SEED,
    longest: int = LONGEST,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> TypingCurve:
    """Type a sample of the answerable questions and ask after every character, as the agent page does.

    A question longer than `longest` is asked whole once more, so that its end counts.

    Raises:
        GoldEmpty: no question has an answer.
    """
    questions = sample(gold.questions, size, seed=seed)
    typed = []
    for done, question in enumerate(questions, start=1):
        typed.append(_type(suggester, question, longest))
        progress(done, len(questions))
    return TypingCurve(typed=tuple(typed), shares=_shares(typed, longest))


def _type(suggester: Suggester, question: Question, longest: int) -> Typed:
    text = question.text.strip()
    right = tuple(_right(suggester, question, text[:length]) for length in range(1, min(len(text), longest) + 1))
    if len(text) > longest:
        right = (*right, _right(suggester, question, text))
    return Typed(
        question_id=question.id,
        text=question.text,
        length=len(text),
        first_at=next((length for length, held in enumerate(right, start=1) if held), None),
        settled_at=_settled(right),
        right=right,
    )


def _right(suggester: Suggester, question: Question, text: str) -> bool:
    if not text.strip():
        return False
    suggestion = suggester.suggest(text, as_of=question.as_of, explain=True)
    return outcome_of(question, suggestion, 0.0).rank == 1


def _settled(right: Sequence[bool]) -> int | None:
    if not right or not right[-1]:
        return None
    wrong = [length for length, held in enumerate(right, start=1) if not held]
    return (wrong[-1] if wrong else 0) + 1


def _shares(typed: Sequence[Typed], longest: int) -> tuple[float, ...]:
    most = min(longest, max(item.length for item in typed))
    return tuple(
        sum(item.right[min(length, len(item.right)) - 1] for item in typed) / len(typed)
        for length in range(1, most + 1)
    )
