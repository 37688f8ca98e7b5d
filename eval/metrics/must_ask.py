"""Must-ask recall and precision: were the facts asked for without which the answer would be wrong?

Recall = gold facts asked / gold facts, pooled over questions (micro). Precision = asked facts in gold / asked facts.
Synonyms: slot recall of clarification, micro-averaged set recall.
Source: scikit-learn `recall_score(average="micro")` over the question-by-fact indicator matrix.
Default: facts are compared by name; 0/0 is `None`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

FactRow = tuple[Collection[str], Collection[str]]
"""(facts gold wants asked, facts that were asked)."""


def gold_trials(rows: Sequence[FactRow]) -> list[bool]:
    """Return, for each fact gold wants asked, whether it was."""
    return [fact in asked for wanted, asked in rows for fact in wanted]


def asked_trials(rows: Sequence[FactRow]) -> list[bool]:
    """Return, for each fact asked, whether gold wants it."""
    return [fact in wanted for wanted, asked in rows for fact in asked]


def must_ask_recall(rows: Sequence[FactRow]) -> float | None:
    """Return the share (0-1) of wanted facts that were asked, or `None` when none is wanted."""
    trials = gold_trials(rows)
    return sum(trials) / len(trials) if trials else None


def must_ask_precision(rows: Sequence[FactRow]) -> float | None:
    """Return the share (0-1) of asked facts that were wanted, or `None` when none was asked."""
    trials = asked_trials(rows)
    return sum(trials) / len(trials) if trials else None
