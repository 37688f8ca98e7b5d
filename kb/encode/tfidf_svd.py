"""TF-IDF with truncated SVD (latent semantic analysis), fitted on the knowledge itself: no weights to ship.

Deerwester et al. 1990, "Indexing by latent semantic analysis". Sub-linear term frequency, smoothed idf, arpack on a
fixed start vector, signs fixed by the largest component: equal knowledge gives equal vectors.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kb.domain.errors import EncoderUnavailable
from kb.encode.protocol import Matrix, unit_rows
from kb.text.tokens import Analyser

if TYPE_CHECKING:
    from scipy.sparse import csr_array

FITTED = "tfidf-svd"
MAX_FEATURES = 60_000
MAX_FIT_ROWS = 30_000
DENSE_SIDE = 400
WEIGHTS = "tfidf_svd.safetensors"
VOCABULARY = "tfidf_svd.vocabulary.txt"


class TfidfSvdEncoder:
    """Words and character bigrams, weighted by idf, projected on the knowledge's main directions."""

    def __init__(
        self, analyser: Analyser, vocabulary: Sequence[str], idf: npt.NDArray[np.float32], components: Matrix
    ) -> None:
        self._analyser = analyser
        self._vocabulary = list(vocabulary)
        self._index = {term: column for column, term in enumerate(vocabulary)}
        self._idf = idf
        self._components = components
        self._projection = np.ascontiguousarray(components.T)
        self.dim = int(components.shape[0])
        self.name = f"{FITTED}-{self.dim}-{self._fingerprint()}"

    @classmethod
    def fit(cls, analyser: Analyser, texts: Sequence[str], dim: int = 192) -> TfidfSvdEncoder:
        """Fit on texts (evenly thinned beyond 30,000); fewer dimensions when the texts span fewer."""
        step = max(1, -(-len(texts) // MAX_FIT_ROWS))
        rows = [_features(analyser, text) for text in dict.fromkeys(texts[::step])]
        frequency = Counter(term for row in rows for term in row)
        ranked = sorted(frequency.items(), key=lambda item: (-item[1], item[0]))[:MAX_FEATURES]
        vocabulary = sorted(term for term, _count in ranked)
        counts = np.array([frequency[term] for term in vocabulary], dtype=np.float32)
        idf = (np.log((1 + len(rows)) / (1 + counts)) + 1).astype(np.float32)
        encoder = cls(analyser, vocabulary, idf, np.zeros((1, len(vocabulary)), dtype=np.float32))
        return cls(analyser, vocabulary, idf, _components(encoder._matrix(rows), dim))

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one unit vector per text; a text without known terms gets zeros."""
        if not texts or not self._vocabulary:
            return np.zeros((len(texts), self.dim), dtype=np.float32)
        return unit_rows(self._matrix(_features(self._analyser, text) for text in texts) @ self._projection)

    def save(self, folder: Path) -> list[Path]:
        """Write the fitted arrays and vocabulary; return the files written."""
        from safetensors.numpy import save_file

        weights, words = folder / WEIGHTS, folder / VOCABULARY
        save_file({"idf": self._idf, "components": np.ascontiguousarray(self._components)}, weights)
        words.write_text("\n".join(self._vocabulary), encoding="utf-8")
        return [weights, words]

    @classmethod
    def load(cls, analyser: Analyser, folder: Path) -> TfidfSvdEncoder:
        """Read a fitted encoder.

        Raises:
            EncoderUnavailable: a file is missing or unreadable.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            arrays = load_file(folder / WEIGHTS)
            text = (folder / VOCABULARY).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError, SafetensorError) as error:
            raise EncoderUnavailable(f"编码器文件无法读取：{error}", hint="请重建索引：zhida doctor --repair") from None
        return cls(analyser, text.split("\n") if text else [], arrays["idf"], arrays["components"])

    def _matrix(self, rows: Iterable[Counter[str]]) -> csr_array:
        from scipy.sparse import csr_array

        data: list[float] = []
        columns: list[int] = []
        offsets = [0]
        for row in rows:
            known = sorted((self._index[term], count) for term, count in row.items() if term in self._index)
            weights = np.array([(1 + np.log(n)) * self._idf[column] for column, n in known], dtype=np.float32)
            norm = float(np.linalg.norm(weights)) or 1.0
            columns.extend(column for column, _ in known)
            data.extend(weights / norm)
            offsets.append(len(columns))
        shape = (len(offsets) - 1, max(1, len(self._vocabulary)))
        return csr_array(
            (np.array(data, dtype=np.float32), np.array(columns, dtype=np.int32), np.array(offsets, dtype=np.int32)),
            shape=shape,
        )

    def _fingerprint(self) -> str:
        sha = hashlib.sha256("\n".join(self._vocabulary).encode())
        sha.update(np.ascontiguousarray(self._components).tobytes())
        sha.update(np.ascontiguousarray(self._idf).tobytes())
        return sha.hexdigest()[:10]


def _features(analyser: Analyser, text: str) -> Counter[str]:
    tokens = analyser.tokens(text)
    return Counter([f"w:{word}" for word in tokens.words] + list(tokens.bigrams))


def _components(matrix: csr_array, dim: int) -> Matrix:
    """Return the leading right singular vectors with fixed signs.

    Small matrices are decomposed densely: ARPACK restarts from random vectors where rank is short, and equal knowledge
    must give equal vectors.
    """
    rank = min(dim, *(side - 1 for side in matrix.shape))
    if rank < 1:
        return np.eye(1, matrix.shape[1], dtype=np.float32)
    right = _dense_vectors(matrix, rank) if min(matrix.shape) <= DENSE_SIDE else _sparse_vectors(matrix, rank)
    largest = np.abs(right).argmax(axis=1)
    signs = np.sign(right[np.arange(len(right)), largest])
    return np.ascontiguousarray(right * signs[:, None], dtype=np.float32)


def _dense_vectors(matrix: csr_array, rank: int) -> npt.NDArray[np.float64]:
    _left, values, right = np.linalg.svd(matrix.toarray().astype(np.float64), full_matrices=False)
    kept = max(1, int((values[:rank] > 1e-8 * values[0]).sum()))
    return right[:kept]


def _sparse_vectors(matrix: csr_array, rank: int) -> npt.NDArray[np.float64]:
    from scipy.sparse.linalg import svds

    generator = np.random.default_rng(95598)
    start = generator.standard_normal(min(matrix.shape))
    _left, _values, right = svds(matrix.astype(np.float64), k=rank, v0=start, solver="arpack", rng=generator)
    vectors: npt.NDArray[np.float64] = right[::-1]
    return vectors
