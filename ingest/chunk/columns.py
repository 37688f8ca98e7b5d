"""Which column holds what: headers matched against the names in `ingest/rules/columns.toml`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from ingest.rulebook import rules

_BRACKETS = re.compile(r"[（(【\[][^）)】\]]*[）)】\]]")
_MARKS = re.compile(r"[\s*＊:：#]+")
_COUNTER = re.compile(r"(?<=[\u4e00-\u9fff])\s*[\d一二三四五六七八九十]+$")


def plain_header(header: str) -> str:
    """Return a header without spaces, stars and bracketed remarks, in lower case."""
    bare = _MARKS.sub("", _BRACKETS.sub("", header)).lower()
    return bare or _MARKS.sub("", header).lower()


@cache
def _names(profile: str) -> Mapping[str, tuple[str, int]]:
    """Return normalised name -> (field, rank); a lower rank is a stronger name."""
    return {
        plain_header(name): (field, rank)
        for field, names in reversed(rules("columns")[profile].items())
        for rank, name in enumerate(names)
    }


def field_of(header: str, profile: str) -> str | None:
    """Return the field a header stands for in a profile (`qa`, `guard`, `notice`, `validity`)."""
    names = _names(profile)
    bare = plain_header(header)
    found = names.get(bare) or names.get(_COUNTER.sub("", bare))
    return found[0] if found else None


def fields_of(headers: Sequence[str], profile: str) -> dict[str, list[int]]:
    """Return field -> columns, the column with the strongest name first."""
    names = _names(profile)
    found: dict[str, list[tuple[int, int]]] = {}
    for index, header in enumerate(headers):
        field = field_of(header, profile)
        if field:
            rank = names.get(plain_header(header), (field, 99))[1]
            found.setdefault(field, []).append((rank, index))
    return {field: [index for _, index in sorted(places)] for field, places in found.items()}


def repeated(headers: Sequence[str], columns: Sequence[int]) -> str | None:
    """Return the header that stands twice among some columns, if any."""
    counts = Counter(plain_header(headers[index]) for index in columns)
    return next((headers[index] for index in columns if counts[plain_header(headers[index])] > 1), None)


@cache
def synonyms(group: str) -> Mapping[str, str]:
    """Return other name -> canonical name for values (`visibility`, `kinds`, `categories`)."""
    return {name.lower(): value for value, names in rules("columns")[group].items() for name in names}


def profile_of(headers: Sequence[str]) -> str | None:
    """Tell what a header row announces: `guard`, `qa`, `notice`, or nothing known."""
    guard = fields_of(headers, "guard")
    if "utterance" in guard and ({"why", "instead"} & set(guard)):
        return "guard"
    qa = fields_of(headers, "qa")
    if {"question", "answer"} <= set(qa) or _means_qa(headers, qa):
        return "qa"
    notice = fields_of(headers, "notice")
    if "停电时间" in notice and ({"区域", "线路"} & set(notice)):
        return "notice"
    return None


def _means_qa(headers: Sequence[str], qa: Mapping[str, Sequence[int]]) -> bool:
    """Whether a sheet that lacks one of its two columns was meant as Q&A: a telling name and another known one."""
    telling = {"标准问题", "标准问", "相似问", "相似问法", "扩展问", "标准答案", "答案", "答复口径"}
    named = any(plain_header(header) in telling for header in headers)
    return named and len(qa) >= 2 and bool({"question", "answer", "phrasings"} & set(qa))
