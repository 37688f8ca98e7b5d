"""One question, prepared once: what was said, its normal form, its tokens with expansions, its numbers."""

from __future__ import annotations

from dataclasses import dataclass

from kb.text.quantities import Quantities, numbers_in
from kb.text.tokens import Analyser, Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A prepared question. `search` holds the base tokens plus the synonym terms; `numbers` are (value, unit)."""

    said: str
    text: str
    base: Tokens
    search: Tokens
    numbers: Quantities


def prepare(said: str, analyser: Analyser) -> Query:
    """Normalise, tokenise and expand a question."""
    normal = analyser.normalise(said)
    base = analyser.query(normal)
    extra = [analyser.tokens(term) for _said, term in base.expansions]
    search = Tokens(
        text=base.text,
        words=tuple(dict.fromkeys([*base.words, *(word for tokens in extra for word in tokens.words)])),
        bigrams=tuple(dict.fromkeys([*base.bigrams, *(gram for tokens in extra for gram in tokens.bigrams)])),
        pinyin=base.pinyin,
        expansions=base.expansions,
    )
    return Query(said=said, text=normal.text, base=base, search=search, numbers=numbers_in(normal.text))
