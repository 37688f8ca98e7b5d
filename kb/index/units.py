"""What is searched: every item (entry, passage or guard) is cut into units, one text each, with its side.

A question, each phrasing and a passage's heading are the question side; each branch's answer and a passage's text are
the answer side. Matching runs per unit, so that one good phrasing is not diluted by nine others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kb.domain.knowledge import Document, Entry, Passage
from kb.domain.validity import Validity

ItemKind = Literal["entry", "guard", "clause", "row", "section", "notice"]
ITEM_KINDS: tuple[ItemKind, ...] = ("entry", "guard", "clause", "row", "section", "notice")
Side = Literal["question", "answer"]
SIDES: tuple[Side, ...] = ("question", "answer")
Mask = npt.NDArray[np.bool_]
OPEN_FROM = 0
OPEN_TO = 9_999_999
MAX_ANSWER_CHARS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that can be found, with everything the filter needs. Days are proleptic ordinals."""

    item_id: str
    kind: ItemKind
    first_day: int = OPEN_FROM
    end_day: int = OPEN_TO
    internal: bool = False
    region: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One searchable text of an item."""

    item: int
    side: Side
    text: str


def days(validity: Validity) -> tuple[int, int]:
    """Return `[first, end)` as ordinals, open sides as the widest."""
    first = validity.valid_from.toordinal() if validity.valid_from else OPEN_FROM
    end = validity.valid_to.toordinal() if validity.valid_to else OPEN_TO
    return first, end


def narrower(outer: Validity, inner: Validity) -> tuple[int, int]:
    """Return the overlap of a document's validity and a passage's own."""
    a, b = days(outer), days(inner)
    return max(a[0], b[0]), min(a[1], b[1])


def entry_item(entry: Entry) -> Item:
    """Return the item of an entry or guard."""
    first, end = days(entry.validity)
    return Item(
        item_id=entry.entry_id,
        kind="guard" if entry.kind == "guard" else "entry",
        first_day=first,
        end_day=end,
        internal=entry.visibility == "内部",
        region=entry.region or "",
        categories=entry.categories,
    )


def entry_texts(entry: Entry) -> Iterator[tuple[Side, str]]:
    """Yield the texts an entry is found by. A guard's wrong utterance is never one of them."""
    yield "question", entry.question
    for phrasing in entry.phrasings:
        yield "question", phrasing
    for branch in entry.branches:
        yield "answer", branch.answer[:MAX_ANSWER_CHARS]


def passage_item(passage: Passage, document: Document) -> Item:
    """Return the item of a passage, within its document's validity, visibility and region."""
    first, end = narrower(document.validity, passage.validity)
    return Item(
        item_id=passage.passage_id,
        kind=passage.kind,
        first_day=first,
        end_day=end,
        internal=document.visibility == "内部",
        region=document.region or "",
    )


def passage_texts(passage: Passage) -> Iterator[tuple[Side, str]]:
    """Yield the texts a passage is found by."""
    if passage.heading:
        yield "question", passage.heading
    yield "answer", passage.text[:MAX_ANSWER_CHARS]


def ordinal(day: dt.date) -> int:
    """Return the day number the filter compares with."""
    return day.toordinal()


def build_units(texts: Iterable[tuple[Item, Iterable[tuple[Side, str]]]]) -> tuple[list[Item], list[Unit]]:
    """Number the items and flatten their texts, dropping an item's repeated texts."""
    items: list[Item] = []
    units: list[Unit] = []
    for item, sides in texts:
        seen: set[tuple[Side, str]] = set()
        for side, text in sides:
            if text.strip() and (side, text) not in seen:
                seen.add((side, text))
                units.append(Unit(item=len(items), side=side, text=text))
        items.append(item)
    return items, units
