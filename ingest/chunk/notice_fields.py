"""Outage notices as fields: read from forms, labelled lines and sentences."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ingest.chunk.columns import field_of
from ingest.moments import span
from ingest.rulebook import pattern, rules
from ingest.types import Block, Table

Fields = dict[str, str]
STARTS, ENDS = "停电时间", "送电时间"
MIN_FIELDS = 3


@dataclass(slots=True)
class Group:
    """Labelled lines that belong together, and the fields they give."""

    fields: Fields = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)


def take_fields(title: str, blocks: Sequence[Block], today: dt.date) -> tuple[list[Block], list[Fields]]:
    """Return the blocks that belong to no notice, and the fields of every notice, in order."""
    rest: list[Block] = []
    found: list[Fields] = []
    lines: list[Block] = []
    for block in blocks:
        one = form_fields(block.table) if block.table is not None else told_fields(title, block, today)
        labelled = line_fields(block.text) if block.kind == "paragraph" else []
        if labelled and (len(labelled) >= MIN_FIELDS or not one):
            lines.append(block)
            continue
        settle(lines, rest, found)
        lines = []
        if one:
            found.append(one)
        else:
            rest.append(block)
    settle(lines, rest, found)
    return rest, found


def settle(lines: Sequence[Block], rest: list[Block], found: list[Fields]) -> None:
    """Give labelled lines to the notices they make, or back to the text."""
    for group in grouped(lines):
        if is_notice(group.fields):
            found.append(group.fields)
        else:
            rest.extend(block for block in group.blocks if block not in rest[-len(group.blocks) :])


def form_fields(table: Table) -> Fields:
    """Return the fields of a table of label and value pairs, empty when it is none."""
    fields: Fields = {}
    for row in table.rows:
        for label, value in zip(row[0::2], row[1::2], strict=False):
            name = field_of(label, "notice")
            if name and value and value != label:
                fields.setdefault(name, " ".join(value.split()))
    return fields if is_notice(fields) else {}


@cache
def _line_label() -> re.Pattern[str]:
    names = sorted({name for group in rules("columns")["notice"].values() for name in group}, key=len, reverse=True)
    return re.compile(rf"(?:^|(?<=[\s，,；;。、]))(?:\d+[.、]\s*)?({'|'.join(map(re.escape, names))})\s*[:：]\s*")


def line_fields(text: str) -> list[tuple[str, str]]:
    """Return the labelled values of a paragraph, in order."""
    marks = list(_line_label().finditer(text))
    cuts = [*(mark.start() for mark in marks), len(text)]
    pairs = ((field_of(m[1], "notice"), text[m.end() : end]) for m, end in zip(marks, cuts[1:], strict=True))
    return [(name, value.strip(" ，,；;。\n")) for name, value in pairs if name]


def grouped(lines: Sequence[Block]) -> list[Group]:
    """Group labelled values into notices: a label that comes again begins the next one."""
    groups: list[Group] = []
    for block in lines:
        for name, value in line_fields(block.text):
            if not groups or name in groups[-1].fields:
                groups.append(Group())
            groups[-1].fields[name] = value
        if block not in groups[-1].blocks:
            groups[-1].blocks.append(block)
    return groups


def told_fields(title: str, block: Block, today: dt.date) -> Fields:
    """Return the fields of an outage told in a sentence, under a title that announces outages; empty when none is.

    「因线路检修，定于11月25日8时至18时对10千伏北京路线停电，停电范围：北京路一带。」
    """
    if block.kind != "paragraph" or not is_notice_title(title):
        return {}
    found = pattern("documents", "notice", "time").search(block.text)
    if not found or not pattern("documents", "notice", "outage").search(block.text):
        return {}
    fields: Fields = {STARTS: found[0].strip()} if span(found[0], today)[0] else {}
    for name, rule in (("区域", "area"), ("线路", "line"), ("原因", "reason")):
        if place := pattern("documents", "notice", rule).search(block.text):
            fields[name] = next(group for group in place.groups() if group).strip()
    return fields if is_notice(fields) else {}


def is_notice(fields: Mapping[str, str]) -> bool:
    """Whether fields make a notice: when it begins, where, and at least one more."""
    return len(fields) >= MIN_FIELDS and STARTS in fields and bool({"区域", "线路"} & set(fields))


def is_notice_title(title: str) -> bool:
    """Whether a title announces outage notices."""
    return bool(pattern("documents", "kinds", "notice").search(title))
