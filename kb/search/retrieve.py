"""The one way to find something: exact, lexical and dense candidates within scope, each with one probability."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from kb.domain.validity import Scope
from kb.encode.protocol import Encoder
from kb.index.lexical import Want
from kb.index.snapshot import Snapshot
from kb.index.units import ITEM_KINDS, ItemKind, Mask
from kb.search.evidence import Evidence, Expectation, Found, Witness
from kb.search.features import FEATURES, Floats
from kb.search.meanings import Meanings
from kb.search.query import Query, prepare
from kb.search.ranker import Ranker
from kb.search.reading import Reader
from kb.text.tokens import Analyser

ANSWERABLE: tuple[ItemKind, ...] = ("entry", "clause", "row", "section")
SEARCHES: Mapping[str, str] = {
    "words_question": "q_words",
    "bigrams_question": "q_bigrams",
    "pinyin_question": "q_pinyin",
    "words_answer": "a_words",
    "bigrams_answer": "a_bigrams",
}
SEARCHED: tuple[ItemKind, ...] = (*ANSWERABLE, "guard")
LEXICAL_ITEMS = 50
DENSE_UNITS = 60
MAX_ITEMS = 32
MEANT = 3.0  # votes of the vectors: the five searches for words largely find the same items


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A ranked item. `why` names the features that spoke for it, the best matching text, and the expansions used."""

    item_id: str
    kind: ItemKind
    probability: float
    exact: bool
    matched: str
    why: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What each search found within scope, of any kind, best first: item -> score; and whose phrasing it is exactly."""

    lexical: Mapping[str, Mapping[int, float]]
    nearest: Mapping[int, float]
    exact: Mapping[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Candidates before ranking: item numbers, per lexical search the score of each item it found, and exact hits."""

    items: Sequence[int]
    lexical: Mapping[str, Mapping[int, float]]
    exact: Sequence[int]


