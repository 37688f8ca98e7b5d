"""Web pages by BeautifulSoup: the main part only, without menus, scripts, footers and bread crumbs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.loaders.encoding import decode
from ingest.loaders.grid import table
from ingest.loaders.reading import Source
from ingest.rulebook import pattern, rules
from ingest.types import Block, FileKind, Limits, LoadedFile

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

MOST_OF_PAGE = 0.6
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\f\v]*\n[ \t\r\f\v\n]*|[ \t\r\f\v]+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "th",
        "tr",
        "ul",
        "hgroup",
    ]
)


def load(source: Source, kind: FileKind, limits: Limits) -> LoadedFile:  # noqa: ARG001 - one signature for all loaders
    """Read the main part of a page.

    Raises:
        FileRefused: `binary`.
    """
    soup = parse(page_text(source.data))
    title = page_title(soup)
    return LoadedFile(name=source.name, kind=kind, title=title, blocks=tuple(walk(main_part(soup))))


def blocks_from_html(html: str) -> Iterator[Block]:
    """Yield the blocks of a piece of HTML."""
    yield from walk(main_part(parse(html)))


def page_text(data: bytes) -> str:
    """Decode a page; the charset it declares is tried before guessing, GB2312 read as its superset."""
    declared = _CHARSET.search(data[:2048])
    if declared and declared[1].lower() in {b"gb2312", b"gbk", b"gb18030", b"big5"}:
        name = "big5" if declared[1].lower() == b"big5" else "gb18030"
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            pass
    return decode(data)


def parse(html: str) -> BeautifulSoup:
    """Parse leniently with lxml."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(html, "lxml")


def page_title(soup: BeautifulSoup) -> str:
    """Return the first h1, else the title without the site's name."""
    heading = soup.find("h1")
    if heading and heading.get_text(strip=True):
        return _SPACE.sub(" ", heading.get_text(" ", strip=True))
    title = soup.title.get_text(strip=True) if soup.title else ""
    return re.split(r"\s*[|_]\s*|\s+[-–—]\s+", title)[0].strip()


def main_part(soup: BeautifulSoup) -> Tag:
    """Drop what is not content and return the main element."""
    dropped = rules("webpage")
    for tag in soup.find_all(dropped["drop_tags"]):
        tag.decompose()
    names = pattern("webpage", "drop_names")
    most = len(soup.get_text()) * MOST_OF_PAGE
    for tag in soup.select("*"):
        if not tag.decomposed and unwanted(tag, names) and len(tag.get_text()) <= most:
            tag.decompose()
    for selector in dropped["main"]:
        found = soup.select(selector)
        if len(found) == 1 and found[0].get_text(strip=True):
            return found[0]
    return soup.body or soup


def unwanted(tag: Tag, names: re.Pattern[str]) -> bool:
    """Whether a tag is hidden, or its class, id or role says it is furniture."""
    attributes = tag.attrs or {}
    if "hidden" in attributes or _HIDDEN.search(str(attributes.get("style", ""))):
        return True
    classes = attributes.get("class")
    labels = [*(classes if isinstance(classes, list) else [classes]), attributes.get("id"), attributes.get("role")]
    return any(names.fullmatch(str(label).lower()) for label in labels if label)


def walk(tag: Tag) -> Iterator[Block]:
    """Yield blocks in document order; loose text between block elements is a paragraph."""
    from bs4 import Comment
    from bs4 import Tag as TagType
    from bs4.element import NavigableString

    loose: list[str] = []
    for child in tag.children:
        if isinstance(child, TagType) and (child.name in _BLOCK_TAGS or child.find(list(_BLOCK_TAGS))):
            yield from paragraph("".join(loose))
            loose.clear()
            yield from element(child)
        elif isinstance(child, TagType):
            loose.append("\n" if child.name == "br" else inline(child))
        elif isinstance(child, NavigableString) and not isinstance(child, Comment):
            loose.append(_SPACE.sub(" ", str(child)))
    yield from paragraph("".join(loose))


