"""A subject laid out for comparing it as a whole: vectors of its sentences and clauses, and which values it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kb.curation.watch.claims import SENTENCE, Claims, fold, masked_text
from kb.curation.watch.grams import Grams
from kb.curation.watch.meaning import Meaning
from kb.curation.watch.rules import WatchRules
from kb.encode.protocol import Matrix

Vector = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Values = Mapping[str, frozenset[str]]
TRIM = " ，,"
SHORTEST = 2
KEPT = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A subject's claims with vectors: its title `(dim,)`, its sentences and its clauses `(n, dim)`, unit rows.

    `refuses` says of each clause whether it says no; `values` are the families' values each clause names, `told` those
    each sentence names. A subject that says nothing has one row of zeros.
    """

    claims: Claims
    title: Vector
    sentences: Matrix
    clauses: Matrix
    refuses: Flags
    values: Sequence[Values]
    told: Sequence[Values]
    grams: Grams


class Profiler:
    """Lays subjects out by the rules in force; texts are encoded many at once by `learn`."""

    def __init__(self, rules: WatchRules, meaning: Meaning) -> None:
        self._rules = rules
        self._meaning = meaning
        self._values = lru_cache(maxsize=KEPT)(rules.families.named)
        self._masked = lru_cache(maxsize=KEPT)(self._mask)

    def learn(self, many: Iterable[Claims]) -> None:
        """Encode all texts of several subjects at once."""
        self._meaning.learn(text for claims in many for text in self._texts(claims))

    def __call__(self, claims: Claims) -> Profile:
        """Return a subject laid out."""
        self.learn((claims,))
        sentences = self._sentences(claims)
        clauses = [clause for _statement, clause in claims.clauses]
        return Profile(
            claims=claims,
            title=self._meaning.rows([claims.subject.title])[0],
            sentences=self._meaning.rows(sentences or [""]),
            clauses=self._meaning.rows([clause.words for clause in clauses] or [""]),
            refuses=np.array([clause.refuses for clause in clauses] or [False]),
            values=[self._values(clause.text) for clause in clauses] or [{}],
            told=[self._values(sentence) for sentence in sentences] or [{}],
            grams=frozenset[str]().union(*(clause.grams for clause in clauses)),
        )

    def _texts(self, claims: Claims) -> Iterable[str]:
        yield claims.subject.title
        yield from self._sentences(claims)
        yield from (clause.words for _statement, clause in claims.clauses)

    def _sentences(self, claims: Claims) -> list[str]:
        return [sentence for statement in claims.subject.statements for sentence in self._masked(statement.text)]

    def _mask(self, text: str) -> tuple[str, ...]:
        """Return the sentences of a text without their figures."""
        found = (match.group().strip(TRIM) for match in SENTENCE.finditer(fold(text)))
        return tuple(masked_text(part, self._rules.figures(part)) for part in found if len(part) >= SHORTEST)
