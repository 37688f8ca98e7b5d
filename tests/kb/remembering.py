"""jieba's dictionary, read once for all of a worker's tests.

Every fresh data folder reads it anew, 0.75 s from the text. That is a function of the bytes read, so what was made of
the same bytes before is copied; files are opened, written and checked as ever.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO, Any

import pytest

Frequencies = tuple[dict[str, int], int]
KEPT = 4


class Remembered:
    """A function of a file's bytes that remembers its last few results; each caller gets a dictionary of their own."""

    def __init__(self, make: Callable[[IO[bytes]], Frequencies]) -> None:
        self._make = make
        self._made: list[tuple[bytes, Frequencies]] = []

    def __call__(self, file: IO[bytes]) -> Frequencies:
        data = file.read()
        found = next((made for known, made in self._made if known == data), None)
        if found is None:
            found = self._make(io.BytesIO(data))
            self._made = [*self._made[1 - KEPT :], (data, found)]
        frequencies, total = found
        return dict(frequencies), total


def remember_dictionary(patch: pytest.MonkeyPatch) -> None:
    """Let jieba remember, until the patch is undone."""
    import jieba

    parse = Remembered(jieba.Tokenizer.gen_pfdict)

    def parsed(file: Any) -> Frequencies:
        with file:
            return parse(file)

    patch.setattr(jieba.Tokenizer, "gen_pfdict", staticmethod(parsed))
