"""Exact phrasing hits: a sorted table of hashes of normalised question-side texts, built once with the snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.domain.errors import IndexDamaged

FILE = "exact.safetensors"


def squeezed(text: str) -> str:
    """Return normalised text without punctuation and spaces: what must agree for a hit to be exact.

    A decimal point and a percent sign after a digit stay: 1.5千瓦 is not 15千瓦.
    """
    if text.isalnum():
        return text
    return "".join(
        char
        for place, char in enumerate(text)
        if char.isalnum() or (char in ".%‰" and place > 0 and text[place - 1].isdigit())
    )


def _hash(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode("utf-8")).digest()[:8], "big")


class ExactTable:
    """Maps a normalised question to the items that carry exactly this phrasing.

    64-bit hashes: with a million phrasings two different ones collide with probability 3e-8. A table is one part, or
    several searched in turn.
    """

    def __init__(self, parts: Sequence[tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]]) -> None:
        self.parts = tuple(parts)

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]]) -> ExactTable:
        """Build the table from (hash, item)."""
        ordered = sorted(set(pairs))
        hashes = np.array([code for code, _item in ordered], dtype=np.uint64)
        return cls([(hashes, np.array([item for _code, item in ordered], dtype=np.int64))])

    @classmethod
    def joined(cls, tables: Sequence[ExactTable], starts: Sequence[int]) -> ExactTable:
        """Put tables together; the items of each are counted from its start."""
        return cls(
            [
                (hashes, items + start)
                for table, start in zip(tables, starts, strict=True)
                for hashes, items in table.parts
            ]
        )

    def find(self, normalised: str) -> list[int]:
        """Return the items with this phrasing, in item order."""
        key = squeezed(normalised)
        if not key:
            return []
        code, found = np.uint64(_hash(key)), []
        for hashes, items in self.parts:
            first, last = np.searchsorted(hashes, code, "left"), np.searchsorted(hashes, code, "right")
            found += [int(item) for item in items[first:last]]
        return sorted(found)

    def save(self, folder: Path) -> None:
        """Write the table, as one part."""
        from safetensors.numpy import save_file

        hashes = np.concatenate([hashes for hashes, _items in self.parts])
        items = np.concatenate([items for _hashes, items in self.parts])
        order = np.lexsort((items, hashes))
        save_file({"hashes": hashes[order], "items": items[order]}, folder / FILE)

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
            return cls([(arrays["hashes"], arrays["items"])])
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise IndexDamaged(f"精确匹配表读不出来：{error}") from None


def code_of(normalised: str) -> int | None:
    """Return the hash of a normalised text's exact phrasing, or None where only punctuation is left."""
    key = squeezed(normalised)
    return _hash(key) if key else None
