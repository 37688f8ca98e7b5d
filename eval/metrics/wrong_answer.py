"""Wrong-answer rate: of the questions that got an answer, how many got a wrong one?

An answer is wrong when the first one shown is none of the right ids; a question with nothing to answer makes any answer
wrong.
Synonyms: selective risk at the operating point, 1 - precision of answering, error rate among answered.
Source: El-Yaniv & Wiener (JMLR 2010); question answering with abstention, Kamath, Jia & Liang (ACL 2020).
Default: every band that shows an answer counts (`wrong_in_high` looks at one); without any answer, `None`.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics.wrong_in_high import ShownRow


def wrong_answers(rows: Sequence[ShownRow]) -> list[bool]:
    """Return, for each row that shows an answer, whether it is wrong."""
    return [shown not in right for _, shown, right in rows if shown is not None]


def wrong_answer_rate(rows: Sequence[ShownRow]) -> float | None:
    """Return the share (0-1) of wrong answers among those shown."""
    trials = wrong_answers(rows)
    return sum(trials) / len(trials) if trials else None
