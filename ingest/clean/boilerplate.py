"""Watermarks and furniture of document-sharing sites: whole lines, and bits inside lines."""

from __future__ import annotations

import re
from functools import cache

from ingest.rulebook import rules
from kb.domain.errors import RuleFileInvalid


@cache
def _patterns(group: str) -> tuple[tuple[re.Pattern[str], int], ...]:
    try:
        return tuple((re.compile(rule["pattern"]), int(rule.get("max", 10_000))) for rule in rules("cleaning")[group])
    except (KeyError, re.error) as error:
        raise RuleFileInvalid(f"规则 cleaning.toml [[{group}]] 无效：{error}") from None


def is_boilerplate(line: str) -> bool:
    """Whether a whole line belongs to the site it was copied from."""
    line = line.strip()
    return any(len(line) <= limit and pattern.fullmatch(line) for pattern, limit in _patterns("lines"))


def without_watermarks(line: str) -> str:
    """Return a line without the bits that do not belong to its sentence."""
    for pattern, _ in _patterns("inline"):
        line = pattern.sub("", line)
    return line