def element(tag: Tag) -> Iterator[Block]:
    """Yield the blocks of one block element."""
    if re.fullmatch(r"h[1-6]", tag.name):
        text = inline(tag).strip()
        if text:
            yield Block(kind="heading", text=text, level=int(tag.name[1]))
    elif tag.name == "table" and not tag.find("table"):
        yield from table_block(tag)
    elif tag.name == "dl":
        yield from definitions(tag)
    elif tag.name == "ol":
        yield from ordered(tag)
    else:
        yield from walk(tag)


def ordered(tag: Tag) -> Iterator[Block]:
    """Yield list items with the numbers a browser would show."""
    start = str(tag.get("start") or "1")
    number = int(start) if start.isdecimal() else 1
    for item in tag.find_all("li", recursive=False):
        for position, block in enumerate(walk(item)):
            text = f"{number}. {block.text}" if position == 0 and block.kind == "paragraph" else block.text
            yield Block(kind=block.kind, text=text, level=block.level, table=block.table)
        number += 1


def definitions(tag: Tag) -> Iterator[Block]:
    """Yield a definition list as a table of two columns."""
    rows: list[list[str]] = []
    for item in tag.find_all(["dt", "dd"]):
        text = inline(item).strip()
        if item.name == "dt" or not rows:
            rows.append([text.rstrip("：:"), ""])
        else:
            rows[-1][1] = f"{rows[-1][1]}\n{text}".strip()
    if rows:
        yield Block(kind="table", table=table(rows))


def table_block(tag: Tag) -> Iterator[Block]:
    """Yield a data table, its caption before it as a paragraph."""
    caption = tag.find("caption")
    if caption and caption.get_text(strip=True):
        yield Block(kind="paragraph", text=caption.get_text(strip=True))
    rows, header_rows = grid(tag)
    if any(any(row) for row in rows):
        yield Block(kind="table", table=table(rows, header_rows=header_rows))


def grid(tag: Tag) -> tuple[list[list[str]], int]:
    """Return the cells with row and column spans filled, and how many header rows of `th` lead."""
    rows: list[list[str]] = []
    taken: dict[tuple[int, int], str] = {}
    header_rows = 0
    for y, line in enumerate(tag.find_all("tr")):
        cells = line.find_all(["td", "th"], recursive=False)
        if cells and header_rows == y and all(cell.name == "th" for cell in cells):
            header_rows = y + 1
        place_cells(cells, y, taken)
    height, width = (max((key[axis] for key in taken), default=-1) + 1 for axis in (0, 1))
    rows = [[taken.get((y, x), "") for x in range(width)] for y in range(height)]
    return rows, header_rows


def place_cells(cells: list[Tag], y: int, taken: dict[tuple[int, int], str]) -> None:
    """Put one row's cells into the first free columns, repeated over their spans."""
    x = 0
    for cell in cells:
        while (y, x) in taken:
            x += 1
        text = inline(cell).strip()
        down, across = (span(cell, name) for name in ("rowspan", "colspan"))
        for dy in range(down):
            for dx in range(across):
                taken[y + dy, x + dx] = text
        x += across


def span(cell: Tag, name: str) -> int:
    """Return a row or column span, 1 to 200."""
    value = str(cell.get(name) or "1")
    return min(max(int(value), 1), 200) if value.isdecimal() else 1


def inline(tag: Tag) -> str:
    """Return the words of an element; `br` and inner blocks break lines."""
    from bs4 import Comment
    from bs4 import Tag as TagType
    from bs4.element import NavigableString

    parts: list[str] = []
    for child in tag.descendants:
        if isinstance(child, TagType):
            if child.name in _BLOCK_TAGS or child.name == "br":
                parts.append("\n")
        elif isinstance(child, NavigableString) and not isinstance(child, Comment):
            parts.append(_SPACE.sub(" ", str(child)))
    return re.sub(r" *\n[ \n]*", "\n", "".join(parts)).strip()


def paragraph(text: str) -> Iterator[Block]:
    """Yield text as a paragraph unless it is blank."""
    text = re.sub(r" *\n *", "\n", text).strip()
    if text:
        yield Block(kind="paragraph", text=text)
