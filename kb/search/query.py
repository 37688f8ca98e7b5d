"""One question, prepared once: what was said, its normal form, its tokens with expansions, its numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.text.tokens import Analyser, Tokens

NUMBER = re.compile(
    r"(\d+(?:\.\d+)?)\s*(个?工作日|千伏安|千伏|千瓦|千乏|兆瓦|毫安|个月|小时|分钟|元|度|天|日|年|伏|安|瓦|米|%|户|次|倍)?"
)
SAME_UNIT = {"日": "天", "个工作日": "工作日"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A prepared question. `search` holds the base tokens plus the synonym terms; `numbers` are (value, unit)."""

    said: str
    text: str
    base: Tokens
    search: Tokens
    numbers: frozenset[tuple[str, str]]


def numbers_in(text: str) -> frozenset[tuple[str, str]]:
    """Return the numbers of a normalised text with their units ("" when bare). A day of the month is bare: 6月5日."""
    found = set()
    for match in NUMBER.finditer(text):
        value, unit = match[1], match[2] or ""
        dated = unit == "日" and text[match.start() - 1 : match.start()] == "月"
        found.add((value, "" if dated else SAME_UNIT.get(unit, unit)))
    return frozenset(found)


def prepare(said: str, analyser: Analyser) -> Query:
    """Normalise, tokenise and expand a question."""
    normal = analyser.normalise(said)
    base = analyser.query(normal)
    extra = [analyser.tokens(term) for _said, term in base.expansions]
    search = Tokens(
        text=base.text,
        words=tuple(dict.fromkeys([*base.words, *(word for tokens in extra for word in tokens.words)])),
        bigrams=tuple(dict.fromkeys([*base.bigrams, *(gram for tokens in extra for gram in tokens.bigrams)])),
        pinyin=base.pinyin,
        expansions=base.expansions,
    )
    return Query(said=said, text=normal.text, base=base, search=search, numbers=numbers_in(normal.text))
