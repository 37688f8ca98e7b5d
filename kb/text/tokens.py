"""Tokens of a text in three views, the same for every engine: words, character bigrams, pinyin bigrams."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from pathlib import Path

from kb.text.lexicon import Lexicon, load_lexicon
from kb.text.normalise import Normalised, Normaliser
from kb.text.pinyin import joints
from kb.text.rulefiles import RuleFiles
from kb.text.segment import Segmenter

CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9.]+")
WORD = re.compile(r"[\u4e00-\u9fffa-z0-9]")
CACHE = 4_096  # twice the block an index is built in: each text is cut once; a thousand texts hold 8 MB
ASKED = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The three views of one text; `expansions` are synonym terms a query gains, as (said, term)."""

    text: str
    words: tuple[str, ...]
    bigrams: tuple[str, ...]
    pinyin: tuple[str, ...]
    expansions: tuple[tuple[str, str], ...] = ()


def bigrams_of(text: str) -> tuple[str, ...]:
    """Return character bigrams of each Chinese run, and Latin or digit runs whole; a lone character stands alone."""
    grams: list[str] = []
    for run in RUN.findall(text):
        if run[0] < "\u4e00":
            whole = run.strip(".")
            if whole:
                grams.append(whole)
        elif len(run) == 1:
            grams.append(run)
        else:
            grams.extend(map(add, run, run[1:]))
    return tuple(grams)


def pinyin_bigrams_of(text: str) -> tuple[str, ...]:
    """Return bigrams of syllables over each Chinese run."""
    grams: list[str] = []
    for run in CHINESE.findall(text):
        begun, sounds = joints(run)
        grams.extend(map(add, begun, sounds[1:]))
    return tuple(grams)


class Analyser:
    """Turns any text into tokens; the one place where query and index agree on what a token is."""

    def __init__(self, lexicon: Lexicon, cache_dir: Path | None = None) -> None:
        self.lexicon = lexicon
        self.cache_dir = cache_dir
        self.normalise = Normaliser(lexicon)
        self._segmenter = Segmenter(lexicon, cache_dir)
        self._synonyms: dict[str, tuple[str, ...]] = {}
        for pair in lexicon.synonyms:
            self._synonyms[pair.said] = (*self._synonyms.get(pair.said, ()), pair.term)
        said = sorted(self._synonyms, key=len, reverse=True)
        self._said = re.compile("|".join(map(re.escape, said))) if said else None
        self._cached = lru_cache(maxsize=CACHE)(self._tokens)
        self._asked = lru_cache(maxsize=ASKED)(self._query)

    def words(self, text: str) -> tuple[str, ...]:
        """Return the content words of normalised text: no punctuation, no stop words."""
        stop, words = self.lexicon.stopwords, self._segmenter.cut(text)
        return tuple([w for w in words if w not in stop and ("\u4e00" <= w[0] <= "\u9fff" or WORD.search(w))])

    def tokens(self, text: str) -> Tokens:
        """Return the tokens of a stored text (raw or normalised; normalising is idempotent)."""
        return self._cached(text)

    def query(self, said: Normalised) -> Tokens:
        """Return the tokens of a query, with the synonym terms its words call for."""
        return self._asked(said.text)

    def _query(self, text: str) -> Tokens:
        base = self._cached(text)
        found = dict.fromkeys(
            (match.group(), term)
            for match in (self._said.finditer(text) if self._said else ())
            for term in self._synonyms[match.group()]
            if term not in text
        )
        return Tokens(
            text=base.text, words=base.words, bigrams=base.bigrams, pinyin=base.pinyin, expansions=tuple(found)
        )

    def _tokens(self, text: str) -> Tokens:
        normal = self.normalise(text).text
        return Tokens(
            text=normal, words=self.words(normal), bigrams=bigrams_of(normal), pinyin=pinyin_bigrams_of(normal)
        )


def load_analyser(files: RuleFiles, cache_dir: Path | None = None) -> Analyser:
    """Build the analyser from the lexicon in force.

    Raises:
        RuleFileInvalid: a lexicon file is malformed.
    """
    return Analyser(load_lexicon(files), cache_dir)
