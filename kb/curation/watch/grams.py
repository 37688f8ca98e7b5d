"""What a text speaks of, as pairs of neighbouring characters, and how much two texts share of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Grams = frozenset[str]
RUN = re.compile(r"[\u4e00-\u9fffa-z]+")


class GramReader:
    """Reads what a text speaks of, in folded text.

    Words that only hold a sentence together (`glue`) end a run: 「新址的用电」 and 「新址用电」 speak of the same.
    Words of one group in `same` count as its first.
    """

    def __init__(self, glue: Sequence[str], same: Sequence[Sequence[str]]) -> None:
        self._glue = re.compile("|".join(map(re.escape, sorted(glue, key=len, reverse=True))) or "(?!)")
        self._first: Mapping[str, str] = {word: group[0] for group in same for word in group[1:]}
        longest = sorted(self._first, key=len, reverse=True)
        self._same = re.compile("|".join(map(re.escape, longest)) or "(?!)")

    def __call__(self, text: str) -> Grams:
        """Return its pairs; a character that stands alone counts as one."""
        plain = self._glue.sub(" ", self._same.sub(lambda match: self._first[match.group()], text))
        return frozenset(run[i : i + 2] for run in RUN.findall(plain) for i in range(max(1, len(run) - 1)))
