"""Outcomes as the plain rows that measures take, and the yes/no verdicts that comparisons and slices count."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from eval.metrics.accuracy import LabelRow
from eval.metrics.answering import AnswerRow
from eval.metrics.ece import ConfidenceRow
from eval.metrics.forbidden import ReturnedRow
from eval.metrics.must_ask import FactRow
from eval.metrics.precision_recall import YesNoRow
from eval.metrics.ranking import RankedRow
from eval.metrics.wrong_in_high import ShownRow
from eval.outcome import Outcome

Outcomes = Sequence[Outcome]


def ranked_rows(outcomes: Outcomes) -> list[RankedRow]:
    """Return (ranked ids, right ids) of the answerable questions."""
    return [(o.ranked, o.question.entries) for o in outcomes if o.question.answerable]


def call_type_rows(outcomes: Outcomes) -> list[LabelRow]:
    """Return (gold, predicted) call types of all questions."""
    return [(o.question.call_type, o.call_type) for o in outcomes]


def category_rows(outcomes: Outcomes) -> list[LabelRow]:
    """Return (main gold category, first predicted category) of all questions."""
    return [(o.question.category, o.category) for o in outcomes]


def any_category_rows(outcomes: Outcomes) -> list[tuple[Collection[str], str]]:
    """Return (all gold categories, first predicted category) of all questions."""
    return [(o.question.categories, o.category) for o in outcomes]


def work_order_rows(outcomes: Outcomes) -> list[YesNoRow]:
    """Return (needed, predicted as needed) of all questions."""
    return [(o.question.needs_work_order, o.work_order) for o in outcomes]


def fact_rows(outcomes: Outcomes) -> list[FactRow]:
    """Return (facts to ask, facts asked) of all questions."""
    return [(o.question.must_ask, o.must_ask) for o in outcomes]


def answer_rows(outcomes: Outcomes) -> list[AnswerRow]:
    """Return what was shown against whether knowledge answers, of all questions."""
    return [
        AnswerRow(answerable=o.question.answerable, shown=bool(o.shown), failed=o.error is not None) for o in outcomes
    ]


def shown_rows(outcomes: Outcomes) -> list[ShownRow]:
    """Return (band, first id shown, right ids) of all questions."""
    return [(o.band, o.shown[0].entry_id if o.shown else None, o.question.entries) for o in outcomes]


def forbidden_rows(outcomes: Outcomes) -> list[ReturnedRow]:
    """Return the forbidden pieces found, of all questions the system did not fail on."""
    return [o.forbidden for o in outcomes if o.error is None]


def confidence_rows(outcomes: Outcomes) -> list[ConfidenceRow]:
    """Return (confidence, right) of the first candidate of every question that has one."""
    return [(o.candidates[0].confidence, o.rank == 1) for o in outcomes if o.candidates]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One yes/no judgement of an outcome; `judge` returns `None` where the question does not put it to the test."""

    name: str
    label: str
    judge: Callable[[Outcome], bool | None]


def _hit(k: int) -> Callable[[Outcome], bool | None]:
    def judge(outcome: Outcome) -> bool | None:
        if not outcome.question.answerable:
            return None
        return outcome.rank is not None and outcome.rank <= k

    return judge


def _no_answer(outcome: Outcome) -> bool | None:
    return None if outcome.question.answerable else not outcome.shown and outcome.error is None


def _asked(outcome: Outcome) -> bool | None:
    wanted = outcome.question.must_ask
    return set(wanted) <= set(outcome.must_ask) if wanted else None


VERDICTS = (
    Verdict(name="hit@1", label="首位命中", judge=_hit(1)),
    Verdict(name="hit@3", label="前三命中", judge=_hit(3)),
    Verdict(name="no_answer", label="无可答时不答", judge=_no_answer),
    Verdict(name="call_type", label="业务类型正确", judge=lambda o: o.call_type == o.question.call_type),
    Verdict(name="category", label="主类别正确", judge=lambda o: o.category == o.question.category),
    Verdict(name="work_order", label="工单判断正确", judge=lambda o: o.work_order == o.question.needs_work_order),
    Verdict(name="must_ask", label="必问都问到", judge=_asked),
)


def trials(outcomes: Outcomes, verdict: Verdict) -> list[bool]:
    """Return the verdicts of the questions it applies to."""
    return [judged for judged in map(verdict.judge, outcomes) if judged is not None]
