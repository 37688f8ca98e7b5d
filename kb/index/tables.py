"""Units and items as arrays in the snapshot: compact, checked, and read without parsing a record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.domain.errors import IndexDamaged
from kb.domain.validity import Scope
from kb.index.units import ITEM_KINDS, SIDES, Item, ItemKind, Side, Unit, ordinal

ARRAYS = "units.safetensors"
TEXTS = "units.txt"
ITEMS = "items.json"
Ints = npt.NDArray[np.int64]


class UnitTable:
    """All units of a snapshot, addressed by unit number."""

    def __init__(self, items: Sequence[Item], item_of: Ints, sides: Ints, offsets: Ints, blob: bytes) -> None:
        self.items = list(items)
        self.item_of = item_of
        self._sides = sides
        self._offsets = offsets
        self._blob = blob
        self.units_of = _groups(item_of, len(self.items))
        self._first = np.array([item.first_day for item in items], dtype=np.int64)
        self._end = np.array([item.end_day for item in items], dtype=np.int64)
        self._internal = np.array([item.internal for item in items], dtype=bool)
        self._kinds = np.array([ITEM_KINDS.index(item.kind) for item in items], dtype=np.int64)
        self._regions = np.array([item.region for item in items], dtype=str)

    @classmethod
    def of(cls, items: Sequence[Item], units: Sequence[Unit]) -> UnitTable:
        """Build the table in memory."""
        encoded = [unit.text.encode("utf-8") for unit in units]
        offsets = np.concatenate(([0], np.cumsum([len(raw) for raw in encoded], dtype=np.int64))).astype(np.int64)
        return cls(
            items,
            np.array([unit.item for unit in units], dtype=np.int64),
            np.array([SIDES.index(unit.side) for unit in units], dtype=np.int64),
            offsets,
            b"".join(encoded),
        )

    def __len__(self) -> int:
        return len(self.item_of)

    def text(self, unit: int) -> str:
        """Return a unit's stored text."""
        return self._blob[self._offsets[unit] : self._offsets[unit + 1]].decode("utf-8")

    def side(self, unit: int) -> Side:
        """Return a unit's side."""
        return SIDES[int(self._sides[unit])]

    def allowed(self, scope: Scope, kinds: Sequence[ItemKind]) -> npt.NDArray[np.bool_]:
        """Return which units `scope` admits, as a mask over unit numbers."""
        day = ordinal(scope.as_of)
        items = (self._first <= day) & (day < self._end) & np.isin(self._kinds, [ITEM_KINDS.index(k) for k in kinds])
        if not scope.internal:
            items &= ~self._internal
        if scope.region is not None:
            items &= (self._regions == "") | (self._regions == scope.region)
        mask: npt.NDArray[np.bool_] = items[self.item_of] if len(self.items) else np.zeros(0, dtype=bool)
        return mask

    def save(self, folder: Path) -> None:
        """Write the three files of the table."""
        from safetensors.numpy import save_file

        save_file({"item_of": self.item_of, "sides": self._sides, "offsets": self._offsets}, folder / ARRAYS)
        (folder / TEXTS).write_bytes(self._blob)
        rows = [
            [i.item_id, i.kind, i.first_day, i.end_day, int(i.internal), i.region, list(i.categories)]
            for i in self.items
        ]
        (folder / ITEMS).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> UnitTable:
        """Read the table.

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
            return cls(items, arrays["item_of"], arrays["sides"], arrays["offsets"], (folder / TEXTS).read_bytes())
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise IndexDamaged(f"索引的单元表读不出来：{error}") from None


def _groups(item_of: Ints, items: int) -> list[Ints]:
    """Return the unit numbers of each item."""
    order = np.argsort(item_of, kind="stable")
    bounds = np.searchsorted(item_of[order], np.arange(items + 1))
    return [order[bounds[i] : bounds[i + 1]] for i in range(items)]
