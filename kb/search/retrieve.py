"""The one way to find something: exact, lexical and dense candidates within scope, each with one probability."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from kb.domain.validity import Scope
from kb.index.lexical import Hit, Want
from kb.index.snapshot import Snapshot
from kb.index.units import ItemKind, Side
from kb.search.features import FEATURES, Evidence, feature_row, inverse_frequency
from kb.search.query import Query, prepare
from kb.search.ranker import Ranker
from kb.text.tokens import Analyser, Tokens

ANSWERABLE: tuple[ItemKind, ...] = ("entry", "clause", "row", "section")
FIELD_WEIGHTS: Mapping[str, float] = {"words": 1.0, "bigrams": 0.6, "pinyin": 0.25}
LEXICAL_UNITS = 80
DENSE_UNITS = 60
MAX_ITEMS = 40


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
class Pool:
    """Best unit hits per item before ranking: (score, unit) by item number."""

    question: Mapping[int, Hit]
    answer: Mapping[int, Hit]
    items: Sequence[int]


class Retriever:
    """Searches one snapshot. Immutable; a new release gets a new retriever."""

    def __init__(self, snapshot: Snapshot, analyser: Analyser, ranker: Ranker) -> None:
        self._snapshot = snapshot
        self._analyser = analyser
        self._ranker = ranker
        self._exact = _exact_map(snapshot, analyser)
        self._family = snapshot.encoder.name.rsplit("-", 2)[0]
        self._frequency = lru_cache(maxsize=200_000)(self._weight)
        self._allowed = lru_cache(maxsize=64)(snapshot.table.allowed)

    @property
    def analyser(self) -> Analyser:
        """The analyser queries must be prepared with."""
        return self._analyser

    @property
    def encoder_family(self) -> str:
        """The kind of encoder, which selects the calibration."""
        return self._family

    def find(
        self, said: str, scope: Scope, *, kinds: tuple[ItemKind, ...] = ANSWERABLE, limit: int = 10
    ) -> list[Candidate]:
        """Return at most `limit` candidates, most probable first; exact phrasing hits lead."""
        query = prepare(said, self._analyser)
        pool = self.pool(query, scope, kinds)
        if not pool.items:
            return []
        rows = self.rows(query, pool)
        scores = self._ranker.scores(rows)
        chances = self._ranker.probabilities(scores, self._family)
        exact = self._exact_items(query, scope, kinds)
        order = sorted(range(len(pool.items)), key=lambda i: (pool.items[i] not in exact, -scores[i], pool.items[i]))
        return [self._candidate(query, pool, rows, i, chances[i], exact) for i in order[:limit]]

    def pool(self, query: Query, scope: Scope, kinds: tuple[ItemKind, ...]) -> Pool:
        """Gather candidates from every side. Only what `scope` admits is ever scored."""
        sides: dict[Side, dict[int, Hit]] = {}
        for side in ("question", "answer"):
            want = Want(scope=scope, kinds=kinds, side=side)
            hits = self._snapshot.lexical.search(query.search, want, FIELD_WEIGHTS, LEXICAL_UNITS)
            sides[side] = self._best(hits)
        dense = self._snapshot.vectors.search(self._vector(query.text), self._allowed(scope, kinds), DENSE_UNITS)
        items = self._choose(sides["question"], sides["answer"], self._best(dense))
        items += [item for item in self._exact_items(query, scope, kinds) if item not in items]
        return Pool(question=sides["question"], answer=sides["answer"], items=items)

    def rows(self, query: Query, pool: Pool) -> list[list[float]]:
        """Return the feature row of every pooled item."""
        vector = self._vector(query.text)
        top = {
            "question": max((hit.score for hit in pool.question.values()), default=0.0),
            "answer": max((hit.score for hit in pool.answer.values()), default=0.0),
        }
        return [feature_row(query, self._evidence(pool, item, vector, top), self._frequency) for item in pool.items]

    def _evidence(self, pool: Pool, item: int, vector: Any, top: Mapping[str, float]) -> Evidence:  # noqa: ANN401 - array
        table = self._snapshot.table
        units = table.units_of[item]
        cosines = self._snapshot.vectors.similarities(vector, units)
        best: dict[Side, tuple[float, int | None]] = {"question": (0.0, None), "answer": (0.0, None)}
        for unit, cosine in zip(units.tolist(), cosines.tolist(), strict=True):
            side = table.side(unit)
            if best[side][1] is None or cosine > best[side][0]:
                best[side] = (max(0.0, cosine), unit)
        hits = {"question": pool.question.get(item), "answer": pool.answer.get(item)}
        return Evidence(
            kind=table.items[item].kind,
            lexical_question=_relative(hits["question"], top["question"]),
            lexical_answer=_relative(hits["answer"], top["answer"]),
            dense_question=best["question"][0],
            dense_answer=best["answer"][0],
            question=self._tokens(hits["question"], best["question"][1]),
            answer=self._tokens(hits["answer"], best["answer"][1]),
        )

    def _tokens(self, hit: Hit | None, fallback: int | None) -> Tokens | None:
        unit = hit.unit if hit is not None else fallback
        return None if unit is None else self._analyser.tokens(self._snapshot.table.text(unit))

    def _best(self, hits: Sequence[Hit]) -> dict[int, Hit]:
        best: dict[int, Hit] = {}
        for hit in hits:
            best.setdefault(int(self._snapshot.table.item_of[hit.unit]), hit)
        return best

    def _choose(self, *sources: Mapping[int, Hit]) -> list[int]:
        """Keep the best items by reciprocal rank over the sources (Cormack et al. 2009), ties by item number."""
        fused: dict[int, float] = defaultdict(float)
        for source in sources:
            for rank, item in enumerate(source):
                fused[item] += 1.0 / (20 + rank)
        return sorted(fused, key=lambda item: (-fused[item], item))[:MAX_ITEMS]

    def _vector(self, text: str) -> Any:  # noqa: ANN401 - array
        return self._snapshot.encoder.encode([text])

    def _weight(self, term: str) -> float:
        field, word = ("bigrams", term[1:]) if term.startswith("·") else ("words", term)
        frequency = self._snapshot.lexical.frequency(field, word)
        scale = 0.4 if field == "bigrams" else 1.0
        return scale * inverse_frequency(len(self._snapshot.table), frequency)

    def _exact_items(self, query: Query, scope: Scope, kinds: tuple[ItemKind, ...]) -> list[int]:
        found = self._exact.get(_squeezed(query.text), [])
        allowed = self._allowed(scope, kinds)
        table = self._snapshot.table
        return [item for item in found if allowed[table.units_of[item][0]]]

    def _candidate(
        self, query: Query, pool: Pool, rows: list[list[float]], place: int, chance: float, exact: Sequence[int]
    ) -> Candidate:
        item = pool.items[place]
        is_exact = item in exact
        if is_exact:
            chance = self._ranker.exact if len(exact) == 1 else min(chance, 0.5)
        hit = pool.question.get(item) or pool.answer.get(item)
        values = dict(zip(FEATURES, (round(value, 3) for value in rows[place]), strict=True))
        return Candidate(
            item_id=self._snapshot.table.items[item].item_id,
            kind=self._snapshot.table.items[item].kind,
            probability=chance if not exact or is_exact else min(chance, 1 - self._ranker.exact),
            exact=is_exact,
            matched=self._snapshot.table.text(hit.unit) if hit else "",
            why={"features": values, "expansions": [f"{said}→{term}" for said, term in query.base.expansions]},
        )


def _relative(hit: Hit | None, top: float) -> float:
    return hit.score / top if hit is not None and top > 0 else 0.0


def _squeezed(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _exact_map(snapshot: Snapshot, analyser: Analyser) -> dict[str, list[int]]:
    """Map every normalised question-side text to the items that carry it."""
    table = snapshot.table
    found: dict[str, list[int]] = defaultdict(list)
    for unit in np.arange(len(table)).tolist():
        if table.side(unit) == "question":
            key = _squeezed(analyser.normalise(table.text(unit)).text)
            item = int(table.item_of[unit])
            if key and item not in found[key]:
                found[key].append(item)
    return dict(found)
