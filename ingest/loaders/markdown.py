"""Markdown by markdown-it: headings, paragraphs, numbered items, tables; front matter in TOML or `key: value`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ingest.errors import FileRefused
from ingest.loaders.encoding import decode
from ingest.loaders.grid import table
from ingest.loaders.reading import Source
from ingest.types import Block, FileKind, Limits, LoadedFile, Table

if TYPE_CHECKING:
    from markdown_it.token import Token

_TOML = re.compile(r"\A\s*\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_YAML = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"^([\w\u4e00-\u9fff -]+?)\s*[:：]\s*(.*?)\s*$")
_TAG = re.compile(r"<[^>]+>")
_ASCII_EDGE = re.compile(r"[A-Za-z0-9]\Z")


def load(source: Source, kind: FileKind, limits: Limits) -> LoadedFile:  # noqa: ARG001 - one signature for all loaders
    """Read blocks and front matter.

    Raises:
        FileRefused: `binary`, or `front_matter` when a TOML front matter does not parse.
    """
    from markdown_it import MarkdownIt

    meta, body = front_matter(decode(source.data))
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
    return LoadedFile(
        name=source.name, kind=kind, title=meta.get("title", ""), meta=meta, blocks=tuple(blocks_of(tokens))
    )


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """Split off the front matter.

    Raises:
        FileRefused: `front_matter`.
    """
    if found := _TOML.match(text):
        try:
            pairs = tomllib.loads(found[1])
        except tomllib.TOMLDecodeError as error:
            raise FileRefused(
                "front_matter", f"文件头 +++ 部分写错了：{error}", hint='请按 TOML 写：键 = "值"，日期写成 2025-01-31'
            ) from None
        return {str(key).lower(): str(value) for key, value in pairs.items()}, text[found.end() :]
    if found := _YAML.match(text):
        matches = [match for line in found[1].splitlines() if (match := _PAIR.match(line))]
        if matches:
            return {match[1].strip().lower(): match[2].strip("\"'") for match in matches}, text[found.end() :]
    return {}, text


def blocks_of(tokens: Sequence[Token]) -> Iterator[Block]:
    """Yield blocks in order."""
    markers: list[str] = []
    lists: list[int | None] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type == "table_open":
            end = closing(tokens, index)
            yield Block(kind="table", table=grid(tokens[index:end]))
            index = end
        else:
            track_lists(token, lists, markers)
            yield from block(tokens, index, markers)
        index += 1


def block(tokens: Sequence[Token], index: int, markers: list[str]) -> Iterator[Block]:
    """Yield what one token contributes."""
    token = tokens[index]
    if token.type == "inline":
        opener = tokens[index - 1]
        text = inline_text(token)
        if opener.type == "heading_open":
            yield Block(kind="heading", text=text, level=int(opener.tag[1:]))
        elif text.strip():
            marker = markers.pop() if markers else ""
            markers.clear()
            yield Block(kind="paragraph", text=marker + text)
    elif token.type in {"fence", "code_block"} and token.content.strip():
        yield Block(kind="paragraph", text=token.content.strip())
    elif token.type == "html_block":
        yield from html_blocks(token.content)


def track_lists(token: Token, lists: list[int | None], markers: list[str]) -> None:
    """Keep the numbers of ordered lists, which the parser takes away."""
    if token.type == "ordered_list_open":
        lists.append(int(token.attrGet("start") or 1))
    elif token.type == "bullet_list_open":
        lists.append(None)
    elif token.type in {"ordered_list_close", "bullet_list_close"}:
        lists.pop()
    elif token.type == "list_item_open" and lists:
        number = lists[-1]
        markers[:] = ["· " if number is None else f"{number}{token.markup or '.'} "]
        lists[-1] = None if number is None else number + 1


def closing(tokens: Sequence[Token], index: int) -> int:
    """Return where the table that opens at `index` closes."""
    return next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")


def grid(tokens: Sequence[Token]) -> Table:
    """Return a pipe table; its first row is the header."""
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(inline_text(token).strip())
    return table(rows, header_rows=1)


def inline_text(token: Token) -> str:
    """Return the words of an inline token; a soft break joins Chinese lines and separates Latin words."""
    parts: list[str] = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type == "softbreak":
            parts.append(" " if parts and _ASCII_EDGE.search(parts[-1]) else "")
        elif child.type == "hardbreak" or (child.type == "html_inline" and child.content.lower().startswith("<br")):
            parts.append("\n")
    return "".join(parts).strip()


def html_blocks(content: str) -> Iterator[Block]:
    """Yield the blocks of raw HTML inside Markdown."""
    from ingest.loaders.webpage import blocks_from_html

    if _TAG.search(content):
        yield from blocks_from_html(content)
