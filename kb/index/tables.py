"""Units and items as arrays in the snapshot: compact, checked, and read without parsing a record.

A table is one part, or several laid end to end: a snapshot grows by a part that holds only what changed, and the items
it replaces are dead. Item and unit numbers run through all parts.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import overload

import numpy as np
import numpy.typing as npt

from kb.domain.errors import IndexDamaged
from kb.domain.validity import Scope
from kb.index.units import ITEM_KINDS, SIDES, Item, ItemKind, Mask, Side, Unit, ordinal

ARRAYS = "units.safetensors"
TEXTS = "units.txt"
ITEMS = "items.json"
Ints = npt.NDArray[np.int64]
NOBODY = np.zeros(0, dtype=np.int64)


def members(bounds: npt.NDArray[np.integer], groups: Ints) -> tuple[Ints, Ints]:
    """Return the places of all members of some groups, group by group, and how many each has.

    `bounds` say where each group's members begin, and where the last one's end.
    """
    starts = bounds[groups]
    counts = bounds[groups + 1] - starts
    before = np.cumsum(counts) - counts
    return np.arange(int(counts.sum())) + np.repeat(starts - before, counts), counts


class Texts:
    """The texts of consecutive units: one run of bytes and where each text begins and ends."""

    def __init__(self, offsets: Ints, blob: bytes) -> None:
        self.offsets = offsets
        self.blob = blob

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """Pack texts."""
        encoded = [text.encode("utf-8") for text in texts]
        ends = np.cumsum([len(raw) for raw in encoded], dtype=np.int64)
        return cls(np.concatenate((np.zeros(1, dtype=np.int64), ends)), b"".join(encoded))

    @classmethod
    def joined(cls, several: Sequence[Texts]) -> Texts:
        """Lay several runs end to end."""
        starts = accumulate((len(texts.blob) for texts in several), initial=0)
        shifted = [texts.offsets[:-1] + start for texts, start in zip(several, starts, strict=False)]
        blob = b"".join(texts.blob for texts in several)
        return cls(np.concatenate([*shifted, np.array([len(blob)], dtype=np.int64)]), blob)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> str:
        return self.blob[self.offsets[number] : self.offsets[number + 1]].decode("utf-8")


class Groups(Sequence[Ints]):
    """The unit numbers of each item, cut from one array when asked for."""

    def __init__(self, item_of: Ints, items: int) -> None:
        self._order: Ints = np.argsort(item_of, kind="stable")
        self._bounds: Ints = np.searchsorted(item_of[self._order], np.arange(items + 1))

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def together(self, items: Ints) -> tuple[Ints, Ints]:
        """Return the unit numbers of several items end to end, and how many each has."""
        places, counts = members(self._bounds, items)
        return self._order[places], counts

    @overload
    def __getitem__(self, item: int) -> Ints: ...
    @overload
    def __getitem__(self, item: slice) -> list[Ints]: ...
    def __getitem__(self, item: int | slice) -> Ints | list[Ints]:
        if isinstance(item, slice):
            return [self[number] for number in range(*item.indices(len(self)))]
        if not 0 <= item < len(self):
            raise IndexError(item)
        return self._order[self._bounds[item] : self._bounds[item + 1]]


class UnitTable:
    """All units of a snapshot, addressed by unit number. `dead` items are admitted by no scope."""

    def __init__(
        self, items: Sequence[Item], item_of: Ints, sides: Ints, texts: Sequence[Texts], dead: Ints = NOBODY
    ) -> None:
        self.items = list(items)
        self.item_of = item_of
        self.dead = dead
        self.sides = sides
        self.texts = tuple(texts)
        self._starts = list(accumulate((len(part) for part in texts), initial=0))
        self.units_of = Groups(item_of, len(self.items))
        self._first = np.array([item.first_day for item in items], dtype=np.int64)
        self._end = np.array([item.end_day for item in items], dtype=np.int64)
        self._internal = np.array([item.internal for item in items], dtype=bool)
        self.kinds = np.array([ITEM_KINDS.index(item.kind) for item in items], dtype=np.int8)
        self._regions = np.array([item.region for item in items], dtype=str)
        self._alive = np.ones(len(self.items), dtype=bool)
        self._alive[dead] = False

    @classmethod
    def of(cls, items: Sequence[Item], units: Sequence[Unit]) -> UnitTable:
        """Build a table of one part in memory."""
        return cls(
            items,
            np.array([unit.item for unit in units], dtype=np.int64),
            np.array([SIDES.index(unit.side) for unit in units], dtype=np.int64),
            [Texts.of(unit.text for unit in units)],
        )

    @classmethod
    def joined(cls, tables: Sequence[UnitTable], dead: Ints = NOBODY) -> UnitTable:
        """Lay tables end to end; no text is copied. `dead` are item numbers of the result."""
        starts = accumulate((len(table.items) for table in tables), initial=0)
        return cls(
            [item for table in tables for item in table.items],
            np.concatenate([table.item_of + start for table, start in zip(tables, starts, strict=False)]),
            np.concatenate([table.sides for table in tables]),
            [texts for table in tables for texts in table.texts],
            dead,
        )

    def __len__(self) -> int:
        return len(self.item_of)

    def text(self, unit: int) -> str:
        """Return a unit's stored text."""
        part = bisect_right(self._starts, unit) - 1
        return self.texts[part][unit - self._starts[part]]

    def side(self, unit: int) -> Side:
        """Return a unit's side."""
        return SIDES[int(self.sides[unit])]

    def allowed(self, scope: Scope, kinds: Sequence[ItemKind]) -> Mask:
        """Return which units `scope` admits, as a mask over unit numbers."""
        return self.admitted(scope, kinds)[self.item_of] if len(self.items) else np.zeros(0, dtype=bool)

    def admitted(self, scope: Scope, kinds: Sequence[ItemKind]) -> Mask:
        """Return which items `scope` admits, as a mask over item numbers."""
        day = ordinal(scope.as_of)
        items: Mask = (self._first <= day) & (day < self._end) & self._alive
        items &= np.isin(self.kinds, [ITEM_KINDS.index(kind) for kind in kinds])
        if not scope.internal:
            items &= ~self._internal
        if scope.region is not None:
            items &= (self._regions == "") | (self._regions == scope.region)
        return items

    def save(self, folder: Path) -> None:
        """Write the three files of the table, as one part. Which items are dead is the snapshot's to remember."""
        from safetensors.numpy import save_file

        texts = Texts.joined(self.texts)
        save_file({"item_of": self.item_of, "sides": self.sides, "offsets": texts.offsets}, folder / ARRAYS)
        (folder / TEXTS).write_bytes(texts.blob)
        rows = [
            [i.item_id, i.kind, i.first_day, i.end_day, int(i.internal), i.region, list(i.categories)]
            for i in self.items
        ]
        (folder / ITEMS).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> UnitTable:
        """Read one part.

        Raises:
            IndexDamaged: a file is missing or inconsistent.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            arrays = load_file(folder / ARRAYS)
            rows = json.loads((folder / ITEMS).read_text(encoding="utf-8"))
            items = [
                Item(item_id=i, kind=k, first_day=f, end_day=e, internal=bool(n), region=r, categories=tuple(c))
                for i, k, f, e, n, r, c in rows
            ]
            texts = Texts(arrays["offsets"], (folder / TEXTS).read_bytes())
            return cls(items, arrays["item_of"], arrays["sides"], [texts])
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise IndexDamaged(f"索引的单元表读不出来：{error}") from None
