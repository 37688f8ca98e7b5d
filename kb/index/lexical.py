"""The lexical side: tantivy over tokens we make (words, character bigrams, pinyin bigrams), whitespace analyser.

One index document per item, question side and answer side in fields of their own. An item's phrasings are searched
together: on development calls that puts the right entry first in 66 % where the best single phrasing manages 41 %.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from kb.domain.errors import IndexDamaged
from kb.domain.validity import Scope
from kb.index.units import ITEM_KINDS, Item, ItemKind, Mask, Side, ordinal
from kb.text.tokens import Tokens

VIEWS = ("words", "bigrams", "pinyin")
SIDE_PREFIX: Mapping[Side, str] = {"question": "q", "answer": "a"}
FIELDS = tuple(f"{prefix}_{view}" for prefix in SIDE_PREFIX.values() for view in VIEWS)
WRITER_BYTES = 64_000_000
MAX_QUERY_TERMS = 160
SPARE = 10
Views = tuple[str, ...]  # in the order of `VIEWS`

Hit = tuple[float, int]  # minus the score, item number: the smallest is the best
Admits = Callable[[Scope, Sequence[ItemKind]], Mask]


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """What may be found: scope and item kinds."""

    scope: Scope
    kinds: tuple[ItemKind, ...]


class LexicalIndex(Protocol):
    """Finds items by their tokens, within what a query may see."""

    def search(self, tokens: Tokens, want: Want, weights: Mapping[str, float], limit: int) -> Mapping[int, float]:
        """Return at most `limit` items with their BM25 scores, best first, ties by item number; no zero scores.

        `weights` names the fields to search (`FIELDS`) and how much each counts. Raw scores never leave `kb.search`.
        """
        ...

    def frequency(self, field: str, term: str) -> int:
        """Return how many items hold `term` in `field`."""
        ...


def _schema() -> Any:  # noqa: ANN401 - tantivy ships no types
    import tantivy

    builder = tantivy.SchemaBuilder()
    for field in FIELDS:
        builder.add_text_field(field, stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("region", stored=False, tokenizer_name="raw", index_option="basic")
    for field in ("item", "kind", "first_day", "end_day", "internal"):
        builder.add_integer_field(field, stored=False, indexed=True, fast=True)
    return builder.build()


class LexicalWriter:
    """Adds items to an index folder, new or of an earlier snapshot, and takes items out of it."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        folder.mkdir(parents=True, exist_ok=True)
        self._writer = tantivy.Index(_schema(), path=str(folder)).writer(heap_size=WRITER_BYTES, num_threads=1)

    def add(self, number: int, item: Item, texts: Iterable[tuple[Side, Views]]) -> None:
        """Add an item under its number: the views of its texts (`views_of`), each with its side."""
        self._writer.add_document(_document(number, item, texts))

    def remove(self, number: int) -> None:
        """Take an item out."""
        self._writer.delete_documents_by_term("item", number)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit everything, or nothing after an error, and wait until no thread writes into the folder any more."""
        if kind is None:
            self._writer.commit()
        else:
            self._writer.rollback()
        self._writer.wait_merging_threads()


def views_of(tokens: Tokens) -> Views:
    """Return a text as the index takes it: per view its tokens, a space between them."""
    return " ".join(tokens.words), " ".join(tokens.bigrams), " ".join(tokens.pinyin)


def _document(number: int, item: Item, texts: Iterable[tuple[Side, Views]]) -> Any:  # noqa: ANN401 - see above
    import tantivy

    document = tantivy.Document()
    for side, views in texts:
        for view, text in zip(VIEWS, views, strict=True):
            document.add_text(f"{SIDE_PREFIX[side]}_{view}", text)
    document.add_text("region", item.region)
    document.add_integer("item", number)
    document.add_integer("kind", ITEM_KINDS.index(item.kind))
    document.add_integer("first_day", item.first_day)
    document.add_integer("end_day", item.end_day)
    document.add_integer("internal", int(item.internal))
    return document


class TantivyIndex:
    """An opened, read-only tantivy index.

    `admits` tells which items a scope admits, as a mask over item numbers. With it a few more hits than wanted are
    asked for without conditions and the mask picks among them: a fifth of the time that conditions on every document
    take. Where too few of them are admitted, and where nothing tells, the conditions decide.
    """

    def __init__(self, folder: Path, admits: Admits | None = None) -> None:
        import tantivy

        try:
            index = tantivy.Index.open(str(folder))
        except ValueError as error:
            raise IndexDamaged(f"词法索引打不开：{error}") from None
        self._schema = index.schema
        self._searcher = index.searcher()
        self._admits = admits
        self._conditioned = lru_cache(maxsize=64)(self._conditions)
        self._admitted = lru_cache(maxsize=64)(self._mask)

    def search(self, tokens: Tokens, want: Want, weights: Mapping[str, float], limit: int) -> Mapping[int, float]:
        """Return at most `limit` items, best first, ties by item number."""
        clauses = [self._boosted(self._field(field, tokens), weight) for field, weight in weights.items()]
        scoring = [clause for clause in clauses if clause is not None]
        if not scoring or limit <= 0:
            return {}
        return {item: -negated for negated, item in sorted(self._picked(scoring, want, limit))}

    def _picked(self, scoring: Sequence[Any], want: Want, limit: int) -> list[Hit]:
        """Return the best `limit` hits that are wanted."""
        admitted = self._admitted(want)
        if admitted is not None:
            asked = limit + SPARE
            found = self._found(_any_of(scoring), asked)
            hits = [hit for hit in found if admitted[hit[1]]]
            if len(hits) >= limit or len(found) < asked:
                return hits[:limit]
        return self._found(self._filtered(scoring, want), limit)

    def _found(self, query: Any, limit: int) -> list[Hit]:  # noqa: ANN401 - tantivy ships no types
        found = self._searcher.search(query, limit=limit, count=False).hits
        if not found:
            return []
        items = self._searcher.fast_field_values("item", [address for _score, address in found])
        return [(-score, item) for item, (score, _address) in zip(items, found, strict=True)]

    def _mask(self, want: Want) -> bytes | None:
        """Return a byte per item, not 0 where it is wanted; reading one is faster than from an array."""
        return None if self._admits is None else self._admits(want.scope, want.kinds).tobytes()

    def frequency(self, field: str, term: str) -> int:
        """Return how many items hold `term` in `field`."""
        return int(self._searcher.doc_freq(field, term))

    def _field(self, field: str, tokens: Tokens) -> Any:  # noqa: ANN401 - tantivy ships no types
        import tantivy

        terms = list(dict.fromkeys(getattr(tokens, field.partition("_")[2])))[:MAX_QUERY_TERMS]
        if not terms:
            return None
        should = tantivy.Occur.Should
        return tantivy.Query.boolean_query(
            [(should, tantivy.Query.term_query(self._schema, field, term, "freq")) for term in terms]
        )

    def _boosted(self, query: Any, weight: float) -> Any:  # noqa: ANN401 - tantivy ships no types
        import tantivy

        if query is None or weight <= 0:
            return None
        return query if weight == 1.0 else tantivy.Query.boost_query(query, weight)

    def _filtered(self, scoring: Sequence[Any], want: Want) -> Any:  # noqa: ANN401 - tantivy ships no types
        import tantivy

        must = tantivy.Occur.Must
        conditions = ((must, clause) for clause in self._conditioned(want))
        return tantivy.Query.boolean_query([(must, _any_of(scoring)), *conditions])

    def _conditions(self, want: Want) -> list[Any]:
        import tantivy

        day = ordinal(want.scope.as_of)
        conditions = [self._range("first_day", None, day), self._range("end_day", day + 1, None)]
        if not want.scope.internal:
            conditions.append(self._range("internal", 0, 0))
        if set(want.kinds) != set(ITEM_KINDS):
            conditions.append(self._any("kind", [ITEM_KINDS.index(kind) for kind in want.kinds]))
        if want.scope.region is not None:
            regions = ("", want.scope.region)
            conditions.append(tantivy.Query.term_set_query(self._schema, "region", list(regions)))
        return [tantivy.Query.const_score_query(condition, 0.0) for condition in conditions]

    def _range(self, field: str, low: int | None, high: int | None) -> Any:  # noqa: ANN401 - tantivy ships no types
        import tantivy

        return tantivy.Query.range_query(self._schema, field, tantivy.FieldType.Integer, low, high)

    def _any(self, field: str, values: Sequence[int]) -> Any:  # noqa: ANN401 - tantivy ships no types
        import tantivy

        return tantivy.Query.term_set_query(self._schema, field, list(values))


def _any_of(clauses: Sequence[Any]) -> Any:  # noqa: ANN401 - tantivy ships no types
    import tantivy

    if len(clauses) == 1:
        return clauses[0]
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, clause) for clause in clauses])
