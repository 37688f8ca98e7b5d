"""Stretches of a text that say one option of a fact: words, expressions, what says nothing, what is denied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ASIDE = ""  # the option of a stretch that says nothing


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text, from `start` up to `end` (characters), that says `option`."""

    start: int
    end: int
    option: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordings:
    """How one fact is spoken of.

    `words` are (word, option), longest first; `patterns` has one expression per option, the one under `ASIDE` for what
    says nothing about the caller. An option found is forgotten where its `not_patterns` occur anywhere in the text.
    With `about`, texts in which it does not occur say nothing of this fact.
    """

    words: tuple[tuple[str, str], ...]
    patterns: Mapping[str, re.Pattern[str]]
    not_patterns: Mapping[str, re.Pattern[str]]
    about: re.Pattern[str] | None
    denied: re.Pattern[str] | None

    def said(self, text: str) -> set[str]:
        """Return the options a text states, each piece of it read once, the longest find first."""
        if self.about is not None and not self.about.search(text):
            return set()
        said = {one.option for one in self._read(text) if not self._denies(text, one)} - {ASIDE}
        return {option for option in said if not _occurs(self.not_patterns.get(option), text)}

    def without(self, text: str) -> str:
        """Return a text without the pieces that say any option."""
        for word, _option in self.words:
            text = text.replace(word, "")
        for option, pattern in self.patterns.items():
            text = pattern.sub("", text) if option != ASIDE else text
        return text

    def _read(self, text: str) -> list[Stretch]:
        read: list[Stretch] = []
        taken = bytearray(len(text))
        for one in sorted(self._finds(text), key=lambda one: (one.start - one.end, one.start)):
            if not any(taken[one.start : one.end]):
                taken[one.start : one.end] = b"\1" * (one.end - one.start)
                read.append(one)
        return read

    def _finds(self, text: str) -> Iterator[Stretch]:
        for word, option in self.words:
            at = text.find(word)
            while at >= 0:
                yield Stretch(at, at + len(word), option)
                at = text.find(word, at + len(word))
        for option, pattern in self.patterns.items():
            for found in pattern.finditer(text):
                yield Stretch(*found.span(), option)

    def _denies(self, text: str, one: Stretch) -> bool:
        return self.denied is not None and self.denied.search(text, 0, one.start) is not None


def _occurs(pattern: re.Pattern[str] | None, text: str) -> bool:
    return pattern is not None and pattern.search(text) is not None
