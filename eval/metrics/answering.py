"""Answer rate and no-answer rate: does it speak when it can, and keep silent when it cannot?

Answer rate: of questions the knowledge answers, the share for which some answer was shown (right or wrong).
No-answer rate: of questions with nothing to answer, the share for which none was shown.
Synonyms: coverage, response rate; correct rejection rate, true negative rate, specificity of answering.
Source: El-Yaniv & Wiener (2010) for coverage; SQuAD 2.0 (Rajpurkar et al. 2018) for the "NoAns" side.
Default: band low shows no answer; a failed question neither answered nor rightly kept silent. 0/0 is `None`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """Whether knowledge answers the question, whether an answer was shown, and whether the system failed on it."""

    answerable: bool
    shown: bool
    failed: bool = False


def answered(rows: Sequence[AnswerRow]) -> list[bool]:
    """Return, for each answerable row, whether an answer was shown."""
    return [row.shown and not row.failed for row in rows if row.answerable]


def kept_silent(rows: Sequence[AnswerRow]) -> list[bool]:
    """Return, for each row with nothing to answer, whether none was shown."""
    return [not row.shown and not row.failed for row in rows if not row.answerable]


def answer_rate(rows: Sequence[AnswerRow]) -> float | None:
    """Return the share (0-1) of answerable rows that got an answer."""
    trials = answered(rows)
    return sum(trials) / len(trials) if trials else None


def no_answer_rate(rows: Sequence[AnswerRow]) -> float | None:
    """Return the share (0-1) of rows with nothing to answer that got none."""
    trials = kept_silent(rows)
    return sum(trials) / len(trials) if trials else None