class Retriever:
    """Searches one snapshot. Immutable; a new release gets a new retriever.

    `words` gives single words their meaning; without it the snapshot's encoder does.
    """

    def __init__(self, snapshot: Snapshot, analyser: Analyser, ranker: Ranker, words: Encoder | None = None) -> None:
        self._snapshot = snapshot
        self._analyser = analyser
        self._ranker = ranker
        self._family = snapshot.encoder.name.rsplit("-", 2)[0]
        terms = snapshot.terms
        meanings = Meanings(words or snapshot.encoder, terms.names["words"], terms.numbers["words"])
        self._witness = Witness(snapshot, Reader(snapshot), meanings)
        self._kinds = snapshot.table.kinds.tobytes()
        self._allowed = lru_cache(maxsize=64)(snapshot.table.allowed)
        self._prepare = lru_cache(maxsize=256)(lambda said: prepare(said, analyser))
        self._vector = lru_cache(maxsize=256)(self._encode)
        self._hits = lru_cache(maxsize=64)(self._find_hits)

    @property
    def analyser(self) -> Analyser:
        """The analyser queries must be prepared with."""
        return self._analyser

    @property
    def encoder_family(self) -> str:
        """The kind of encoder, which selects the calibration."""
        return self._family

    def find(
        self,
        said: str,
        scope: Scope,
        *,
        kinds: tuple[ItemKind, ...] = ANSWERABLE,
        limit: int = 10,
        breadth: int = MAX_ITEMS,
        expected: Expectation | None = None,
        doubt: float | None = None,
    ) -> list[Candidate]:
        """Return at most `limit` of the `breadth` candidates looked at, best first; exact phrasing hits lead.

        `expected` are the categories and call types the words speak for; `doubt` is the probability (0-1) that they ask
        for nothing that is stored.
        """
        query = self._prepare(said)
        pool = self.pool(query, scope, kinds, breadth)
        if not pool.items:
            return []
        seen = self._evidence(query, pool, expected)
        rows = seen.rows
        scores = self._ranker.scores(rows)
        chances = self._ranker.probabilities(rows, scores, self._family, doubt)
        value = self._ranker.order(rows, scores, chances)
        exact = pool.exact
        order = sorted(range(len(pool.items)), key=lambda i: (pool.items[i] not in exact, -value[i], pool.items[i]))
        values = np.round(rows[order[:limit]], 3).tolist()
        best = zip(order[:limit], values, strict=True)
        return [self._candidate(query, pool, int(seen.nearest[i]), i, chances[i], of) for i, of in best]

    def pool(self, query: Query, scope: Scope, kinds: tuple[ItemKind, ...], breadth: int = MAX_ITEMS) -> Pool:
        """Gather candidates from every side. Only what `scope` admits is ever scored."""
        hits, wanted = self._hits(query, scope), frozenset(ITEM_KINDS.index(kind) for kind in kinds)
        lexical = {name: self._of_kind(scores, wanted) for name, scores in hits.lexical.items()}
        nearest = self._of_kind(hits.nearest, wanted)
        items = _fuse([*((scores, 1.0) for scores in lexical.values()), (nearest, MEANT)])[:breadth]
        exact = list(self._of_kind(hits.exact, wanted))
        items += [item for item in exact if item not in items]
        return Pool(items=items, lexical=lexical, exact=exact)

    def _find_hits(self, query: Query, scope: Scope) -> Hits:
        """Search every field and the vectors once; answers and guards are then picked from the same hits."""
        want, table, lexical = Want(scope=scope, kinds=SEARCHED), self._snapshot.table, self._snapshot.lexical
        allowed = self._allowed(scope, SEARCHED)
        dense = self._snapshot.vectors.search(self._vector(query.text), allowed, DENSE_UNITS)
        return Hits(
            lexical={
                name: lexical.search(query.search, want, {field: 1.0}, LEXICAL_ITEMS)
                for name, field in SEARCHES.items()
            },
            nearest=dict.fromkeys(table.item_of[np.fromiter(dense, dtype=np.int64)].tolist(), 1.0),
            exact=dict.fromkeys(self._exact_items(query, allowed), 1.0),
        )

    def _exact_items(self, query: Query, allowed: Mask) -> list[int]:
        units = self._snapshot.table.units_of
        return [item for item in self._snapshot.exact.find(query.text) if allowed[units[item][0]]]

    def _of_kind(self, scores: Mapping[int, float], kinds: Collection[int]) -> dict[int, float]:
        return {item: score for item, score in scores.items() if self._kinds[item] in kinds}

    def rows(self, query: Query, pool: Pool, expected: Expectation | None = None) -> Floats:
        """Return the feature row of every pooled item, `(items, features)`."""
        return self._evidence(query, pool, expected).rows

    def _evidence(self, query: Query, pool: Pool, expected: Expectation | None) -> Evidence:
        found = Found(items=pool.items, lexical=pool.lexical)
        return self._witness.evidence(query, self._vector(query.text), found, expected)

    def _encode(self, text: str) -> Any:  # noqa: ANN401 - array
        return self._snapshot.encoder.encode([text])

    def _candidate(
        self, query: Query, pool: Pool, nearest: int, place: int, chance: float, values: Sequence[float]
    ) -> Candidate:
        item, exact, table = pool.items[place], pool.exact, self._snapshot.table
        is_exact = item in exact
        if is_exact:
            chance = self._ranker.exact if len(exact) == 1 else min(chance, 0.5)
        features = dict(zip(FEATURES, values, strict=True))
        return Candidate(
            item_id=table.items[item].item_id,
            kind=table.items[item].kind,
            probability=chance if not exact or is_exact else min(chance, 1 - self._ranker.exact),
            exact=is_exact,
            matched=table.text(nearest),
            why={"features": features, "expansions": [f"{said}→{term}" for said, term in query.base.expansions]},
        )


def _fuse(sources: Sequence[tuple[Mapping[int, object], float]]) -> list[int]:
    """Order items by weighted reciprocal rank over (source, weight) (Cormack et al. 2009), ties by item number."""
    fused: dict[int, float] = defaultdict(float)
    for source, weight in sources:
        for rank, item in enumerate(source):
            fused[item] += weight / (20 + rank)
    return sorted(fused, key=lambda item: (-fused[item], item))
