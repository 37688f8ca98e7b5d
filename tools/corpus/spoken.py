"""Callers' words that belong to an answer become phrasings of it: short enough to be one question, about one thing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kb.index.exact import squeezed
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser, load_analyser

MAX_CHARS = 40
MAX_PER_ENTRY = 24
NOT_ALONE = ("followup", "two")


def spoken_phrasings(folder: Path, written: Iterable[str] = ()) -> dict[str, list[str]]:
    """Return, by entry id, the training utterances this entry answers first, in file order, at most `MAX_PER_ENTRY`.

    A follow-up means nothing alone and two questions have two answers; neither becomes a phrasing. Words that are
    `written` already, in whatever entry, are not taken again.
    """
    rows = (
        json.loads(line)
        for path in sorted(folder.glob("train_*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    )
    return group(rows, written)


def group(rows: Iterable[Mapping[str, Any]], written: Iterable[str] = ()) -> dict[str, list[str]]:
    """Group utterances by the entry that answers them first; the same words go to the first that has them."""
    said: dict[str, list[str]] = defaultdict(list)
    taken = {_form(text) for text in written}
    for row in rows:
        held = row.get("entries") or []
        form = _form(row["text"])
        fits = held and form not in taken and row["style"] not in NOT_ALONE and len(row["text"]) <= MAX_CHARS
        if fits and len(said[held[0]]) < MAX_PER_ENTRY:
            said[held[0]].append(row["text"])
            taken.add(form)
    return dict(said)


def _form(text: str) -> str:
    """Return what makes two wordings the same to an exact hit."""
    return squeezed(_analyser().normalise(text).text)


@cache
def _analyser() -> Analyser:
    return load_analyser(RuleFiles())
