"""The dense side: FAISS, exact inner product over unit vectors, filtered by a selector before ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from kb.domain.errors import IndexDamaged
from kb.encode.protocol import Matrix
from kb.index.units import Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitHit:
    """One unit with its cosine. Cosines never leave `kb.search`."""

    unit: int
    score: float


class VectorIndex(Protocol):
    """Finds units by the cosine of their vectors."""

    def search(self, vector: Matrix, allowed: Mask, limit: int) -> list[UnitHit]:
        """Return at most `limit` allowed units, best first; never an id that does not exist."""
        ...

    def similarities(self, vector: Matrix, units: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Return the cosine of `vector` (shape `(1, dim)`) with each of `units`."""
        ...


class FaissIndex:
    """`IndexIDMap2(IndexFlatIP)`: exact at the sizes one machine holds, and deletes properly."""

    def __init__(self, index: Any) -> None:  # noqa: ANN401 - faiss ships no types
        self._index = index
        flat = index.index
        self.vectors = _as_array(flat)

    @classmethod
    def build(cls, vectors: Matrix) -> FaissIndex:
        """Index `vectors`; row number = unit number."""
        growing = GrowingVectors(vectors.shape[1])
        growing.add(vectors)
        return growing.whole()

    @classmethod
    def merged(cls, indexes: Sequence[FaissIndex]) -> FaissIndex:
        """Put indexes together, their units end to end."""
        return cls.build(np.concatenate([index.vectors for index in indexes]))

    @classmethod
    def load(cls, path: Path) -> FaissIndex:
        """Read an index whose checksum was verified before.

        Raises:
            IndexDamaged: FAISS refuses the file.
        """
        faiss = _faiss()
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise IndexDamaged(f"向量索引打不开：{error}") from None

    def save(self, path: Path) -> None:
        """Write the index; the snapshot builder fsyncs and checksums it."""
        faiss = _faiss()
        faiss.write_index(self._index, str(path))

    @property
    def size(self) -> int:
        """Number of vectors."""
        return int(self._index.ntotal)

    def search(self, vector: Matrix, allowed: Mask, limit: int) -> list[UnitHit]:
        """Return at most `limit` allowed units, best first, ties by unit number."""
        faiss = _faiss()
        if self.size == 0 or limit <= 0 or not vector.any():
            return []
        bits = np.packbits(allowed, bitorder="little")
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        scores, ids = self._index.search(vector, min(limit, self.size), params=parameters)
        hits = [
            UnitHit(unit=int(i), score=float(s)) for s, i in zip(scores[0], ids[0], strict=True) if i >= 0 and s > 0.0
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.unit))

    def similarities(self, vector: Matrix, units: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Return the cosine of `vector` with each of `units`."""
        if not len(units):
            return np.zeros(0, dtype=np.float32)
        product: npt.NDArray[np.float32] = self.vectors[units] @ vector[0]
        return product


class GrowingVectors:
    """An index being filled, block by block."""

    def __init__(self, dim: int) -> None:
        faiss = _faiss()
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))

    def add(self, vectors: Matrix) -> None:
        """Add vectors as the next units."""
        if len(vectors):
            first = int(self._index.ntotal)
            self._index.add_with_ids(vectors, np.arange(first, first + len(vectors), dtype=np.int64))

    def whole(self) -> FaissIndex:
        """Return the finished index; nothing may be added afterwards."""
        return FaissIndex(self._index)


class JoinedVectors:
    """Several indexes as one, their units end to end: what a grown snapshot searches."""

    def __init__(self, parts: Sequence[FaissIndex]) -> None:
        self._parts = tuple(parts)
        self._starts = list(accumulate((part.size for part in parts), initial=0))

    @property
    def size(self) -> int:
        """Number of vectors."""
        return self._starts[-1]

    def search(self, vector: Matrix, allowed: Mask, limit: int) -> list[UnitHit]:
        """Return at most `limit` allowed units, best first, ties by unit number."""
        hits = [
            UnitHit(unit=hit.unit + start, score=hit.score)
            for part, start in zip(self._parts, self._starts, strict=False)
            for hit in part.search(vector, allowed[start : start + part.size], limit)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.unit))[: max(0, limit)]

    def similarities(self, vector: Matrix, units: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Return the cosine of `vector` with each of `units`."""
        if not len(units):
            return np.zeros(0, dtype=np.float32)
        if len(self._parts) == 1:
            return self._parts[0].similarities(vector, units)
        owners = np.searchsorted(self._starts, units, "right") - 1
        found = np.zeros(len(units), dtype=np.float32)
        for owner in np.unique(owners).tolist():
            mine = owners == owner
            found[mine] = self._parts[owner].similarities(vector, units[mine] - self._starts[owner])
        return found


def _as_array(flat: Any) -> Matrix:  # noqa: ANN401 - faiss ships no types
    """View the flat storage as `(n, dim)` without copying."""
    faiss = _faiss()
    if flat.ntotal == 0:
        return np.zeros((0, flat.d), dtype=np.float32)
    view: Matrix = faiss.rev_swig_ptr(faiss.downcast_index(flat).get_xb(), flat.ntotal * flat.d).reshape(-1, flat.d)
    return view


def _faiss() -> Any:  # noqa: ANN401 - its published types miss half of what it has
    """Import FAISS when it is first needed (0.2 s). One thread: at these sizes waking others costs more."""
    import faiss

    faiss.omp_set_num_threads(1)

    return faiss
