"""The encoder's contract and the tiny deterministic encoder that ships beside it for tests."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kb.text.tokens import bigrams_of

Matrix = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Maps texts to unit vectors.

    `name` identifies the method and its weights: equal names must give equal vectors, because vectors are cached and
    snapshots are checked by it. `dim` is the vectors' length.
    """

    name: str
    dim: int

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return float32 of shape `(len(texts), dim)`, rows of Euclidean length 1 (or 0 for a text without content)."""
        ...


def unit_rows(matrix: npt.NDArray[np.floating]) -> Matrix:
    """Scale every row to length 1; zero rows stay zero."""
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.ascontiguousarray(np.divide(matrix, norms, out=np.zeros_like(matrix), where=norms > 0), dtype=np.float32)


class TinyEncoder:
    """Character bigrams hashed into a few dimensions. Needs nothing, forgets much; for tests and contract suites."""

    def __init__(self, dim: int = 64) -> None:
        self.dim = dim
        self.name = f"tiny-{dim}"

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one vector per text."""
        matrix = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for gram in bigrams_of(text):
                code = zlib.crc32(gram.encode("utf-8"))
                matrix[row, code % self.dim] += 1.0 if code & 0x10000 else -1.0
        return unit_rows(matrix)
