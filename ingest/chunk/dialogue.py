"""Finds case dialogues in text and takes them out whole: nothing of a criticised call may become knowledge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise

from ingest.rulebook import pattern, rules
from ingest.types import Block

_SEPARATORS = re.compile(r"[,，。;；\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one side said in one go."""

    agent: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One bad example: a title, what happened, the turns, and the sentences of its analysis."""

    number: str
    title: str
    narrative: str = ""
    turns: tuple[Turn, ...] = ()
    analysis: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Raw:
    """The text of a case as found, and its place among the blocks outside."""

    text: list[str] = field(default_factory=list)
    titled: bool = True
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The blocks outside cases, the cases, and how many dialogues carry no criticism (left out too)."""

    rest: list[Block]
    cases: list[Case]
    unjudged: int = 0


def take_cases(blocks: Sequence[Block]) -> Found:
    """Split a document into bad examples and the rest; a 「案例」 without dialogue or criticism stays text."""
    rest: list[Block] = []
    raws: list[Raw] = []
    current: Raw | None = None
    for block in blocks:
        if current is not None and ends_case(block, current):
            current = None
        before, starts = split_titles(block)
        if current is None and not starts and is_turn(block):
            current = Raw(titled=False)
            raws.append(current)
        if current is None:
            rest.extend(with_text(block, before))
        elif before.strip():
            current.text.append(before)
        for start in starts:
            current = Raw(text=[start], place=len(rest))
            raws.append(current)
    return sorted_out(blocks, rest, raws)


def sorted_out(blocks: Sequence[Block], rest: list[Block], raws: Sequence[Raw]) -> Found:
    """Tell bad examples from others; words that only announce bad examples go with them."""
    bad = [raw for raw in raws if is_bad_example(raw)]
    mute = [raw for raw in raws if raw not in bad and has_turns(raw)]
    if not bad and not mute:
        return Found(rest=list(blocks), cases=[])
    for raw in reversed([raw for raw in raws if raw not in bad and raw not in mute]):
        rest.insert(raw.place, Block(kind="paragraph", text="\n".join(raw.text)))
    kept = [part for block in rest for part in without_announcements(block)]
    return Found(rest=kept, cases=merged([parsed("\n".join(r.text), titled=r.titled) for r in bad]), unjudged=len(mute))


def with_text(block: Block, text: str) -> list[Block]:
    """Return a block with other text, none when it is blank."""
    if block.kind == "table" or text == block.text:
        return [block]
    return [replace(block, text=text.strip("，, "))] if text.strip("，, ") else []


def split_titles(block: Block) -> tuple[str, list[str]]:
    """Split a block at case titles: the text before the first, and one text per case."""
    if block.kind == "table":
        return "", []
    marks = list(pattern("cases", "cases", "title").finditer(block.text))
    if not marks:
        return block.text, []
    cuts = [*(mark.start() for mark in marks), len(block.text)]
    return block.text[: cuts[0]], [block.text[a:b] for a, b in pairwise(cuts)]


def without_announcements(block: Block) -> list[Block]:
    """Return a block without the words that only announce bad examples."""
    if block.kind == "table":
        return [block]
    text = block.text
    furniture = pattern("cases", "cases", "furniture")
    pieces = [piece for piece in _SEPARATORS.split(text) if piece]
    while pieces and furniture.fullmatch(pieces[-1]):
        text = text.rstrip("，,。;； \n").removesuffix(pieces.pop())
    return with_text(block, text) if pieces else []


def ends_case(block: Block, current: Raw) -> bool:
    """Whether a block lies beyond the case: a heading, or a numbered title once the analysis has begun."""
    if block.kind == "table":
        return False
    own = pattern("cases", "cases", "title").match(block.text) or pattern("cases", "cases", "analysis").match(
        block.text
    )
    if block.kind == "heading":
        return not own and not re.search(r"分析|点评|评析|对话|情景|场景|改进|正确", block.text)
    analysed = pattern("cases", "cases", "analysis").search("\n".join(current.text))
    ends = pattern("cases", "cases", "ends").match(block.text)
    return bool(ends and not own and (analysed or not current.titled) and len(block.text) <= 40)


