"""Question and answer pairs in running text: 「问：… 答：…」, 「Q: … A: …」."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.chunk.context import Context, Harvest
from ingest.ids import entry_id
from ingest.rulebook import pattern
from ingest.types import Block
from kb.domain.errors import InvalidRecord
from kb.domain.knowledge import Branch, Entry, Source


@dataclass(slots=True)
class Pair:
    """A question and the lines of its answer; `open` while lines still belong to it."""

    question: str
    answer: list[str] = field(default_factory=list)
    answered: bool = False


def take_pairs(context: Context, blocks: Sequence[Block]) -> tuple[list[Block], Harvest]:
    """Return the blocks that belong to no pair, and the pairs as entries."""
    answer = pattern("documents", "qa", "answer")
    inline = pattern("documents", "qa", "inline_answer")
    if not any(answer.match(line) or inline.search(line) for block in blocks for line in block.text.split("\n")):
        return list(blocks), Harvest()
    rest: list[Block] = []
    pairs: list[Pair] = []
    current: Pair | None = None
    for block in blocks:
        lines = block.text.split("\n") if block.kind == "paragraph" else []
        if block.kind != "paragraph":
            question = heading_question(block)
            current = question
            pairs.extend([question] if question else [])
            rest.extend([] if question else [block])
            continue
        left: list[str] = []
        for line in lines:
            current = take_line(line, current, pairs, left)
        if left:
            rest.append(Block(kind="paragraph", text="\n".join(left), page=block.page))
    whole = [pair for pair in pairs if pair.answer]
    rest.extend(Block(kind="paragraph", text=pair.question) for pair in pairs if not pair.answer)
    return rest, Harvest.gather(to_entry(context, pair) for pair in whole)


def heading_question(block: Block) -> Pair | None:
    """Return the pair a heading like 「问：怎么交电费」 begins."""
    if block.kind != "heading":
        return None
    mark = pattern("documents", "qa", "question").match(block.text)
    return Pair(question=block.text[mark.end() :].strip()) if mark else None


def take_line(line: str, current: Pair | None, pairs: list[Pair], left: list[str]) -> Pair | None:
    """Give a line to a new pair, to the current one, or to the rest; return the pair that is open after it."""
    text = line.strip()
    if mark := pattern("documents", "qa", "question").match(text):
        question, answer = split_inline(text[mark.end() :])
        pair = Pair(question=question, answer=[answer] if answer else [], answered=bool(answer))
        if question:
            pairs.append(pair)
            return pair
    if current and (mark := pattern("documents", "qa", "answer").match(text)):
        current.answered = True
        current.answer.extend([text[mark.end() :]] if text[mark.end() :] else [])
    elif current and current.answered:
        current.answer.append(text)
    elif current:
        current.question += text
    else:
        left.append(line)
    return current


def split_inline(text: str) -> tuple[str, str]:
    """Split 「怎么交？答：…」 on one line."""
    parts = pattern("documents", "qa", "inline_answer").split(text, maxsplit=1)
    return parts[0].strip(), parts[1].strip() if len(parts) > 1 else ""


def to_entry(context: Context, pair: Pair) -> Harvest:
    """Return a pair as an entry, or the finding about why not."""
    head = context.head
    try:
        entry = Entry(
            entry_id=entry_id(context.name, pair.question),
            kind="标问",
            question=pair.question,
            branches=(Branch(answer="\n".join(pair.answer)),),
            sources=(Source(document=head.title),),
            region=head.region,
            visibility=head.visibility,
            validity=head.validity,
        )
    except InvalidRecord as error:
        hint = error.hint or "请缩短后再导入"
        return Harvest(
            findings=(context.finding("invalid_record", f"{error.message}：{pair.question[:30]}", hint=hint),)
        )
    return Harvest(entries=(entry,))
