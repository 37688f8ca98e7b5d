"""Lines broken in mid-sentence are joined; lines that hold several paragraphs are split."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ingest.clean.line import Line
from ingest.rulebook import pattern, rules

_CHINESE_NUMBER = "[一二三四五六七八九十]+"
_CLAUSE = r"第[一二三四五六七八九十百\d]+[条章节]"
_ITEM = rf"(?:{_CHINESE_NUMBER}、|[（(]{_CHINESE_NUMBER}[）)]|\d{{1,2}}、|[（(]\d{{1,2}}[）)]|{_CLAUSE})"
_SPACED_ITEM = re.compile(rf" {{2,}}(?={_ITEM})|(?<=[。！？；])  +(?=\S)")
_SPACED_HEADING = re.compile(
    r"^((?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)])[^\s，。；]{1,20}) {2,}(?=\S)"
)
TAIL = 200
_SPACES = re.compile(r" {2,}")
_WORD_END = re.compile(r"[\u4e00-\u9fffA-Za-z0-9%％]$")
_WORD_START = re.compile(r"^[\u4e00-\u9fffA-Za-z0-9“《（(]")
_LATIN_SEAM = re.compile(r"[A-Za-z]$")
_INNER = re.compile(r"[，,。；：:]")


@cache
def _torn_label() -> re.Pattern[str]:
    labels = [*rules("cases")["speakers"]["agent"], *rules("cases")["speakers"]["customer"]]
    torn = "|".join(r"\s*".join(map(re.escape, label)) for label in labels if len(label) > 1)
    return re.compile(rf"(?:{torn})(?=\s*[:：])")


def mend_labels(text: str) -> str:
    """Join a speaker's name that a line break or spaces tore apart: 「客\\n户:」."""
    return _torn_label().sub(lambda found: re.sub(r"\s+", "", found[0]), text)


def join_broken(lines: Sequence[Line]) -> list[Line]:
    """Join lines of one block that belong to one sentence."""
    groups: list[list[Line]] = []
    tail = ""
    for line in lines:
        if groups and line.is_prose and groups[-1][-1].block is line.block and goes_on(tail, line.text):
            groups[-1].append(line)
            tail = (tail + line.text.strip())[-TAIL:]
        else:
            groups.append([line])
            tail = line.text[-TAIL:]
    return [group[0] if len(group) == 1 else group[0].with_text(seamed(group)) for group in groups]


def seamed(group: Sequence[Line]) -> str:
    """Return the lines of one sentence as one; Latin words keep a space between them."""
    parts: list[str] = []
    for line in group:
        text = line.text.strip()
        if parts and _LATIN_SEAM.search(parts[-1]) and re.match(r"[A-Za-z]", text):
            parts.append(" ")
        parts.append(text)
    return "".join(parts)


def goes_on(above: str, below: str) -> bool:
    """Whether the second line continues the sentence of the first."""
    above, below = above.strip(), below.strip()
    if not above or not below:
        return False
    if pattern("cleaning", "lines_break", "closes").search(below):
        return True
    if pattern("cleaning", "lines_break", "terminal").search(above) or _begins_anew(above, below):
        return False
    if pattern("cleaning", "lines_break", "open_end").search(above):
        return True
    if not (_WORD_END.search(above) and _WORD_START.search(below)):
        return False
    limits = rules("cleaning")["lines_break"]
    enough = limits["min_wrapped"] if _INNER.search(above) else limits["min_wrapped_bare"]
    return len(above) >= int(enough)


def _begins_anew(above: str, below: str) -> bool:
    heading = pattern("cleaning", "lines_break", "heading")
    return bool(pattern("cleaning", "lines_break", "starts").search(below) or heading.search(above))


def split_paragraphs(lines: Sequence[Line]) -> list[Line]:
    """Split lines at slide boxes and at wide spaces before list items; squeeze the spaces that remain."""
    slides = rules("cleaning")["slides"]
    separator = pattern("cleaning", "slides", "separator")
    boxes = sum(len(separator.findall(line.text)) for line in lines if line.is_prose)
    is_deck = boxes >= int(slides["min_separators"])
    return [line.with_text(part) for line in lines for part in _parts(line, is_deck=is_deck)]


def _parts(line: Line, *, is_deck: bool) -> Iterator[str]:
    if not line.is_prose:
        yield line.text
        return
    heading = r"\1\n"
    text = _SPACED_HEADING.sub(heading, _SPACED_ITEM.sub("\n", _SPACED_HEADING.sub(heading, line.text.strip())))
    if is_deck:
        text = pattern("cleaning", "slides", "separator").sub("\n", text)
    for part in text.split("\n"):
        titled = _SPACED_HEADING.sub(heading, part.strip())
        if is_deck:
            titled = pattern("cleaning", "slides", "title").sub(heading, titled)
        yield from (_SPACES.sub(" ", piece).strip() for piece in titled.split("\n") if piece.strip())
