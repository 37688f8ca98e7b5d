"""The ranker's named features. Every one is bounded, so that a model learnt on one base carries to another."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kb.index.units import ItemKind
from kb.search.query import Query, numbers_in
from kb.text.tokens import Tokens

FEATURES = (
    "lexical_question",
    "lexical_answer",
    "dense_question",
    "dense_answer",
    "query_covered_question",
    "query_covered_answer",
    "query_covered_item",
    "question_covered",
    "rarest_missing",
    "bigram_dice",
    "pinyin_dice",
    "number_agrees",
    "number_conflicts",
    "is_entry",
    "is_clause",
    "is_row",
)

Weight = Callable[[str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What retrieval found for one item: relative lexical scores (0-1), cosines (0-1), and its best texts' tokens."""

    kind: ItemKind
    lexical_question: float
    lexical_answer: float
    dense_question: float
    dense_answer: float
    question: Tokens | None
    answer: Tokens | None


def dice(a: Iterable[str], b: Iterable[str]) -> float:
    """Return the Sørensen-Dice overlap of two bags taken as sets; 0 when both are empty."""
    left, right = set(a), set(b)
    total = len(left) + len(right)
    return 2 * len(left & right) / total if total else 0.0


def covered(wanted: Iterable[str], there: set[str], weight: Weight) -> float:
    """Return the weighted share of `wanted` terms that are `there`; 0 when nothing is wanted."""
    terms = set(wanted)
    total = sum(map(weight, terms))
    return sum(weight(term) for term in terms if term in there) / total if total else 0.0


def feature_row(query: Query, evidence: Evidence, weight: Weight) -> list[float]:
    """Return the values of `FEATURES` for one candidate, in that order."""
    asked = terms_of(query.base)
    question = terms_of(evidence.question) if evidence.question else set()
    answer = terms_of(evidence.answer) if evidence.answer else set()
    widened = _with_expansions(query, question)
    whole = widened | _with_expansions(query, answer)
    agree, conflict = number_match(query, evidence)
    return [
        evidence.lexical_question,
        evidence.lexical_answer,
        evidence.dense_question,
        evidence.dense_answer,
        covered(asked, widened, weight),
        covered(asked, _with_expansions(query, answer), weight),
        covered(asked, whole, weight),
        covered(question, terms_of(query.search), weight),
        _rarest_missing(asked, whole, weight),
        dice(query.base.bigrams, evidence.question.bigrams) if evidence.question else 0.0,
        dice(query.base.pinyin, evidence.question.pinyin) if evidence.question else 0.0,
        agree,
        conflict,
        float(evidence.kind == "entry"),
        float(evidence.kind == "clause"),
        float(evidence.kind == "row"),
    ]


def terms_of(tokens: Tokens) -> set[str]:
    """Return words and bigrams together, bigrams marked so that the two never mix."""
    return set(tokens.words) | {f"·{gram}" for gram in tokens.bigrams}


def number_match(query: Query, evidence: Evidence) -> tuple[float, float]:
    """Return (agreement, contradiction), each 0 or 1, of the query's united numbers with the candidate's texts."""
    wanted = {(value, unit) for value, unit in query.numbers if unit}
    if not wanted:
        return 0.0, 0.0
    texts = [tokens.text for tokens in (evidence.question, evidence.answer) if tokens is not None]
    there = frozenset().union(*(numbers_in(text) for text in texts)) if texts else frozenset()
    if wanted & there:
        return 1.0, 0.0
    units = {unit for _value, unit in wanted}
    return 0.0, float(any(unit in units for _value, unit in there))


def inverse_frequency(documents: int, frequency: int) -> float:
    """Return BM25's idf, `ln(1 + (N - n + 0.5) / (n + 0.5))`; larger is rarer."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def _with_expansions(query: Query, there: set[str]) -> set[str]:
    """Add what was said wherever the term it stands for is there."""
    gained: set[str] = set()
    for said, term in query.base.expansions:
        if term in there or (len(term) >= 2 and all(f"·{term[i : i + 2]}" in there for i in range(len(term) - 1))):
            gained.add(said)
            gained.update(f"·{said[i : i + 2]}" for i in range(len(said) - 1))
    return there | gained


def _rarest_missing(asked: set[str], there: set[str], weight: Weight) -> float:
    """Return how rare (0-1) the query's rarest word is that the candidate lacks."""
    words = [term for term in asked if not term.startswith("·")]
    missing = [weight(word) for word in words if word not in there]
    top = max(map(weight, words), default=0.0)
    return max(missing, default=0.0) / top if top else 0.0
