"""What is worked out once per stored item and text: terms, numbers, wordings. Everything is cached, nothing changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kb.index.snapshot import Snapshot
from kb.index.units import Side
from kb.search.features import Numbers, Wording, inverse_frequency, terms_of, united_numbers
from kb.search.meanings import NO_WORDS, Meanings, Words
from kb.text.tokens import Analyser, Tokens

Ints = npt.NDArray[np.int64]
ITEMS_KEPT = 50_000
TEXTS_KEPT = 100_000
BIGRAM_SCALE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An item's units per side, its terms per side, its first question, its words, and the numbers that count."""

    questions: Ints
    answers: Ints
    question: frozenset[str]
    whole: frozenset[str]
    title: Wording | None
    numbers: Numbers
    words: Words
    title_words: Words


class Reader:
    """Reads the items of one snapshot."""

    def __init__(self, snapshot: Snapshot, analyser: Analyser, meanings: Meanings) -> None:
        self._snapshot = snapshot
        self._analyser = analyser
        self._meanings = meanings
        self.weight = lru_cache(maxsize=200_000)(self._weight)
        self.profile = lru_cache(maxsize=ITEMS_KEPT)(self._profile)
        self.wording = lru_cache(maxsize=TEXTS_KEPT)(self._wording)
        self.words_of = lru_cache(maxsize=TEXTS_KEPT)(self._words_of)

    def _profile(self, item: int) -> Profile:
        table = self._snapshot.table
        sides: dict[Side, list[int]] = {"question": [], "answer": []}
        for unit in table.units_of[item].tolist():
            sides[table.side(unit)].append(unit)
        questions, answers = (
            [self._analyser.tokens(table.text(unit)) for unit in sides[side]] for side in ("question", "answer")
        )
        return Profile(
            questions=np.array(sides["question"], dtype=np.int64),
            answers=np.array(sides["answer"], dtype=np.int64),
            question=_terms(questions),
            whole=_terms([*questions, *answers]),
            title=self.wording(sides["question"][0]) if questions else None,
            numbers=united_numbers(tokens.text for tokens in (*questions[:1], *answers)),
            words=self._words(word for tokens in (*questions, *answers) for word in tokens.words),
            title_words=self._words(questions[0].words) if questions else NO_WORDS,
        )

    def _words_of(self, unit: int) -> Words:
        return self._words(self._analyser.tokens(self._snapshot.table.text(unit)).words)

    def _words(self, words: Iterable[str]) -> Words:
        known = tuple(dict.fromkeys(words))
        weights = np.array([self.weight(word) for word in known], dtype=np.float32)
        return Words(places=self._meanings.places(known), weights=weights)

    def _wording(self, unit: int) -> Wording:
        text = self._snapshot.table.text(unit)
        return Wording.of(text, self._analyser.tokens(text), self.weight)

    def _weight(self, term: str) -> float:
        view, word = ("bigrams", term[1:]) if term.startswith("·") else ("words", term)
        frequency = max(self._snapshot.lexical.frequency(f"{side}_{view}", word) for side in ("q", "a"))
        scale = BIGRAM_SCALE if view == "bigrams" else 1.0
        return scale * inverse_frequency(len(self._snapshot.table.items), frequency)


def _terms(texts: list[Tokens]) -> frozenset[str]:
    return frozenset(term for tokens in texts for term in terms_of(tokens))
