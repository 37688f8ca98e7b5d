"""A call goes on: facts stay known, and words that lean on the question before are answered with it.

「那商业的呢」 changes one fact of the question before it and asks the same again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.judge.facts import FactBook
from kb.text.rulefiles import RuleFiles

FILE = "follow.toml"
MARKS = re.compile(r"[\s，。！？、；：,.!?;:~…]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a call was about so far: the words asked about, in full, and the facts known."""

    text: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRules:
    """When words lean on the question before them."""

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    fillers: tuple[str, ...]
    most: int

    def leans(self, text: str, book: FactBook) -> bool:
        """Whether a normalised text is short and opens or closes like a follow-up, or states facts and nothing else."""
        bare = MARKS.sub("", text)
        if not bare or len(bare) > self.most:
            return False
        return bare.startswith(self.starts) or bare.endswith(self.ends) or not self._rest(bare, book)

    def _rest(self, bare: str, book: FactBook) -> str:
        rest = book.silence(bare, book.stated(bare))
        if rest == bare:
            return bare
        for word in sorted(self.fillers, key=len, reverse=True):
            rest = rest.replace(word, "")
        return rest


def continued(said: str, normal: str, before: Turn | None, rules: FollowRules, book: FactBook) -> Turn:
    """Return what to ask about now.

    Facts said earlier stay unless contradicted. Words that lean on the question before are joined to it, and what that
    question said about a fact that has just changed is taken out of it.
    """
    stated = book.stated(normal)
    if before is None:
        return Turn(text=said, facts=stated)
    known = {**book.stated(before.text), **before.facts}
    facts = {**known, **stated}
    if not rules.leans(normal, book):
        return Turn(text=said, facts=facts)
    changed = {name for name, value in stated.items() if known.get(name, value) != value}
    earlier = book.silence(before.text, changed)
    return Turn(text=f"{earlier}，{said}", facts=facts)


def load_follow_rules(files: RuleFiles) -> FollowRules:
    """Read the rules in force.

    Raises:
        RuleFileInvalid: the file is malformed.
    """
    data = files.toml(FILE)
    return FollowRules(
        starts=tuple(data["starts"]), ends=tuple(data["ends"]), fillers=tuple(data["fillers"]), most=int(data["most"])
    )
