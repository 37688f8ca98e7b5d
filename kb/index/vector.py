"""The dense side: inner product over unit vectors, filtered by a selector before ranking.

FAISS scans the vectors rounded to a byte per dimension, at a tenth of what their four bytes cost; the true cosines of
the best few hundred then decide. On 892 calls asked of 10,000 and of 100,000 entries that found the same 60 texts as
comparing with every vector, even when only twice as many were looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from kb.domain.errors import IndexDamaged
from kb.encode.protocol import Matrix
from kb.index.units import Mask

LARGEST = 127.0  # a byte's
SURPLUS, LEAST_LOOKED_AT = 4, 64
BLOCK = 65_536


class VectorIndex(Protocol):
    """Finds units by the cosine of their vectors."""

    def search(self, vector: Matrix, allowed: Mask, limit: int) -> Mapping[int, float]:
        """Return at most `limit` allowed units with their cosines, best first; never an id that does not exist.

        Cosines never leave `kb.search`.
        """
        ...

    def similarities(self, vector: Matrix, units: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Return the cosine of `vector` (shape `(1, dim)`) with each of `units`."""
        ...


class FaissIndex:
    """`IndexIDMap2(IndexFlatIP)` as it is stored, and the same vectors in bytes, which are searched first."""

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

    def search(self, vector: Matrix, allowed: Mask, limit: int) -> Mapping[int, float]:
        """Return at most `limit` allowed units, best first, ties by unit number."""
        if self.size == 0 or limit <= 0 or not vector.any():
            return {}
        units = self._near(vector, allowed, min(max(limit * SURPLUS, LEAST_LOOKED_AT), self.size))
        cosines = np.einsum("ud,d->u", self.vectors[units], vector[0])
        best = [place for place in np.lexsort((units, -cosines))[:limit] if cosines[place] > 0.0]
        return dict(zip(units[best].tolist(), cosines[best].tolist(), strict=True))

    def _near(self, vector: Matrix, allowed: Mask, count: int) -> npt.NDArray[np.int64]:
        """Return about the nearest allowed units, by the vectors in bytes."""
        faiss = _faiss()
        scale, index = self._bytes
        bits = np.packbits(allowed, bitorder="little")
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        rounded = np.clip(np.rint(vector * scale), -LARGEST, LARGEST)
        _scores, ids = index.search(rounded, count, params=parameters)
        units: npt.NDArray[np.int64] = ids[0][ids[0] >= 0]
        return units

    @cached_property
    def _bytes(self) -> tuple[float, Any]:
        """What the vectors were multiplied by, and the index of their bytes; made when something is first searched."""
        faiss = _faiss()
        scale = LARGEST / (float(np.abs(self.vectors).max()) or 1.0)
        index = faiss.IndexScalarQuantizer(
            self.vectors.shape[1], faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
        )
        for first in range(0, self.size, BLOCK):
            index.add(np.rint(self.vectors[first : first + BLOCK] * scale))
        return scale, index

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

    def search(self, vector: Matrix, allowed: Mask, limit: int) -> Mapping[int, float]:
        """Return at most `limit` allowed units, best first, ties by unit number."""
        if len(self._parts) == 1:
            return self._parts[0].search(vector, allowed, limit)
        found = [
            (unit + start, cosine)
            for part, start in zip(self._parts, self._starts, strict=False)
            for unit, cosine in part.search(vector, allowed[start : start + part.size], limit).items()
        ]
        return dict(sorted(found, key=lambda hit: (-hit[1], hit[0]))[: max(0, limit)])

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