@cache
def _label() -> re.Pattern[str]:
    speakers = rules("cases")["speakers"]
    agents = "|".join(sorted(speakers["agent"], key=len, reverse=True))
    customers = "|".join(sorted(speakers["customer"], key=len, reverse=True))
    return re.compile(rf"(?:(?P<agent>{agents})|(?P<customer>{customers}))\s*[:：]")


def is_turn(block: Block) -> bool:
    """Whether a paragraph begins with an agent's name, or holds turns of both sides."""
    marks = list(_label().finditer(block.text)) if block.kind == "paragraph" else []
    both = any(mark["agent"] for mark in marks) and any(mark["customer"] for mark in marks)
    return bool(marks) and (both or (marks[0].start() == 0 and bool(marks[0]["agent"])))


def has_turns(raw: Raw) -> bool:
    """Whether an agent speaks in a case."""
    return any(mark["agent"] for mark in _label().finditer("\n".join(raw.text)))


def is_bad_example(raw: Raw) -> bool:
    """Whether a case is criticised: it has an analysis, or its dialogue stands under a case title."""
    text = "\n".join(raw.text)
    analysed = bool(pattern("cases", "cases", "analysis").search(text))
    if has_turns(raw):
        return raw.titled or analysed
    return analysed and bool(pattern("cases", "cases", "criticised").search(text))


def parsed(text: str, *, titled: bool) -> Case:
    """Read one case: title, narrative or turns, analysis."""
    mark = pattern("cases", "cases", "title").match(text) if titled else None
    body = text[mark.end() :] if mark else text
    title, body = split_title(body) if mark else ("", body)
    story, analysis = split_analysis(body)
    first = _label().search(story)
    narrative = story[: first.start()] if first else story
    return Case(
        number=mark[1] if mark else "",
        title=title,
        narrative=narrative.strip(" \n，,"),
        turns=tuple(turns_of(story[first.start() :])) if first else (),
        analysis=sentences(analysis),
    )


def split_title(body: str) -> tuple[str, str]:
    """Split a title from what follows it: a space, a line end, a speaker, or the analysis."""
    ends = [found.start() for found in (re.search(r"\s", body), _label().search(body)) if found]
    if found := pattern("cases", "cases", "analysis").search(body):
        ends.append(found.start())
    cut = min(ends, default=len(body))
    return body[:cut].strip(), body[cut:]


def split_analysis(body: str) -> tuple[str, str]:
    """Split a case where its analysis begins."""
    found = pattern("cases", "cases", "analysis").search(body)
    return (body[: found.start()], body[found.start() :]) if found else (body, "")


def turns_of(text: str) -> list[Turn]:
    """Split dialogue at the speakers' names; stage directions go."""
    marks = list(_label().finditer(text))
    cuts = [*(mark.start() for mark in marks), len(text)]
    narration = pattern("cases", "turns", "narration")
    turns: list[Turn] = []
    for mark, end in zip(marks, cuts[1:], strict=True):
        said = narration.sub("", text[mark.end() : end]).replace("\n", "").strip(" ，,")
        if said:
            turns.append(Turn(agent=bool(mark["agent"]), text=said))
    return turns


def sentences(analysis: str) -> tuple[str, ...]:
    """Return the sentences of an analysis without numbers and labels."""
    label = pattern("cases", "cases", "point_label")
    marked = pattern("cases", "cases", "point").sub("\n", re.sub(r"^(?:案[例件])?\S{0,2}析\s*[:：]", "", analysis))
    parts = (label.sub("", part.strip()).strip() for part in re.split(r"[。；;\n]", marked))
    return tuple(part for part in parts if len(part) >= 4)


def merged(cases: Sequence[Case]) -> list[Case]:
    """Put a dialogue and an analysis printed apart under one title back together."""
    whole: list[Case] = []
    for case in cases:
        above = whole[-1] if whole else None
        if above and above.title and above.title == case.title and not above.analysis and not case.turns:
            whole[-1] = replace(above, analysis=case.analysis, narrative=above.narrative or case.narrative)
        else:
            whole.append(case)
    return whole
