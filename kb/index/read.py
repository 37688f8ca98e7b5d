"""What an index keeps of a text: its tokens, its numbers, its exact phrasing's code, and its vector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kb.encode.protocol import Encoder, Matrix
from kb.index.exact import code_of
from kb.index.lexical import VIEWS, Views, views_of
from kb.index.terms import KEPT, Counted, counted
from kb.index.units import Unit
from kb.text.quantities import numbers_in, united
from kb.text.tokens import Analyser


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Texts as read: per text its views and, where it is asked with, its code; the vectors, shape `(texts, dim)`.

    `terms` are the distinct ones of all texts in each view of `KEPT`.
    """

    views: Sequence[Views]
    terms: Sequence[Counted]
    codes: Sequence[int | None]
    vectors: Matrix


def read_units(units: Sequence[Unit], analyser: Analyser, encoder: Encoder) -> Read:
    """Normalise, cut and encode texts; each is normalised and cut once for all of it."""
    tokens = [analyser.tokens(unit.text) for unit in units]
    return Read(
        views=[views_of(one) for one in tokens],
        terms=[
            *(counted(getattr(one, view) for one in tokens) for view in VIEWS),
            counted(united(numbers_in(one.text)) for one in tokens),
        ],
        codes=[code_of(one.text) if unit.side == "question" else None for one, unit in zip(tokens, units, strict=True)],
        vectors=encoder.encode([unit.text for unit in units]),
    )


def packed(read: Read) -> tuple[dict[str, Any], bytes]:
    """Return what is read for another process: what JSON holds, and the numbers as they lie in memory."""
    data = {"views": read.views, "codes": read.codes, "names": [view.names for view in read.terms]}
    rows = [read.vectors.astype("<f4"), *(view.lengths for view in read.terms), *(view.run for view in read.terms)]
    return data, b"".join(row.tobytes() for row in rows)


def unpacked(data: Mapping[str, Any], rest: bytes, texts: int, dim: int) -> Read:
    """Return what another process read of so many texts.

    Raises:
        ValueError: what it says is not all there, or does not fit together.
        KeyError: a part of the data is missing.
        TypeError: the data are of another shape.
    """
    if {len(data["views"]), len(data["codes"])} != {texts} or len(data["names"]) != len(KEPT):
        raise ValueError(texts)
    if any(len(views) != len(VIEWS) for views in data["views"]):
        raise ValueError(texts)
    vectors = np.frombuffer(rest, dtype="<f4", count=texts * dim).reshape(texts, dim)
    numbers = np.frombuffer(rest, dtype="<i4", offset=vectors.nbytes)
    lengths = numbers[: texts * len(KEPT)].reshape(len(KEPT), texts)
    runs = np.split(numbers[texts * len(KEPT) :], np.cumsum(lengths.sum(axis=1))[:-1])
    if lengths.min(initial=0) < 0 or sum(map(len, runs)) != lengths.sum():
        raise ValueError(texts)
    terms = [
        Counted(names=names, run=run, lengths=own) for names, run, own in zip(data["names"], runs, lengths, strict=True)
    ]
    if not all(map(_whole, terms)):
        raise ValueError(texts)
    return Read(views=[tuple(views) for views in data["views"]], codes=data["codes"], vectors=vectors, terms=terms)


def _whole(view: Counted) -> bool:
    """Whether every number of a view names a term."""
    named = isinstance(view.names, list) and all(isinstance(name, str) for name in view.names)
    return named and int(view.run.min(initial=0)) >= 0 and int(view.run.max(initial=-1)) < len(view.names)
