"""The bundled encoder: trained static embeddings of words, characters, bigrams and pinyin, summed and normalised.

Stored as a sentence-transformers directory (one `StaticEmbedding` module and `Normalize`) and applied here with numpy:
importing sentence-transformers costs more than answering a question. A stored token is `view:token`, so that the model
read by sentence-transformers gives the same vectors for the joined tokens (`" ".join(views(tokens))`).
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.domain.errors import EncoderUnavailable
from kb.encode.protocol import Matrix, unit_rows
from kb.text.tokens import Analyser, Tokens, bigrams_of, pinyin_bigrams_of

FAMILY = "static"
MODULE = "0_StaticEmbedding"
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
KEY = "embedding.weight"
VIEWS = ("w:", "c:", "b:", "y:")
MANY = 256  # texts; below that, importing and setting up the sparse product costs more than it saves
Ints = npt.NDArray[np.int32]


def views(tokens: Tokens) -> list[str]:
    """Return what a text is to the encoder: its distinct words, characters, bigrams and sounds, marked by view."""
    characters = dict.fromkeys(character for character in tokens.text if character.isalnum())
    return [
        *(f"w:{word}" for word in dict.fromkeys(tokens.words)),
        *(f"c:{character}" for character in characters),
        *(f"b:{gram}" for gram in dict.fromkeys(tokens.bigrams)),
        *(f"y:{gram}" for gram in dict.fromkeys(tokens.pinyin)),
    ]


class StaticEncoder:
    """Sums one trained vector per token. Unknown tokens count nothing. `folder` is where it was loaded from, if any."""

    def __init__(self, analyser: Analyser, vocabulary: Sequence[str], weights: npt.NDArray[np.float16]) -> None:
        self._analyser = analyser
        self._rows = _rows_by_view(vocabulary)
        self._weights = weights
        self.folder: Path | None = None
        self.dim = int(weights.shape[1])
        self.name = f"{FAMILY}-{self.dim}-{_fingerprint(vocabulary, weights)}"

    @classmethod
    def load(cls, analyser: Analyser, folder: Path) -> StaticEncoder:
        """Read the directory.

        Raises:
            EncoderUnavailable: a file is missing, unreadable or disagrees with the other.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            weights = load_file(folder / MODULE / WEIGHTS)[KEY]
            vocabulary = json.loads((folder / MODULE / TOKENIZER).read_text(encoding="utf-8"))["model"]["vocab"]
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise EncoderUnavailable(f"自带编码器读不出来：{error}", hint="请重新安装") from None
        if len(vocabulary) != len(weights):
            raise EncoderUnavailable("自带编码器的词表与权重对不上", hint="请重新安装")
        encoder = cls(analyser, sorted(vocabulary, key=vocabulary.__getitem__), weights.astype(np.float16))
        encoder.folder = folder
        return encoder

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one unit vector per text; zeros for a text without a known token."""
        return self._summed([self._analyser.tokens(text) for text in texts])

    def words(self, words: Sequence[str]) -> Matrix:
        """Return one unit vector per single word of normalised text, which is neither normalised nor cut again."""
        return self._summed(
            [
                Tokens(text=word, words=(word,), bigrams=bigrams_of(word), pinyin=pinyin_bigrams_of(word))
                for word in words
            ]
        )

    def _summed(self, texts: Sequence[Tokens]) -> Matrix:
        rows: list[int] = []
        ends = []
        for tokens in texts:
            rows += self._known(tokens)
            ends.append(len(rows))
        sums = _sums_of_many if len(texts) >= MANY else _sums_of_few
        return unit_rows(sums(self._weights, np.array(rows, dtype=np.int32), np.array([0, *ends], dtype=np.int32)))

    def _known(self, tokens: Tokens) -> list[int]:
        """Return the rows of a text's `views`, in their order, without those that have none."""
        words, characters, bigrams, sounds = self._rows
        found = [
            *map(words.get, dict.fromkeys(tokens.words)),
            *map(characters.get, dict.fromkeys(tokens.text)),
            *map(bigrams.get, dict.fromkeys(tokens.bigrams)),
            *map(sounds.get, dict.fromkeys(tokens.pinyin)),
        ]
        return [row for row in found if row is not None]


def _rows_by_view(vocabulary: Sequence[str]) -> tuple[dict[str, int], ...]:
    """Return the row of every token, view by view in the order of `views`; no other character has a row of its own."""
    rows: dict[str, dict[str, int]] = {view: {} for view in VIEWS}
    for row, token in enumerate(vocabulary):
        if (mine := rows.get(token[:2])) is not None:
            mine[token[2:]] = row
    rows["c:"] = {character: row for character, row in rows["c:"].items() if character.isalnum()}
    return tuple(rows.values())


def _sums_of_few(weights: npt.NDArray[np.float16], rows: Ints, bounds: Ints) -> Matrix:
    """Add up the rows between neighbouring bounds, text by text."""
    summed = np.zeros((len(bounds) - 1, weights.shape[1]), dtype=np.float32)
    for text, (first, end) in enumerate(itertools.pairwise(bounds.tolist())):
        if first < end:
            summed[text] = weights[rows[first:end]].astype(np.float32).sum(axis=0)
    return summed


def _sums_of_many(weights: npt.NDArray[np.float16], rows: Ints, bounds: Ints) -> Matrix:
    """Add up as `_sums_of_few`, to the last bit: the rows one after the other, as a sparse product does."""
    from scipy.sparse import csr_array

    used = np.zeros(len(weights), dtype=bool)
    used[rows] = True
    places = np.cumsum(used, dtype=np.int32) - 1
    ones = np.ones(len(rows), dtype=np.float32)
    counts = csr_array((ones, places[rows], bounds), shape=(len(bounds) - 1, int(used.sum())))
    summed: Matrix = np.asarray(counts @ weights[used].astype(np.float32), dtype=np.float32)
    return summed


def is_static(folder: Path) -> bool:
    """Whether a sentence-transformers directory is one of ours: a single static module whose tokens name their view."""
    try:
        vocabulary = json.loads((folder / MODULE / TOKENIZER).read_text(encoding="utf-8"))["model"]["vocab"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return any(str(token).startswith("w:") for token in vocabulary)


def _fingerprint(vocabulary: Sequence[str], weights: npt.NDArray[np.float16]) -> str:
    sha = hashlib.sha256("\n".join(vocabulary).encode())
    sha.update(np.ascontiguousarray(weights).tobytes())
    return sha.hexdigest()[:10]
