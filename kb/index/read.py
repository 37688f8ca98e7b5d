"""What an index keeps of a text: its tokens, its numbers, its exact phrasing's code, and its vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.encode.protocol import Encoder, Matrix
from kb.index.exact import code_of
from kb.index.lexical import Views, views_of
from kb.index.units import Unit
from kb.text.quantities import numbers_in, united
from kb.text.tokens import Analyser


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Texts as read: per text its views and, where it is asked with, its code; the vectors, shape `(texts, dim)`.

    `numbers` are those with a unit, a space between them.
    """

    views: Sequence[Views]
    numbers: Sequence[str]
    codes: Sequence[int | None]
    vectors: Matrix


def read_units(units: Sequence[Unit], analyser: Analyser, encoder: Encoder) -> Read:
    """Normalise, cut and encode texts; each is normalised and cut once for all of it."""
    tokens = [analyser.tokens(unit.text) for unit in units]
    return Read(
        views=[views_of(one) for one in tokens],
        numbers=[" ".join(united(numbers_in(one.text))) for one in tokens],
        codes=[code_of(one.text) if unit.side == "question" else None for one, unit in zip(tokens, units, strict=True)],
        vectors=encoder.encode([unit.text for unit in units]),
    )
