"""Choosing the branch of an answer by facts; what cannot be chosen stands side by side, labelled, without prices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.domain.knowledge import Branch

PRICE = re.compile(r"\d+(?:\.\d+)?\s*(?:元|角|分)(?!钟|之)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The text to read out, the facts it holds for, and the facts (with options) that would settle the rest."""

    text: str
    branch: Mapping[str, str]
    open_facts: Mapping[str, tuple[str, ...]]
    withheld: bool = False


def choose(branches: Sequence[Branch], facts: Mapping[str, str]) -> Chosen:
    """Choose among branches.

    A branch that contradicts a known fact is out; one whose facts are all known and right is chosen, the most specific
    first. Otherwise the remaining branches stand side by side, and a price among them is withheld until asked; when
    every branch contradicts what is known, a price among them is somebody else's and withheld too.
    """
    possible = [b for b in branches if not any(facts.get(name, value) != value for name, value in b.when.items())]
    settled = [b for b in possible if all(facts.get(name) == value for name, value in b.when.items())]
    conditional = [b for b in possible if b.when]
    if settled and (max(len(b.when) for b in settled) > 0 or not conditional):
        best = max(settled, key=lambda b: len(b.when))
        return Chosen(text=best.answer, branch=best.when, open_facts={})
    shown = possible or list(branches)
    missing = _open(shown, facts)
    withheld = (bool(missing) or not possible) and any(PRICE.search(branch.answer) for branch in shown)
    branch = possible[0].when if len(possible) == 1 else {}
    return Chosen(text=_side_by_side(shown), branch=branch, open_facts=missing, withheld=withheld)


def _open(branches: Sequence[Branch], facts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    names = dict.fromkeys(name for b in branches for name in b.when if name not in facts)
    return {name: tuple(dict.fromkeys(b.when[name] for b in branches if name in b.when)) for name in names}


def _side_by_side(branches: Sequence[Branch]) -> str:
    if len(branches) == 1:
        return branches[0].answer
    return "\n".join(f"【{'、'.join(b.when.values()) or '其他情况'}】{b.answer}" for b in branches)
