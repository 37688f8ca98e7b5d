"""The first step of every question and every stored text: one spelling for what means the same. Idempotent."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kb.text.lexicon import Lexicon
from kb.text.numerals import anchored_pattern, spoken_to_digits

INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
SURROGATES = re.compile("[\ud800-\udfff]")
SPACES = re.compile(r"\s+")
SPACE_BETWEEN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff，。；：？！、]) (?=[\u4e00-\u9fff，。；：？！、])")
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
    """Applies the lexicon's spelling rules in a fixed order until nothing changes."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._variants = str.maketrans(lexicon.variants)
        self._numerals = anchored_pattern(lexicon.numeral_units, lexicon.protected)
        self._units = [(re.compile(said), term) for said, term in lexicon.units]
        self._fillers = re.compile("|".join(map(re.escape, lexicon.fillers))) if lexicon.fillers else None
        self._cached = lru_cache(maxsize=KEPT)(self._normalised)

    def __call__(self, text: str) -> Normalised:
        """Return `text` with its searchable form; an all-filler utterance keeps its words."""
        return self._cached(text)

    def _normalised(self, text: str) -> Normalised:
        current = text
        for _ in range(MAX_ROUNDS):
            following = self._round(current)
            if following == current:
                break
            current = following
        return Normalised(original=text, text=current)

    def _round(self, text: str) -> str:
        text = unicodedata.normalize("NFKC", printable(text)).lower()
        text = SPACE_BETWEEN_CHINESE.sub("", SPACES.sub(" ", text)).strip()
        text = _converter().convert(text).translate(self._variants)
        text = self._strip_fillers(text)
        text = spoken_to_digits(text, self._numerals)
        for pattern, term in self._units:
            text = pattern.sub(term, text)
        return text

    def _strip_fillers(self, text: str) -> str:
        if self._fillers is None:
            return text
        stripped = self._fillers.sub("", text).strip(" ，,。、")
        return stripped or text
