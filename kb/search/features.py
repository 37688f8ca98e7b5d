"""The ranker's named features. Every one is bounded, so that a model learnt on one base carries to another.

Absolute similarities drift from base to base; how an item stands among its rivals for the same question does not.
`RIVALLED` features are therefore given twice: as they are, and standardised over the candidates of the question.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.index.units import Mask
from kb.search.query import Query
from kb.text.quantities import Quantities
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
    "in_order_covered",
    "in_order_held",
    "in_order_dice",
    "codes_covered",
    "codes_alike",
    "codes_held",
    "codes_conflict",
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
    "in_order_covered",
    "in_order_held",
    "in_order_dice",
    "codes_covered",
    "codes_alike",
    "codes_held",
)
FEATURES = (*SINGLE, *(f"{name}_vs_rivals" for name in RIVALLED))
LEXICAL = SINGLE[:5]
PROSE = ("clause", "section")
RARE = 3
LEAST_SPREAD, SPREADS = 0.05, 4.0
WEIGHED = ("words", "bigrams")
RIVALLED_COLUMNS = [SINGLE.index(name) for name in RIVALLED]

Floats = npt.NDArray[np.float64]
Sums = npt.NDArray[np.number]
Columns = npt.NDArray[np.int64]
Term = tuple[str, str]
"""A view and a term of it."""
Weigh = Callable[[str, Sequence[str]], Floats]
"""Gives the weight of each term of a view."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """A term that was said in other words: the columns of the term as a word and as bigrams, and of what was said."""

    word: int
    pairs: tuple[int, ...]
    said: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question's terms, each with a column of its own in the tables below; worked out once for all candidates.

    Attributes:
        columns: by view (words, bigrams) the column of every term that is looked for.
        weights: what each column's term weighs where it was said, else 0, `(columns,)`; `rare`: of its three rarest
            words only; `grams`: whether it is a bigram that was said; `wanted`: whether it is searched for.
        gains: the terms that count as present wherever the term they stand for is.
        words: its distinct words; `spoken`: their columns; `sounds`: its distinct pairs of syllables.
        numbers: its numbers with a unit.
    """

    columns: Mapping[str, Mapping[str, int]]
    weights: Floats
    rare: Floats
    grams: Mask
    wanted: Mask
    gains: tuple[Gain, ...]
    words: tuple[str, ...]
    spoken: Columns
    sounds: tuple[str, ...]
    numbers: Quantities

    @classmethod
    def of(cls, query: Query, weigh: Weigh) -> Asked:
        """Weigh the terms of a question."""
        base, expansions = query.base, query.base.expansions
        searched, said = terms_of(query.search), terms_of(base)
        forms = dict.fromkeys(form for _said, term in expansions for form in _forms(term))
        columns = {term: column for column, term in enumerate(searched | forms)}
        weights, rare, grams = (np.zeros(len(columns)) for _ in range(3))
        own = {view: [term for of, term in said if of == view] for view in WEIGHED}
        for view, terms in own.items():
            weights[[columns[view, term] for term in terms]] = weigh(view, terms)
        spoken = np.array([columns["words", word] for word in own["words"]], dtype=np.int64)
        rarest = spoken[np.argsort(-weights[spoken], kind="stable")[:RARE]]
        rare[rarest] = weights[rarest]
        grams[[columns["bigrams", gram] for gram in own["bigrams"]]] = 1.0
        return cls(
            columns={
                view: {term: column for (own, term), column in columns.items() if own == view} for view in WEIGHED
            },
            weights=weights,
            rare=rare,
            wanted=np.arange(len(columns)) < len(searched),
            grams=grams > 0.0,
            gains=tuple(_gain(columns, one, term) for one, term in expansions),
            words=tuple(own["words"]),
            spoken=spoken,
            sounds=tuple(dict.fromkeys(base.pinyin)),
            numbers=frozenset((value, unit) for value, unit in query.numbers if unit),
        )

    def covered(self, there: Mask) -> tuple[Floats, Floats]:
        """Return the weighted shares (0-1) of what was said, and of its rarest words, that candidates hold.

        Args:
            there: whether each candidate holds each column's term, `(n, columns)`.
        """
        held = there.copy()
        for gain in self.gains:
            pairs = there[:, gain.pairs].all(axis=1) if gain.pairs else False
            held[:, gain.said] |= (there[:, gain.word] | pairs)[:, None]
        return ratio(held @ self.weights, float(self.weights.sum())), ratio(held @ self.rare, float(self.rare.sum()))


def _forms(text: str) -> list[Term]:
    return [("words", text), *(("bigrams", text[at : at + 2]) for at in range(len(text) - 1))]


def _gain(columns: Mapping[Term, int], said: str, term: str) -> Gain:
    word, *pairs = (columns[form] for form in _forms(term))
    return Gain(word=word, pairs=tuple(pairs), said=tuple(columns[f] for f in _forms(said) if f in columns))


def ratio(part: Sums, whole: Sums | float) -> Floats:
    """Return shares, at most 1; 0 where there is nothing to have a share in."""
    return np.minimum(np.divide(part, whole, out=np.zeros(part.shape), where=np.greater(whole, 0.0)), 1.0)


def overlap(shared: Sums, one: Sums, other: int) -> Floats:
    """Return the Sørensen-Dice overlap of sets by how many members they share and have; 0 when both are empty."""
    return ratio(2.0 * shared, one + other)


def among_rivals(table: Floats) -> Floats:
    """Return the rows of one question's candidates with every `RIVALLED` feature standardised behind: `FEATURES`.

    The difference from the candidates' mean in standard deviations, a quarter of it, bounded to -1 and 1.
    """
    if not len(table):
        return np.zeros((0, len(FEATURES)))
    chosen = table[:, RIVALLED_COLUMNS]
    spread = np.maximum(chosen.std(axis=0), LEAST_SPREAD)
    standing = np.clip((chosen - chosen.mean(axis=0)) / spread / SPREADS, -1.0, 1.0)
    return np.hstack([table, standing])


def terms_of(tokens: Tokens) -> dict[Term, None]:
    """Return the distinct words and bigrams of a text, each with its view, so that the two never mix."""
    return dict.fromkeys([*(("words", word) for word in tokens.words), *(("bigrams", gram) for gram in tokens.bigrams)])


def inverse_frequency(documents: int, frequency: int) -> float:
    """Return BM25's idf, `ln(1 + (N - n + 0.5) / (n + 0.5))`; larger is rarer."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))
