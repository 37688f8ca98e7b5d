"""Where training starts: words and characters that keep the same company lie close from the first step.

Positive pointwise mutual information of neighbours within a window, factored by a truncated SVD; contexts smoothed to
the power of 0.75 (Levy, Goldberg & Dagan 2015, "Improving distributional similarity with lessons learned from word
embeddings"). Contrastive pairs then teach what the words mean here; the many words they never touch keep this start.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Cut = Callable[[str], Sequence[str]]

RUN = re.compile(r"[\u4e00-\u9fff]{2,}")
SMOOTHED = 0.75
NOISE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """How neighbours are counted: within `window` tokens, nearer ones more, tokens seen `least` times or more.

    `most` tokens get a vector; the `contexts` most frequent count as neighbours.
    """

    window: int
    least: int
    most: int
    contexts: int


WORDS = Company(window=4, least=5, most=60_000, contexts=20_000)
CHARACTERS = Company(window=3, least=5, most=6_000, contexts=6_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Unit vectors of words and of characters."""

    words: Mapping[str, Floats]
    characters: Mapping[str, Floats]

    @classmethod
    def of(cls, texts: Iterable[str], cut: Cut, dim: int) -> Start:
        """Count over the runs of Chinese characters of texts, each distinct run once; `cut` cuts a run into words."""
        runs = list(dict.fromkeys(run for text in texts for run in RUN.findall(text)))
        return cls(words=vectors([cut(run) for run in runs], WORDS, dim), characters=vectors(runs, CHARACTERS, dim))

    def rows(self, tokens: Sequence[str], dim: int, seed: int) -> Floats:
        """Return one row per token of the encoder's views, shape `(len(tokens), dim)`: known ones near their vector.

        A bigram that is a word starts as the word, any other as the mean of its characters; sounds start anywhere.
        """
        chance = np.random.default_rng(seed)
        start = (chance.standard_normal((len(tokens), dim)) / math.sqrt(dim)).astype(np.float32)
        for place, token in enumerate(tokens):
            known = self._known(token)
            if known is not None:
                start[place] = known + NOISE * start[place]
        return start

    def _known(self, token: str) -> Floats | None:
        view, text = token[0], token[2:]
        if view == "c":
            return self.characters.get(text)
        if view == "w" or (view == "b" and text in self.words):
            return self.words.get(text)
        if view == "b":
            parts = [self.characters[character] for character in text if character in self.characters]
            return np.mean(parts, axis=0, dtype=np.float32) if parts else None
        return None


def vectors(runs: Sequence[Sequence[str]], company: Company, dim: int) -> dict[str, Floats]:
    """Return a unit vector of length `dim` per token; fewer dimensions than that where there are too few tokens."""
    from sklearn.utils.extmath import randomized_svd

    counts = Counter(token for run in runs for token in run)
    known = [token for token, count in counts.most_common(company.most) if count >= company.least]
    information = _information(_numbered(runs, known, company.window), len(known), company)
    if min(information.shape) <= dim:
        return {}
    left, strength, _right = randomized_svd(information, dim, n_iter=4, random_state=0)
    rows = left * np.sqrt(strength)
    rows -= rows.mean(axis=0)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return dict(zip(known, rows.astype(np.float32), strict=True))


def _numbered(runs: Sequence[Sequence[str]], known: Sequence[str], window: int) -> npt.NDArray[np.int32]:
    """Return all runs as one row of token numbers, -1 for unknown tokens and for the gap between two runs."""
    numbers = {token: number for number, token in enumerate(known)}
    gap = [-1] * window
    flat: list[int] = []
    for run in runs:
        flat += [numbers.get(token, -1) for token in run]
        flat += gap
    return np.array(flat, dtype=np.int32)


def _information(flat: npt.NDArray[np.int32], known: int, company: Company) -> Any:  # noqa: ANN401 - scipy's stubs
    """Return the positive pointwise mutual information, a sparse matrix of shape `(known, contexts)`."""
    from scipy.sparse import csr_matrix

    shape = (known, min(company.contexts, known))
    counts: Any = csr_matrix(np.zeros((0, 0), dtype=np.float32))
    counts.resize(shape)
    for distance in range(1, company.window + 1):
        share = (company.window - distance + 1) / company.window
        for one, other in ((flat[:-distance], flat[distance:]), (flat[distance:], flat[:-distance])):
            both = (one >= 0) & (other >= 0) & (other < shape[1])
            ones = np.full(int(both.sum()), share, dtype=np.float32)
            counts = counts + csr_matrix((ones, (one[both], other[both])), shape=shape)
    pairs = counts.tocoo()
    rows, contexts = np.asarray(counts.sum(axis=1)).ravel(), np.asarray(counts.sum(axis=0)).ravel() ** SMOOTHED
    contexts = contexts / max(float(contexts.sum()), 1e-9)
    values = np.log(pairs.data / (rows[pairs.row] * contexts[pairs.col]))
    kept = values > 0
    return csr_matrix((values[kept], (pairs.row[kept], pairs.col[kept])), shape=shape)
