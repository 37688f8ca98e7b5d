"""The ranker's named features. Every one is bounded, so that a model learnt on one base carries to another."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.index.units import ItemKind
from kb.search.query import Query, numbers_in
from kb.text.tokens import Tokens

FEATURES = (
    "words_question",
    "bigrams_question",
    "pinyin_question",
    "words_answer",
    "bigrams_answer",
    "dense_question",
    "dense_question_top3",
    "dense_answer",
    "query_covered_question",
    "query_covered_item",
    "rare_covered_question",
    "rare_covered_item",
    "closest_covered",
    "closest_dice",
    "closest_pinyin",
    "number_agrees",
    "number_conflicts",
    "is_prose",
    "title_covered",
)
LEXICAL = FEATURES[:5]
PROSE = ("clause", "section")

Weight = Callable[[str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What retrieval found for one item.

    Attributes:
        lexical: relative BM25 (0-1) by the names in `LEXICAL`.
        dense: cosines (0-1): best question side, mean of the best three, best answer side.
        question: terms of the whole question side; `answer` of the answer side.
        title: tokens of the item's first question-side text.
        closest: tokens of the question-side text nearest in meaning, if any.
        texts: normalised texts whose numbers count.
    """

    kind: ItemKind
    lexical: Mapping[str, float]
    dense: tuple[float, float, float]
    question: frozenset[str]
    answer: frozenset[str]
    title: Tokens | None
    closest: Tokens | None
    texts: Sequence[str]


def dice(a: Iterable[str], b: Iterable[str]) -> float:
    """Return the Sørensen-Dice overlap of two bags taken as sets; 0 when both are empty."""
    left, right = set(a), set(b)
    total = len(left) + len(right)
    return 2 * len(left & right) / total if total else 0.0


def share(weights: Mapping[str, float], there: Collection[str]) -> float:
    """Return the weighted share of terms that are `there`; 0 when there are none."""
    total = sum(weights.values())
    return sum([value for term, value in weights.items() if term in there]) / total if total else 0.0


def covered(wanted: Iterable[str], there: Collection[str], weight: Weight) -> float:
    """Return the weighted share of `wanted` terms that are `there`; 0 when nothing is wanted."""
    return share({term: weight(term) for term in wanted}, there)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query's terms and their weights, worked out once for all its candidates."""

    query: Query
    terms: Mapping[str, float]
    rare: Mapping[str, float]
    wanted: frozenset[str]

    @classmethod
    def of(cls, query: Query, weight: Weight) -> Asked:
        """Weigh the terms of a query; `rare` are its three rarest words."""
        terms = {term: weight(term) for term in terms_of(query.base)}
        words = sorted(dict.fromkeys(query.base.words), key=lambda word: -terms[word])
        rare = {word: terms[word] for word in words[:3]}
        return cls(query=query, terms=terms, rare=rare, wanted=frozenset(terms_of(query.search)))


def feature_row(asked: Asked, evidence: Evidence, weight: Weight) -> list[float]:
    """Return the values of `FEATURES` for one candidate, in that order."""
    query, closest, title = asked.query, evidence.closest, evidence.title
    question = _with_expansions(query, evidence.question)
    whole = question | _with_expansions(query, evidence.answer)
    return [
        *(evidence.lexical[name] for name in LEXICAL),
        *evidence.dense,
        share(asked.terms, question),
        share(asked.terms, whole),
        share(asked.rare, question),
        share(asked.rare, whole),
        covered(terms_of(closest), asked.wanted, weight) if closest else 0.0,
        dice(query.base.bigrams, closest.bigrams) if closest else 0.0,
        dice(query.base.pinyin, closest.pinyin) if closest else 0.0,
        *number_match(query, evidence.texts),
        float(evidence.kind in PROSE),
        covered(terms_of(title), asked.wanted, weight) if title else 0.0,
    ]


def terms_of(tokens: Tokens) -> set[str]:
    """Return words and bigrams together, bigrams marked so that the two never mix."""
    return set(tokens.words) | {f"·{gram}" for gram in tokens.bigrams}


def number_match(query: Query, texts: Iterable[str]) -> tuple[float, float]:
    """Return (agreement, contradiction), each 0 or 1, of the query's united numbers with the candidate's texts."""
    wanted = {(value, unit) for value, unit in query.numbers if unit}
    if not wanted:
        return 0.0, 0.0
    there = frozenset[tuple[str, str]]().union(*(numbers_in(text) for text in texts))
    if wanted & there:
        return 1.0, 0.0
    units = {unit for _value, unit in wanted}
    return 0.0, float(any(unit in units for _value, unit in there))


def inverse_frequency(documents: int, frequency: int) -> float:
    """Return BM25's idf, `ln(1 + (N - n + 0.5) / (n + 0.5))`; larger is rarer."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def _with_expansions(query: Query, there: frozenset[str]) -> frozenset[str]:
    """Add what was said wherever the term it stands for is there."""
    if not query.base.expansions:
        return there
    gained: set[str] = set()
    for said, term in query.base.expansions:
        if term in there or (len(term) >= 2 and all(f"·{term[i : i + 2]}" in there for i in range(len(term) - 1))):
            gained.add(said)
            gained.update(f"·{said[i : i + 2]}" for i in range(len(said) - 1))
    return there | gained
