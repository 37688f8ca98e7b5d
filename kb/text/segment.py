"""Word segmentation: jieba's dictionary and its most probable path, in a private instance with its own cache file.

The path is worked out here. jieba builds the graph of all words first and takes a logarithm per edge; one pass
backwards with each frequency's logarithm remembered gives the same words in half the time, and cutting is the largest
part of building an index. A test compares the two word by word.
"""

from __future__ import annotations

import re
from functools import cached_property
from math import log
from operator import add
from pathlib import Path
from typing import NamedTuple

from kb.text.dictionary import load_dictionary
from kb.text.lexicon import Lexicon

BLOCK = re.compile(r"[\u4e00-\u9fd5a-zA-Z0-9+#&._%\-]+|\S")
NEVER = -1e300
PAIRS_KEPT = 65_536
LATIN = re.compile("[A-Za-z0-9]")
LETTER_OR_DIGIT = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


class _Logs(dict[int, float]):
    """Logarithms of probabilities by frequency; there are far fewer frequencies than words."""

    def __init__(self, total: int) -> None:
        super().__init__()
        self._log_total = log(total)

    def __missing__(self, frequency: int) -> float:
        value = self[frequency] = log(frequency) - self._log_total
        return value


class _Singles(dict[str, float]):
    """The logarithm of the probability of each character as a word; of one that is none, that of an unknown one.

    `hollow` are those that only begin words: where a word begins with one, it does not stand alone.
    """

    def __init__(self, frequencies: dict[str, int], logs: _Logs) -> None:
        super().__init__()
        self.hollow: set[str] = set()
        self._frequencies, self._logs = frequencies, logs

    def __missing__(self, character: str) -> float:
        frequency = self._frequencies.get(character)
        if frequency == 0:
            self.hollow.add(character)
        value = self[character] = self._logs[frequency or 1]
        return value


class _Pairs(dict[str, int | None]):
    """The frequency of pairs of characters met so far: those a text is made of lie closer together than the dictionary.

    Only so many are kept; the others are looked up each time.
    """

    def __init__(self, frequencies: dict[str, int]) -> None:
        super().__init__()
        self._frequencies = frequencies

    def __missing__(self, pair: str) -> int | None:
        frequency = self._frequencies.get(pair)
        if len(self) < PAIRS_KEPT:
            self[pair] = frequency
        return frequency


class _Known(NamedTuple):
    """Frequency by word and beginning of a word (0), the logarithms of probabilities, and what was met of the short."""

    frequencies: dict[str, int]
    logs: _Logs
    singles: _Singles
    pairs: _Pairs


class Segmenter:
    """Cuts normalised text into words. Deterministic: no hidden Markov model guesses.

    The dictionary is read when something is first cut (0.2 s): most commands cut nothing.
    """

    def __init__(self, lexicon: Lexicon, cache_dir: Path | None = None) -> None:
        self._lexicon = lexicon
        self._cache_dir = cache_dir

    @cached_property
    def _dictionary(self) -> _Known:
        """What is known of words, pairs and characters."""
        frequencies, total = load_dictionary(self._cache_dir)
        for word, frequency in self._lexicon.words:
            frequencies[word] = frequency
            total += frequency
            for end in range(1, len(word)):
                frequencies.setdefault(word[:end], 0)
        logs = _Logs(total)
        return _Known(frequencies, logs, _Singles(frequencies, logs), _Pairs(frequencies))

    def cut(self, text: str) -> list[str]:
        """Return the words of `text` in order, spaces dropped; letters and digits that form no word stay together."""
        words: list[str] = []
        for block in BLOCK.findall(text):
            if len(block) == 1:
                words.append(block)
            else:
                self._cut_block(block, words)
        return words

    def _cut_block(self, block: str, words: list[str]) -> None:
        ends, place, length, pending = self._ends(block), 0, len(block), ""
        if not LATIN.search(block):
            while place < length:
                end = ends[place]
                words.append(block[place:end])
                place = end
            return
        while place < length:
            word = block[place : ends[place]]
            if len(word) == 1 and word in LETTER_OR_DIGIT:
                pending += word
            else:
                if pending:
                    words.append(pending)
                    pending = ""
                words.append(word)
            place = ends[place]
        if pending:
            words.append(pending)

    def _ends(self, block: str) -> list[int]:
        """Return, for every place, where the best word from there ends: the most probable way to the block's end.

        The dictionary holds every beginning of a word, with frequency 0 where it is none; of equals the longest wins.
        Characters and pairs are looked up for the whole block at once: most places begin no longer word.
        """
        frequencies, logs, singles, met = self._dictionary
        length, known = len(block), frequencies.get
        scores, ends = [0.0] * (length + 1), list(range(1, length + 1))
        pairs = [None, *map(met.__getitem__, reversed(list(map(add, block, block[1:]))))]
        best, first = 0.0, length
        for alone, pair in zip(map(singles.__getitem__, reversed(block)), pairs, strict=True):
            first -= 1
            best += alone
            if pair is not None:
                longest = NEVER if block[first] in singles.hollow else best
                frequency: int | None = pair
                end = first + 2
                while frequency is not None:
                    if frequency and (score := logs[frequency] + scores[end]) >= longest:
                        longest, ends[first] = score, end
                    end += 1
                    if end > length:
                        break
                    frequency = known(block[first:end])
                if longest != NEVER:
                    best = longest
            scores[first] = best
        return ends
