"""Running text as passages: clauses whole, sections in parts of readable length, tables row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ingest.chunk.context import Context, Harvest
from ingest.chunk.drafts import Draft, path
from ingest.chunk.outline import Path, clause_number, is_clause_document, outlined
from ingest.chunk.rows import row_drafts
from ingest.chunk.tables import views
from ingest.chunk.validity import first_of
from ingest.rulebook import pattern, rules
from ingest.types import Block, Table

MAX_SECTION = 350
HARD_SECTION = 700
MAX_HEADING = 40
_SENTENCE = re.compile(r".+?(?:[。！？!?；;]+[”’」』）)\"]*|\n|$)", re.DOTALL)
_PHRASE = re.compile(r".+?(?:[，,、]|$)", re.DOTALL)


@dataclass(slots=True)
class Writer:
    """Collects paragraphs under the current heading or clause, and writes them out as drafts."""

    context: Context
    path: Path = field(default_factory=Path)
    clause: str = ""
    paragraphs: list[str] = field(default_factory=list)
    page: int | None = None
    drafts: list[Draft] = field(default_factory=list)
    problems: Harvest = field(default_factory=Harvest)

    def flush(self) -> None:
        """Write out what was collected."""
        if self.paragraphs and self.clause:
            text = "\n".join(self.paragraphs)
            locator = path(self.path.locator, self.clause)
            self.drafts.append(Draft(kind="clause", locator=locator, text=text, heading=clause_heading(text)))
        elif self.paragraphs:
            self.drafts.extend(section_drafts(self))
        self.paragraphs, self.clause, self.page = [], "", None

    def heading(self, block: Block) -> None:
        """Go under a heading."""
        self.flush()
        self.path.enter(block.level, block.text)

    def text(self, block: Block) -> None:
        """Take a paragraph; one that opens a clause begins a new passage."""
        for part in pattern("documents", "outline", "inline_clause").split(block.text):
            number = clause_number(part)
            if number:
                self.flush()
                self.clause = number
            if self.page is None:
                self.page = block.page
            if part.strip():
                self.paragraphs.append(part.strip())

    def table(self, table: Table) -> None:
        """Take a table row by row."""
        above = self.paragraphs[-1] if self.paragraphs and not self.clause else ""
        clause = self.clause
        self.flush()
        place = path(self.path.locator, clause) or self.context.head.title
        for view in views(table):
            if not view.rows and not view.notes:
                self.paragraphs.append("：".join(view.headers))
                continue
            title = above if 0 < len(above) <= MAX_HEADING else next(iter(reversed(self.path.names)), "")
            head = self.context.head
            own = first_of((above, *view.captions, *view.notes))
            if title and title != head.title:
                head = replace(head, title=f"{head.title} {title.rstrip('：:')}")
            drafts, problems = row_drafts(self.context, view, head=head, place=place, base=own)
            self.drafts.extend(drafts)
            self.problems = self.problems + problems


def prose_drafts(context: Context, blocks: Sequence[Block]) -> tuple[list[Draft], Harvest]:
    """Return the passages of running text in reading order, and findings about its tables."""
    blocks = without_front(blocks)
    clauses = is_clause_document(blocks)
    writer = Writer(context=context)
    for block in outlined(blocks, title=context.head.title, clauses=clauses):
        if block.table is not None:
            writer.table(block.table)
        elif block.kind == "heading" and not clause_number(block.text):
            writer.heading(block)
        else:
            writer.text(block)
    writer.flush()
    return writer.drafts, writer.problems


def without_front(blocks: Sequence[Block]) -> list[Block]:
    """Return blocks without the lines of the head that only describe the document."""
    size = rules("documents")["visibility"]["head_blocks"] + 2
    described = any(is_front(block, "lines") for block in blocks[:size])
    return [
        block
        for i, block in enumerate(blocks)
        if i >= size
        or not (is_front(block, "lines") or (described and is_front(block, "issuer")) or is_number_line(block))
    ]


def is_front(block: Block, rule: str) -> bool:
    """Whether a paragraph is one line about the document itself."""
    return block.kind == "paragraph" and bool(pattern("documents", "front", rule).match(block.text))


def is_number_line(block: Block) -> bool:
    """Whether a paragraph is nothing but a document number."""
    return block.kind == "paragraph" and bool(pattern("documents", "number", "pattern").fullmatch(block.text.strip()))


def clause_heading(text: str) -> str:
    """Return a clause's title words, else what its first sentence begins with."""
    body = pattern("documents", "outline", "clause").sub("", text, count=1)
    if found := pattern("documents", "outline", "clause_title").match(body):
        return next(group for group in found.groups() if group)
    first = re.split(r"[。；：:\n]", body.strip(" \u3000：:、，"))[0]
    return first if len(first) <= MAX_HEADING else re.split(r"[，,]", first)[0][:MAX_HEADING]


def section_drafts(writer: Writer) -> Iterator[Draft]:
    """Yield a section in parts cut at paragraph or sentence ends."""
    title = writer.context.head.title
    names = writer.path.names
    place = writer.path.locator or (f"第 {writer.page} 页" if writer.page else title)
    heading = names[-1] if names else title
    parts = list(packed(writer.paragraphs))
    for number, part in enumerate(parts, start=1):
        locator = f"{place}（{number}）" if len(parts) > 1 else place
        yield Draft(kind="section", locator=locator, text=part, heading=heading)


def packed(paragraphs: Sequence[str]) -> Iterator[str]:
    """Pack paragraphs, those too long cut at sentence ends, into parts of at most `MAX_SECTION` characters."""
    part: list[str] = []
    for paragraph in paragraphs:
        for joint, piece in pieces(paragraph):
            size = sum(map(len, part))
            if part and size + len(piece) > MAX_SECTION:
                yield "".join(part).strip()
                part = []
            part.append(("\n" if part and joint else "") + piece)
    if part:
        yield "".join(part).strip()


def pieces(paragraph: str) -> Iterator[tuple[bool, str]]:
    """Yield a paragraph, or its sentences when it is too long; `True` begins a new line."""
    if len(paragraph) <= MAX_SECTION:
        yield True, paragraph
        return
    begins = True
    for sentence in _SENTENCE.findall(paragraph):
        for phrase in _PHRASE.findall(sentence) if len(sentence) > HARD_SECTION else (sentence,):
            yield begins, phrase
            begins = False
