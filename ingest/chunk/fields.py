"""Single cells of a Q&A sheet: lists, categories, conditions, sources."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.chunk.columns import synonyms
from ingest.rulebook import pattern
from kb.domain.knowledge import Source

_NUMBERED = re.compile(r"^\s*(?:[（(]?\d{1,2}[）)、.．]|[①-⑳]|[·•\-])\s*")
_CONDITION = re.compile(r"^\s*([^=＝:：]{1,20}?)\s*[=＝:：]\s*(.+?)\s*$")
_SOURCE = re.compile(r"^(《[^》]+》(?:[（(][^）)]*[）)])?)\s*(.*)$")


class UnknownValue(ValueError):
    """A value that is not among those allowed. `value` is what stood there."""

    def __init__(self, value: str) -> None:
        super().__init__(value)
        self.value = value


def phrasings(text: str) -> tuple[str, ...]:
    """Split 相似问 at line ends, ；, ; and |; list numbers go, commas and question marks inside stay."""
    parts = (_NUMBERED.sub("", part).strip() for part in pattern("columns", "open", "phrasings").split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


def several(text: str) -> tuple[str, ...]:
    """Split short values at any separator."""
    return tuple(dict.fromkeys(p.strip() for p in pattern("columns", "open", "several").split(text) if p.strip()))


def categories(text: str, allowed: frozenset[str]) -> tuple[str, ...]:
    """Read categories, other names included; anything is allowed when `allowed` is empty.

    Raises:
        UnknownValue: a category that is neither known nor another name of one.
    """
    return tuple(dict.fromkeys(one_category(name, allowed) for name in several(text.replace("/", "、"))))


def one_category(name: str, allowed: frozenset[str]) -> str:
    """Return the category a name stands for.

    Raises:
        UnknownValue: see `categories`.
    """
    if not allowed or name in allowed:
        return name
    renamed = synonyms("categories").get(name.lower(), "")
    if renamed in allowed:
        return renamed
    raise UnknownValue(name)


def one_of(group: str, text: str, default: str) -> str:
    """Return the canonical name of a value of a closed group (`visibility`, `kinds`).

    Raises:
        UnknownValue: no such value.
    """
    if not text.strip():
        return default
    found = synonyms(group).get(text.strip().lower())
    if found is None:
        raise UnknownValue(text.strip())
    return found


def conditions(text: str) -> dict[str, str]:
    """Read 「区域=城区；供电方式=低压」.

    Raises:
        UnknownValue: a part without an equals sign.
    """
    facts: dict[str, str] = {}
    for part in re.split(r"[；;\n，,]|且", text):
        if not part.strip():
            continue
        found = _CONDITION.match(part)
        if not found:
            raise UnknownValue(part.strip())
        facts[found[1]] = found[2]
    return facts


def sources(text: str) -> tuple[Source, ...]:
    """Read sources, one per line or ；: 《供电营业规则》第十二条 is a document and a place in it."""
    return tuple(source(part.strip()) for part in re.split(r"\r?\n|[；;|]", text) if part.strip())


def source(text: str) -> Source:
    """Return one source."""
    found = _SOURCE.match(text)
    return Source(document=found[1], locator=found[2].strip()) if found and found[2] else Source(document=text)


def first(cells: Sequence[str], columns: Sequence[int]) -> str:
    """Return the first filled cell among columns."""
    return next((cells[i] for i in columns if cells[i]), "")
