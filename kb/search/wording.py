"""How two wordings lie against each other: how much comes in the same order, and which codes both name.

Where a base holds hundreds of questions nearly alike, the topic no longer decides: what does is the model or version
named and how the words are put together. The order is compared by the longest common subsequence of characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import LCSseq

CODE = re.compile(r"[a-z]*\d[\da-z]*(?:\.[\da-z]+)*|[a-z]{2,}")
CORE = re.compile(r"\d{3,}")
NOT_SAID = re.compile(r"[\W_]+")
WORDED = (
    "in_order_covered",
    "in_order_held",
    "in_order_dice",
    "codes_covered",
    "codes_alike",
    "codes_held",
    "codes_conflict",
)


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A text as it is compared; what is never looked at is never worked out."""

    small: str

    @classmethod
    def of(cls, text: str) -> Wording:
        """Take a text, normalised or as it is stored."""
        return cls(small=text.casefold())

    @cached_property
    def plain(self) -> str:
        """Its letters, digits and characters alone."""
        return NOT_SAID.sub("", self.small)

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes it names: runs of Latin letters and digits (k2100w, 4.1, app)."""
        return frozenset(CODE.findall(self.small))

    @cached_property
    def cores(self) -> frozenset[str]:
        """What is left of each code when it is written short: callers say 2100 where the book says K2100W."""
        return frozenset(core[0] if (core := CORE.search(code)) else code for code in self.codes)

    def against(self, other: Wording) -> tuple[float, ...]:
        """Return how a question (`self`) lies against a stored text, as `WORDED`; each 0-1."""
        return (*self._ordered(other), *self._coded(other))

    def _ordered(self, other: Wording) -> tuple[float, float, float]:
        mine, theirs = len(self.plain), len(other.plain)
        if not mine or not theirs:
            return 0.0, 0.0, 0.0
        common = LCSseq.similarity(self.plain, other.plain)
        return common / mine, common / theirs, 2 * common / (mine + theirs)

    def _coded(self, other: Wording) -> tuple[float, float, float, float]:
        """Return the share of codes met exactly, of cores met both ways, and whether each names some and none meets."""
        if not self.codes or not other.codes:
            return 0.0, 0.0, 0.0, 0.0
        exact, met = len(self.codes & other.codes), len(self.cores & other.cores)
        return exact / len(self.codes), met / len(self.cores), met / len(other.cores), float(not met)
