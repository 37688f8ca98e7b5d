"""What the geometry of a PDF page tells: paragraphs, headings, running heads, page numbers."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.types import Block

MARGIN = 0.1
_NUMBERS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"[-—–·\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／,，共]\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–·\s]*|Page\s+\d+(?:\s+of\s+\d+)?"
)
_ENDS = re.compile(r"[。！？；：:;!?]\s*[”’」』）)]*$")
_STARTS = re.compile(
    r"第[一二三四五六七八九十百零〇\d]+[条章节编]|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、|\d+[、.．]\s*\D|[·•●■◆]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text and where it stands, in points from the top left."""

    text: str
    page: int
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    width: float
    height: float

    @classmethod
    def of(cls, line: dict[str, Any], *, page: int, width: float, height: float) -> Line:
        """Make a line of pdfplumber's; the size is that of its middle character."""
        sizes = [float(char["size"]) for char in line.get("chars", ())] or [0.0]
        return cls(
            text=str(line["text"]).strip(),
            page=page,
            x0=float(line["x0"]),
            x1=float(line["x1"]),
            top=float(line["top"]),
            bottom=float(line["bottom"]),
            size=statistics.median(sizes),
            width=width,
            height=height,
        )

    @property
    def in_margin(self) -> bool:
        """Whether the line stands in the top or bottom tenth of its page."""
        return self.bottom < MARGIN * self.height or self.top > (1 - MARGIN) * self.height


def without_running_heads(pages: list[list[Line]]) -> list[list[Line]]:
    """Drop margin lines that repeat (digits aside) on most pages, and page numbers."""
    counts = Counter(key for lines in pages for key in {_key(line) for line in lines if line.in_margin})
    often = max(2, (len(pages) + 1) // 2)
    return [
        [
            line
            for line in lines
            if not (line.in_margin and (counts[_key(line)] >= often or _PAGE_NUMBER.fullmatch(line.text)))
        ]
        for lines in pages
    ]


def _key(line: Line) -> str:
    return _NUMBERS.sub("#", line.text)


def body_size(lines: list[Line]) -> float:
    """Return the size most characters are set in."""
    weights: Counter[float] = Counter()
    for line in lines:
        weights[round(line.size, 1)] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def paragraphs(lines: list[Line], usual: float) -> Iterator[tuple[float, Block]]:
    """Yield headings and paragraphs with the height they begin at."""
    right = max((line.x1 for line in lines), default=0.0)
    left = min((line.x0 for line in lines), default=0.0)
    group: list[Line] = []
    for line in lines:
        if group and not _goes_on(group[-1], line, left, right):
            yield _block(group, usual)
            group = []
        group.append(line)
    if group:
        yield _block(group, usual)


def _goes_on(above: Line, line: Line, left: float, right: float) -> bool:
    """Whether a line continues the one above: that one reaches the right edge, this one starts at the left one."""
    gap = line.top - above.bottom
    if abs(line.size - above.size) > 0.8 or gap > 1.6 * max(above.size, 1) or _STARTS.match(line.text):
        return False
    full = above.x1 > right - 2.5 * max(above.size, 1)
    indented = line.x0 > left + 1.2 * max(line.size, 1)
    if not full:
        return False
    return not (indented and (_ENDS.search(above.text) or above.x0 <= left + 1))


def _block(group: list[Line], usual: float) -> tuple[float, Block]:
    text = group[0].text
    for line in group[1:]:
        latin = re.search(r"[A-Za-z]$", text) and re.match(r"[A-Za-z]", line.text)
        text += (" " if latin else "") + line.text
    level = _level(group, usual)
    return group[0].top, Block(kind="heading" if level else "paragraph", text=text, level=level, page=group[0].page)


def _level(group: list[Line], usual: float) -> int:
    size = group[0].size
    if usual and size > usual * 1.12 and len(group) <= 2 and not _ENDS.search(group[-1].text):
        return 1 if size > usual * 1.5 else 2
    return 0
