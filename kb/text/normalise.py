"""The first step of every question and every stored text: one spelling for what means the same. Idempotent."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kb.text.beginnings import beginnings
from kb.text.lexicon import Lexicon
from kb.text.numerals import Numerals

INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
SURROGATES = re.compile("[\ud800-\udfff]")
SPACES = re.compile(r"\s+")
SPACE_BETWEEN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff，。；：？！、]) (?=[\u4e00-\u9fff，。；：？！、])")
# Of these, each stands alone in every one of Unicode's forms, is lower case and is no space: `_plain` changes none.
PLAIN = re.compile("[\u4e00-\u9fffa-z0-9、。〈〉《》「」『』【】〔〕“”‘’!\"#%&'()*+,./:;<=>?@_~·×—-]*")
WIDE = {char: unicodedata.normalize("NFKC", char) for char in "，？：！；（）"}  # most of what is not plain
KEPT = 1_024
MAX_ROUNDS = 256  # far more than a text of the longest question nests; a bound for rules that chase each other


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """What was said, and the form it is searched in."""

    original: str
    text: str


@lru_cache(maxsize=1)
def _converter() -> Any:  # noqa: ANN401 - opencc ships no types
    from opencc import OpenCC

    return OpenCC("t2s")


def printable(text: str) -> str:
    """Drop what cannot be shown: control, zero-width and bidi characters, lone surrogates."""
    return SURROGATES.sub("", INVISIBLE.sub("", text))


class Normaliser:
    """Applies the lexicon's spelling rules in a fixed order until nothing changes.

    Most rules concern few texts. Each step first asks, at a fraction of its cost, whether it could change anything.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._variants = str.maketrans(lexicon.variants)
        self._varying = frozenset(lexicon.variants)
        self._numerals = Numerals(lexicon.numeral_units, lexicon.protected)
        self._units = [(beginnings(said), re.compile(said), term) for said, term in lexicon.units]
        self._fillers = re.compile("|".join(map(re.escape, lexicon.fillers))) if lexicon.fillers else None
        self._cached = lru_cache(maxsize=KEPT)(self._normalised)

    def __call__(self, text: str) -> Normalised:
        """Return `text` with its searchable form; an all-filler utterance keeps its words."""
        return self._cached(text)

    def _normalised(self, text: str) -> Normalised:
        current = text
        for _ in range(MAX_ROUNDS):
            plain = _plain(current)
            following = self._rewritten(plain)
            if following == current or (following == plain and PLAIN.fullmatch(plain)):
                current = following  # the next round would begin with `plain` again and end with it
                break
            current = following
        return Normalised(original=text, text=current)

    def _rewritten(self, text: str) -> str:
        text = _converter().convert(text)
        if not self._varying.isdisjoint(text):
            text = text.translate(self._variants)
        return self._united(self._numerals.to_digits(self._strip_fillers(text)))

    def _united(self, text: str) -> str:
        characters = set(text)
        for begins, pattern, term in self._units:
            if begins is not None and begins.isdisjoint(characters):
                continue
            text, changes = pattern.subn(term, text)
            if changes:
                characters = set(text)
        return text

    def _strip_fillers(self, text: str) -> str:
        if self._fillers is None:
            return text
        stripped = self._fillers.sub("", text).strip(" ，,。、")
        return stripped or text


def _plain(text: str) -> str:
    """Return printable text in compatibility forms, in lower case, its spaces in order."""
    for wide, narrow in WIDE.items():
        text = text.replace(wide, narrow)
    if PLAIN.fullmatch(text):
        return text
    text = unicodedata.normalize("NFKC", printable(text)).lower()
    return SPACE_BETWEEN_CHINESE.sub("", SPACES.sub(" ", text)).strip()
