"""What a document says about itself in its head and tail: title, number, validity, visibility."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import cast

from ingest.chunk.context import Head
from ingest.chunk.tables import distinct
from ingest.chunk.validity import from_caption, from_prose
from ingest.dates import optional_day, prefer
from ingest.errors import FileRefused
from ingest.rulebook import pattern, rules
from ingest.types import Block, LoadedFile
from kb.domain.errors import InvalidRecord
from kb.domain.knowledge import DOCUMENT_KINDS, DocumentKind
from kb.domain.validity import VISIBILITIES, Validity, Visibility

MAX_TITLE = 60
TAIL = 8
_ENDS = re.compile(r"[。；：！？,，:;]$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def read_head(loaded: LoadedFile, overrides: Mapping[str, str]) -> Head:
    """Return the head; the sidecar wins over front matter, front matter over content.

    Raises:
        FileRefused: `sidecar` or `front_matter` for a date or word that cannot be read.
    """
    said = {**declared(loaded.meta, "front_matter"), **declared(overrides, "sidecar")}
    prose = [block for block in loaded.blocks if block.kind != "table"]
    kind = said.get("kind", "")
    return Head(
        title=said.get("title") or loaded.title or first_title(loaded) or PurePosixPath(loaded.name).stem,
        number=said.get("number") or number_in(prose),
        kind=cast("DocumentKind", kind) if kind in DOCUMENT_KINDS else None,
        visibility=cast("Visibility", said["visibility"]) if "visibility" in said else visibility_in(loaded),
        validity=validity_of(said, prose),
        region=said.get("region") or None,
        titled="title" in said,
    )


def declared(pairs: Mapping[str, str], origin: str) -> dict[str, str]:
    """Return declared settings after checking those that must not be misread.

    Raises:
        FileRefused: `origin` as reason.
    """
    said = {key: value for key, value in pairs.items() if value}
    if said.get("visibility") not in {None, *VISIBILITIES}:
        raise FileRefused(
            origin, f"visibility 只能是 {'、'.join(VISIBILITIES)}，写的是 {said['visibility']}", hint="请改好再导入"
        )
    for key in ("valid_from", "valid_to"):
        try:
            optional_day(said.get(key, ""))
        except ValueError:
            raise FileRefused(origin, f"{key} 日期读不懂：{said[key]}", hint="请写成 2025-01-31 的样子") from None
    return said


def validity_of(said: Mapping[str, str], prose: Sequence[Block]) -> Validity:
    """Return the declared validity, open ends from the content.

    Raises:
        FileRefused: `front_matter` when it ends before it starts.
    """
    try:
        own = Validity(
            valid_from=optional_day(said.get("valid_from", "")), valid_to=optional_day(said.get("valid_to", ""))
        )
    except InvalidRecord as error:
        raise FileRefused("front_matter", error.message, hint="请改好日期再导入") from None
    return prefer(own, validity_in(prose))


def validity_in(prose: Sequence[Block]) -> Validity:
    """Read validity from the first lines (as captions) and the first and last ones (as sentences about itself)."""
    head = prose[: rules("documents")["visibility"]["head_blocks"]]
    lines = (block.text for block in head if is_caption(block.text))
    captioned = next((found for line in lines if (found := from_caption(line)) is not None), None)
    if captioned is not None:
        return captioned
    for block in (*head, *prose[-TAIL:]):
        if (found := from_prose(block.text)) is not None:
            return found
    return Validity()


def is_caption(text: str) -> bool:
    """Whether a line of the head is a label rather than a sentence or clause."""
    clause = pattern("documents", "outline", "clause")
    return 0 < len(text) <= MAX_TITLE and text[-1] not in "。；" and not clause.match(text)


def visibility_in(loaded: LoadedFile) -> Visibility:
    """Return 内部 when a short line of the head, or a title row, says so."""
    rule = rules("documents")["visibility"]
    lines = [block.text for block in loaded.blocks[: rule["head_blocks"]] if block.kind != "table"]
    for block in loaded.blocks:
        if block.table is not None:
            titles = (distinct(row) for row in block.table.rows[:3])
            lines.extend(values[0] for values in titles if len(values) == 1)
    internal = pattern("documents", "visibility", "internal")
    return "内部" if any(len(line) <= rule["max_line"] and internal.search(line) for line in lines) else "对外"


def number_in(prose: Sequence[Block]) -> str:
    """Return the document number (文号) in the first lines."""
    head = prose[: rules("documents")["visibility"]["head_blocks"]]
    found = (pattern("documents", "number", "pattern").search(block.text) for block in head)
    return next((re.sub(r"\s+", "", match[0]) for match in found if match), "")


def first_title(loaded: LoadedFile) -> str:
    """Return the first heading, else the first line if it looks like a title; sheets have their own."""
    if loaded.kind in {"xlsx", "xls", "csv", "jsonl"}:
        return ""
    for block in loaded.blocks[:3]:
        if block.kind == "heading" and block.level <= 2:
            return block.text
    first = next(iter(loaded.blocks), None)
    if first is None or first.kind == "table" or len(first.text) > MAX_TITLE or _ENDS.search(first.text):
        return ""
    return first.text if _CHINESE.search(first.text) and not is_item(first.text) else ""


def is_item(text: str) -> bool:
    """Whether a line is a clause or list item rather than a title."""
    return bool(re.match(r"第[一二三四五六七八九十百\d]+[条章节]|[（(]?[一二三四五六七八九十\d]+[）)、.．]|问|Q", text))
