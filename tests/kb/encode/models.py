"""A sentence-transformers directory of a few kilobytes, made without a network."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

CHARACTERS = "电能表坏了找谁费怎么交停什时候来峰谷价算办过户账单不对"


def save_static_model(folder: Path, dim: int = 16) -> None:
    """Write a static embedding model over single characters, seeded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import numpy as np
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.models import StaticEmbedding
        from tokenizers import Regex, Tokenizer, models, pre_tokenizers

        vocabulary = {"[UNK]": 0, **{char: place for place, char in enumerate(sorted(set(CHARACTERS)), start=1)}}
        tokenizer: Any = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
        weights = np.random.default_rng(7).normal(size=(len(vocabulary), dim)).astype(np.float32)
        module = StaticEmbedding(tokenizer, embedding_weights=weights)
        SentenceTransformer(modules=[module], device="cpu").save(str(folder))
