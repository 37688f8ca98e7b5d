"""Word segmentation: a private jieba instance with our dictionary and its own cache file."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from kb.text.lexicon import Lexicon


class Segmenter:
    """Cuts normalised text into words. Deterministic: no hidden Markov model guesses."""

    def __init__(self, lexicon: Lexicon, cache_dir: Path | None = None) -> None:
        import jieba

        jieba.setLogLevel(logging.ERROR)
        tokenizer: Any = jieba.Tokenizer()
        if cache_dir is not None:
            cache_dir.mkdir(parents=True, exist_ok=True)
            tokenizer.tmp_dir = str(cache_dir)
            tokenizer.cache_file = "jieba-0.42.cache"
        tokenizer.initialize()
        for word, frequency in lexicon.words:
            tokenizer.add_word(word, frequency)
        self._tokenizer = tokenizer

    def cut(self, text: str) -> list[str]:
        """Return the words of `text` in order, spaces dropped."""
        return [word for word in self._tokenizer.cut(text, HMM=False) if not word.isspace()]
