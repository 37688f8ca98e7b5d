"""Which questions ask the same: average-linkage clustering of encoder vectors (scipy). Pure: knows no records."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kb.encode.protocol import Matrix


def groups(vectors: Matrix, distance: float) -> list[int]:
    """Return a group number (from 0, in order of first appearance) for each vector.

    Args:
        vectors: shape `(n, dim)`, rows of length 1 or 0; a row of length 0 stands alone.
        distance: groups whose mean cosine distance (0-2) is below it are one. Memory grows with n²/2.
    """
    full = np.flatnonzero(vectors.any(axis=1))
    labels = np.arange(len(vectors)) + len(vectors) + 1
    if len(full) > 1:
        labels[full] = _linked(vectors[full], distance)
    first: dict[int, int] = {}
    return [first.setdefault(int(label), len(first)) for label in labels]


def _linked(vectors: Matrix, distance: float) -> npt.NDArray[np.int32]:
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(vectors.astype(np.float64), method="average", metric="cosine")
    found: npt.NDArray[np.int32] = fcluster(tree, distance, criterion="distance")
    return found
