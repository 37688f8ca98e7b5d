"""Spaces that character recognition put between Chinese characters."""

from __future__ import annotations

import re

from ingest.rulebook import pattern

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TOKEN = re.compile(r"[\u4e00-\u9fff]+")
_DENSE = 12
_MIN_CHINESE = 20
_MIN_GAPS = 3
_SHORT_SHARE = 0.25


def close_up(line: str) -> str:
    """Join 「其 他 查 询」, and, in a line that is spaced all over, every Chinese word torn apart.

    Spaces that separate items of a list are kept: their words are longer than one or two characters.
    """
    line = pattern("cleaning", "spaces", "apart").sub(lambda found: found[0].replace(" ", ""), line)
    if torn(line):
        line = pattern("cleaning", "spaces", "between").sub("", line)
    return line


def torn(line: str) -> bool:
    """Whether spaces stand so close, and so often after one or two characters, that they cannot be meant."""
    chinese = len(_CHINESE.findall(line))
    gaps = len(re.findall(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff，。、；,;])", line))
    if (
        chinese < _MIN_CHINESE
        or gaps < _MIN_GAPS
        or gaps * _DENSE < chinese
        or not pattern("cleaning", "spaces", "sentence").search(line)
    ):
        return False
    tokens = _TOKEN.findall(line)
    return sum(len(token) <= 2 for token in tokens) >= _SHORT_SHARE * len(tokens)
