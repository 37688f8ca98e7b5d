"""The ranker's named features. Every one is bounded, so that a model learnt on one base carries to another.

Absolute similarities drift from base to base; how an item stands among its rivals for the same question does not.
`RIVALLED` features are therefore given twice: as they are, and standardised over the candidates of the question.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.index.units import ItemKind
from kb.search.query import Query, numbers_in
from kb.text.tokens import Tokens

SINGLE = (
    "words_question",
    "bigrams_question",
    "pinyin_question",
    "words_answer",
    "bigrams_answer",
    "dense_question",
    "dense_question_top3",
    "dense_question_mean",
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
    "category_agrees",
    "is_prose",
    "title_covered",
    "title_meant",
    "closest_meant",
    "item_meant",
    "meant_by_title",
    "names_call_type",
    "names_other_call_type",
    "asked_alike",
    "asked_under_rule",
)
RIVALLED = (
    "dense_question",
    "dense_question_top3",
    "dense_question_mean",
    "dense_answer",
    "query_covered_question",
    "query_covered_item",
    "title_covered",
    "title_meant",
    "closest_meant",
    "item_meant",
    "meant_by_title",
    "closest_dice",
    "closest_pinyin",
    "asked_alike",
    "asked_under_rule",
)
FEATURES = (*SINGLE, *(f"{name}_vs_rivals" for name in RIVALLED))
LEXICAL = SINGLE[:5]
PROSE = ("clause", "section")
RARE = 3
LEAST_SPREAD, SPREADS = 0.05, 4.0
NONE: frozenset[str] = frozenset()

Weight = Callable[[str], float]
Numbers = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """Terms, what each weighs, and the sum of it."""

    names: frozenset[str]
    weights: Mapping[str, float]
    total: float

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> Weighted:
        """Sum the weights up once."""
        return cls(names=frozenset(weights), weights=weights, total=math.fsum(weights.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One stored text: its terms with their weights, and its distinct bigrams and pinyin bigrams."""

    text: str
    terms: Weighted
    bigrams: frozenset[str]
    pinyin: frozenset[str]

    @classmethod
    def of(cls, text: str, tokens: Tokens, weight: Weight) -> Wording:
        """Weigh a text's terms."""
        return cls(
            text=text,
            terms=Weighted.of({term: weight(term) for term in terms_of(tokens)}),
            bigrams=frozenset(tokens.bigrams),
            pinyin=frozenset(tokens.pinyin),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What retrieval found for one item.

    Attributes:
        lexical: relative BM25 (0-1) by the names in `LEXICAL`.
        dense: cosines (0-1): best question side, mean of the best three, mean of all, best answer side.
        question: terms of the whole question side; `whole`: of both sides.
        title: the item's first question-side text.
        closest: the question-side text nearest in meaning, if any.
        numbers: its numbers with a unit.
        category: probability (0-1) that the question is about one of the item's categories; 0.5 when it has none.
        meant: shares (0-1) of meanings covered, see `kb.search.meanings`: of the question by the title, by the closest
            wording and by the whole item, and of the title by the question.
        named: (agreement, contradiction), each 0-1, of the call type with the call types the title names.
        alike: how like calls that asked this question the words are, and how probably those fell under the rule that
            this call falls under (0-1 each); see `kb.search.evidence`.
    """

    kind: ItemKind
    lexical: Mapping[str, float]
    dense: tuple[float, float, float, float]
    question: frozenset[str]
    whole: frozenset[str]
    title: Wording | None
    closest: Wording | None
    numbers: Numbers
    category: float
    meant: tuple[float, float, float, float]
    named: tuple[float, float]
    alike: tuple[float, float]


def overlap(a: Collection[str], b: Collection[str]) -> float:
    """Return the Sørensen-Dice overlap of two sets; 0 when both are empty."""
    left, right = frozenset(a), frozenset(b)
    total = len(left) + len(right)
    return 2 * len(left & right) / total if total else 0.0


def share(terms: Weighted, there: frozenset[str], also: frozenset[str] = NONE) -> float:
    """Return the weighted share of terms that are `there` or `also` there; 0 when there are none.

    Summed exactly, so that the order of a set decides nothing.
    """
    if not terms.total:
        return 0.0
    held = terms.names & there
    if also:
        held |= terms.names & also
    return math.fsum(map(terms.weights.__getitem__, held)) / terms.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query's terms and their weights, worked out once for all its candidates.

    Attributes:
        gains: per expansion, the terms that count as present wherever the term it stands for is, and that term's forms.
    """

    query: Query
    terms: Weighted
    rare: Weighted
    wanted: frozenset[str]
    bigrams: frozenset[str]
    pinyin: frozenset[str]
    gains: tuple[tuple[str, frozenset[str], frozenset[str]], ...]
    numbers: Numbers

    @classmethod
    def of(cls, query: Query, weight: Weight) -> Asked:
        """Weigh the terms of a query; `rare` are its three rarest words."""
        terms = {term: weight(term) for term in terms_of(query.base)}
        words = sorted(dict.fromkeys(query.base.words), key=lambda word: -terms[word])
        return cls(
            query=query,
            terms=Weighted.of(terms),
            rare=Weighted.of({word: terms[word] for word in words[:RARE]}),
            wanted=frozenset(terms_of(query.search)),
            bigrams=frozenset(query.base.bigrams),
            pinyin=frozenset(query.base.pinyin),
            gains=tuple((term, _pairs(term), frozenset({said, *_pairs(said)})) for said, term in query.base.expansions),
            numbers=frozenset((value, unit) for value, unit in query.numbers if unit),
        )

    def gained(self, there: frozenset[str]) -> frozenset[str]:
        """Return what was said in other words wherever the term it stands for is there."""
        found = [said for term, pairs, said in self.gains if term in there or (pairs and pairs <= there)]
        return NONE.union(*found) if found else NONE


def feature_row(asked: Asked, evidence: Evidence) -> list[float]:
    """Return the values of `SINGLE` for one candidate, in that order."""
    closest, title, question, whole = evidence.closest, evidence.title, evidence.question, evidence.whole
    by_question, by_item = asked.gained(question), asked.gained(whole)
    return [
        *(evidence.lexical[name] for name in LEXICAL),
        *evidence.dense,
        share(asked.terms, question, by_question),
        share(asked.terms, whole, by_item),
        share(asked.rare, question, by_question),
        share(asked.rare, whole, by_item),
        share(closest.terms, asked.wanted) if closest else 0.0,
        overlap(asked.bigrams, closest.bigrams) if closest else 0.0,
        overlap(asked.pinyin, closest.pinyin) if closest else 0.0,
        *number_match(asked.numbers, evidence.numbers),
        evidence.category,
        float(evidence.kind in PROSE),
        share(title.terms, asked.wanted) if title else 0.0,
        *evidence.meant,
        *evidence.named,
        *evidence.alike,
    ]


def among_rivals(rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the rows of one question's candidates with every `RIVALLED` feature standardised behind: `FEATURES`.

    The difference from the candidates' mean in standard deviations, a quarter of it, bounded to -1 and 1.
    """
    table = np.asarray(rows, dtype=np.float64).reshape(len(rows), len(SINGLE))
    chosen = table[:, [SINGLE.index(name) for name in RIVALLED]]
    if not len(rows):
        return []
    spread = np.maximum(chosen.std(axis=0), LEAST_SPREAD)
    standing = np.clip((chosen - chosen.mean(axis=0)) / spread / SPREADS, -1.0, 1.0)
    joined: list[list[float]] = np.hstack([table, standing]).tolist()
    return joined


def terms_of(tokens: Tokens) -> set[str]:
    """Return words and bigrams together, bigrams marked so that the two never mix."""
    return set(tokens.words) | {f"·{gram}" for gram in tokens.bigrams}


def united_numbers(texts: Iterable[str]) -> Numbers:
    """Return the numbers with a unit of normalised texts."""
    return frozenset((value, unit) for text in texts for value, unit in numbers_in(text) if unit)


def number_match(wanted: Numbers, there: Numbers) -> tuple[float, float]:
    """Return (agreement, contradiction), each 0 or 1, of the question's united numbers with the candidate's."""
    if not wanted:
        return 0.0, 0.0
    if wanted & there:
        return 1.0, 0.0
    units = {unit for _value, unit in wanted}
    return 0.0, float(any(unit in units for _value, unit in there))


def inverse_frequency(documents: int, frequency: int) -> float:
    """Return BM25's idf, `ln(1 + (N - n + 0.5) / (n + 0.5))`; larger is rarer."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def _pairs(text: str) -> frozenset[str]:
    return frozenset(f"·{text[i : i + 2]}" for i in range(len(text) - 1))
