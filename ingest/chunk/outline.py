"""Headings: those a file marks as such, and those only their wording gives away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ingest.chunk.drafts import ARROW
from ingest.rulebook import pattern, rules
from ingest.types import Block

STYLED = 10
MIN_BODY = 20


@dataclass(slots=True)
class Path:
    """The headings above the current place, outermost first."""

    steps: list[tuple[int, str]] = field(default_factory=list)

    def enter(self, level: int, text: str) -> None:
        """Go under a heading, leaving those of its level and below."""
        while self.steps and self.steps[-1][0] >= level:
            self.steps.pop()
        self.steps.append((level, text))

    @property
    def names(self) -> tuple[str, ...]:
        """The headings' texts."""
        return tuple(text for _, text in self.steps)

    @property
    def locator(self) -> str:
        """The headings as a locator."""
        return ARROW.join(self.names)


def outlined(blocks: Sequence[Block], *, title: str, clauses: bool) -> list[Block]:
    """Return blocks with headings recognised by wording, headings without anything below turned back into text.

    In a document of clauses, only parts, chapters and sections are headings: 一、 and （一） belong to their clause.
    """
    marked = [recognised(block, clauses=clauses) for block in blocks if not is_title(block, title)]
    marked = [
        block if not _is_listed(marked, i) else replace(block, kind="paragraph", level=0)
        for i, block in enumerate(marked)
    ]
    marked = [_demoted_plain(block, marked[i + 1 :][:1]) for i, block in enumerate(marked)]
    return [block if _leads(marked, i) else replace(block, kind="paragraph", level=0) for i, block in enumerate(marked)]


def is_title(block: Block, title: str) -> bool:
    """Whether a block only repeats the document's title."""
    return block.kind != "table" and re.sub(r"\s+", "", block.text) == re.sub(r"\s+", "", title)


def recognised(block: Block, *, clauses: bool) -> Block:
    """Return a paragraph as a heading when its wording says so; levels of styled headings lie above."""
    if block.kind != "paragraph" or "\n" in block.text:
        return block
    level = wording_level(block.text, clauses=clauses)
    return replace(block, kind="heading", level=level) if level else block


def wording_level(text: str, *, clauses: bool) -> int:
    """Return the level a line's wording gives it as a heading, 0 for text."""
    outline = rules("documents")["outline"]
    for level, name in enumerate(("part", "chapter", "section"), start=STYLED + 1):
        if pattern("documents", "outline", name).match(text) and len(text) <= 40:
            return level
    if pattern("documents", "outline", "annex").match(text):
        return STYLED + 1
    if clauses:
        return 0
    for level, expression in enumerate(outline["numbered"], start=STYLED + 4):
        if re.match(expression, text):
            return level
    return STYLED + 9 if pattern("documents", "outline", "plain").match(text) else 0


def _is_listed(blocks: Sequence[Block], index: int) -> bool:
    """Whether a heading by wording is an item of a list: an item of the same style stands right before or after it."""
    block = blocks[index]
    if block.kind != "heading" or block.level <= STYLED + 3:
        return False
    style = _marker(block.text)
    around = [blocks[i] for i in (index - 1, index + 1) if 0 <= i < len(blocks)]
    return style is not None and any(other.kind != "table" and _marker(other.text) == style for other in around)


def _marker(text: str) -> int | None:
    """Return which style of numbering a line begins with."""
    styles = rules("documents")["outline"]["markers"]
    return next((i for i, style in enumerate(styles) if re.match(style, text)), None)


def _demoted_plain(block: Block, following: Sequence[Block]) -> Block:
    """A short bare line is a heading only above a real paragraph or a table."""
    if block.kind != "heading" or block.level != STYLED + 9:
        return block
    below = following[0] if following else None
    leads = below is not None and (below.kind == "table" or (below.kind == "paragraph" and len(below.text) >= MIN_BODY))
    return block if leads else replace(block, kind="paragraph", level=0)


def _leads(blocks: Sequence[Block], index: int) -> bool:
    """Whether a heading has text, a table or a deeper heading below it; other blocks pass."""
    if blocks[index].kind != "heading":
        return True
    if index + 1 == len(blocks):
        return False
    below = blocks[index + 1]
    return below.kind != "heading" or below.level > blocks[index].level


def clause_number(text: str) -> str:
    """Return 「第十二条」 when a paragraph opens that clause, else an empty text."""
    found = pattern("documents", "outline", "clause").match(text)
    return re.sub(r"\s+", "", found[0]) if found else ""


def is_clause_document(blocks: Sequence[Block]) -> bool:
    """Whether at least two paragraphs (or headings) open clauses."""
    return sum(bool(clause_number(block.text)) for block in blocks if block.kind != "table") >= 2
