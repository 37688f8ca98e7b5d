"""Exact phrasing hits: a sorted table of hashes of normalised question-side texts, built once with the snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.domain.errors import IndexDamaged
from kb.index.units import Unit
from kb.text.tokens import Analyser

FILE = "exact.safetensors"


def squeezed(text: str) -> str:
    """Return normalised text without punctuation and spaces: what must agree for a hit to be exact.

    A decimal point and a percent sign after a digit stay: 1.5千瓦 is not 15千瓦.
    """
    return "".join(
        char
        for place, char in enumerate(text)
        if char.isalnum() or (char in ".%‰" and place > 0 and text[place - 1].isdigit())
    )


def _hash(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode("utf-8")).digest()[:8], "big")


class ExactTable:
    """Maps a normalised question to the items that carry exactly this phrasing.

    64-bit hashes: with a million phrasings two different ones collide with probability 3e-8.
    """

    def __init__(self, hashes: npt.NDArray[np.uint64], items: npt.NDArray[np.int64]) -> None:
        self._hashes = hashes
        self._items = items

    @classmethod
    def of(cls, units: Sequence[Unit], analyser: Analyser) -> ExactTable:
        """Build the table from the question side of all units."""
        pairs = {
            (_hash(key), unit.item)
            for unit in units
            if unit.side == "question" and (key := squeezed(analyser.normalise(unit.text).text))
        }
        ordered = sorted(pairs)
        return cls(
            np.array([code for code, _item in ordered], dtype=np.uint64),
            np.array([item for _code, item in ordered], dtype=np.int64),
        )

    def find(self, normalised: str) -> list[int]:
        """Return the items with this phrasing, in item order."""
        key = squeezed(normalised)
        if not key:
            return []
        code = np.uint64(_hash(key))
        first, last = np.searchsorted(self._hashes, code, "left"), np.searchsorted(self._hashes, code, "right")
        return [int(item) for item in self._items[first:last]]

    def save(self, folder: Path) -> None:
        """Write the table."""
        from safetensors.numpy import save_file

        save_file({"hashes": self._hashes, "items": self._items}, folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> ExactTable:
        """Read the table.

        Raises:
            IndexDamaged: it is missing or unreadable.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            arrays = load_file(folder / FILE)
            return cls(arrays["hashes"], arrays["items"])
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise IndexDamaged(f"精确匹配表读不出来：{error}") from None
