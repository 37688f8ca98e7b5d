"""Many patterns looked for in many texts: each only where the letters it cannot do without stand in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence

LOOKAROUND = re.compile(r"\(\?<?[!=](?:[^()]|\([^()]*\))*\)")
GROUP = re.compile(r"\((?:[^()]|\([^()]*\))*\)[?*+]?(?:\{[^}]*\})?")
LOOSE = re.compile(r"\[[^\]]*\][?*+]?(?:\{[^}]*\})?|\\.|.(?:[?*]|\{[^}]*\})|\.")
LETTERS = re.compile(r"[\u4e00-\u9fffa-z0-9]+")


class Words:
    """Some patterns of which any may match."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self.parts = [(needed_letters(pattern), re.compile(pattern)) for pattern in patterns]

    def found_in(self, text: str) -> bool:
        """Whether any pattern matches somewhere in a text."""
        likely = [pattern for letters, pattern in self.parts if letters in text]
        return any(pattern.search(text) is not None for pattern in likely)

    def taken_from(self, text: str) -> tuple[str, int]:
        """Return a text with every match blanked, and how many there were."""
        total = 0
        for pattern in [pattern for letters, pattern in self.parts if letters in text]:
            text, count = pattern.subn(" ", text)
            total += count
        return text, total


def needed_letters(pattern: str) -> str:
    """Return the longest run of letters that every match of a pattern holds; empty when none is certain."""
    rest = GROUP.sub("\x00", LOOKAROUND.sub("", pattern))
    if "|" in rest:
        return ""
    return max(LETTERS.findall(LOOSE.sub("\x00", rest)), key=len, default="")
