"""Which questions ask the same: average-linkage clustering (scipy) of how alike they are. Pure: knows no records.

Two questions are alike by their vectors and by how they see the knowledge: which existing questions are nearest to
each, weighed by nearness. Callers' words for one thing differ; what they are nearest to differs less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.encode.protocol import Matrix

BLOCK = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Question vectors of the knowledge in force, those of one entry together: entry `i` has `starts[i]` to the next.

    Every entry has at least one. Only the `nearest` entries of a question count (none where it is 0), each by
    `exp(cosine / warmth)`.
    """

    rows: Matrix
    starts: npt.NDArray[np.int64]
    nearest: int
    warmth: float


def groups(vectors: Matrix, distance: float, known: Known | None = None) -> list[int]:
    """Return a group number (from 0, in order of first appearance) for each vector.

    Args:
        vectors: shape `(n, dim)`, rows of length 1 or 0; a row of length 0 stands alone.
        distance: groups whose mean distance (1 - likeness, 0-2) is below it are one. Memory grows with n².
        known: what the questions are seen against; without any their vectors alone count.
    """
    full = np.flatnonzero(vectors.any(axis=1))
    labels = np.arange(len(vectors)) + len(vectors) + 1
    if len(full) > 1:
        labels[full] = _linked(likeness(vectors[full], known), distance)
    first: dict[int, int] = {}
    return [first.setdefault(int(label), len(first)) for label in labels]


def likeness(vectors: Matrix, known: Known | None = None) -> npt.NDArray[np.float64]:
    """Return how alike unit vectors are (n x n, cosines), half of it by what of the knowledge they are nearest to."""
    alike: npt.NDArray[np.float64] = (vectors @ vectors.T).astype(np.float64)
    if known is None or not known.nearest or not len(known.starts):
        return alike
    from scipy.sparse import csr_array

    columns, weights = _views(vectors, known)
    many = columns.shape[1]
    ends = np.arange(len(vectors) + 1) * many
    seen = csr_array((weights.ravel(), columns.ravel(), ends), shape=(len(vectors), len(known.starts)))
    return np.asarray((alike + (seen @ seen.T).toarray()) / 2, dtype=np.float64)


def _views(vectors: Matrix, known: Known) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return each question's nearest entries and their weights, a row of length 1 each."""
    many = min(known.nearest, len(known.starts))
    columns, weights = np.zeros((len(vectors), many), dtype=np.int64), np.zeros((len(vectors), many))
    for start in range(0, len(vectors), BLOCK):
        block = slice(start, start + BLOCK)
        near = np.maximum.reduceat(vectors[block] @ known.rows.T, known.starts, axis=1)
        best = np.argpartition(-near, many - 1, axis=1)[:, :many]
        scores = np.take_along_axis(near, best, axis=1).astype(np.float64)
        warm = np.exp((scores - scores.max(axis=1, keepdims=True)) / known.warmth)
        columns[block], weights[block] = best, warm / np.linalg.norm(warm, axis=1, keepdims=True)
    return columns, weights


def _linked(alike: npt.NDArray[np.float64], distance: float) -> npt.NDArray[np.int32]:
    from scipy.cluster.hierarchy import fcluster, linkage

    upper = np.triu_indices(len(alike), 1)
    tree = linkage(np.clip(1.0 - alike[upper], 0.0, 2.0), method="average")
    found: npt.NDArray[np.int32] = fcluster(tree, distance, criterion="distance")
    return found
