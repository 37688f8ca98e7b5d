"""Stable identifiers: the same file gives the same ids, whatever machine or day it is read on."""

from __future__ import annotations

import hashlib
from collections import Counter


def short_hash(text: str, length: int) -> str:
    """Return the first `length` hex digits of the SHA-1 of `text`; an identifier, not a safeguard."""
    return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()[:length]


def document_id(name: str, sheet: str | None = None) -> str:
    """Return the id of a file, or of one sheet (or part) of it."""
    return "d-" + short_hash(f"{name}#{sheet}" if sheet else name, 10)


def entry_id(name: str, question: str) -> str:
    """Return the id of an entry whose file gives it none."""
    return "e-" + short_hash(name + question, 12)


class PassageIds:
    """Numbers the passages of one document; a locator that repeats gets a counter suffix."""

    def __init__(self, document: str) -> None:
        self._document = document
        self._seen: Counter[str] = Counter()

    def next(self, locator: str) -> str:
        """Return the id for the next passage at `locator`."""
        self._seen[locator] += 1
        suffix = f"-{self._seen[locator]}" if self._seen[locator] > 1 else ""
        return f"{self._document}#{short_hash(locator, 8)}{suffix}"
