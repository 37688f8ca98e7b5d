"""Characters nobody sees: zero-width, bidirectional, control; and one kind of space and line end."""

from __future__ import annotations

from ingest.rulebook import pattern


def tidy(text: str) -> str:
    """Return text without invisible characters, every space a plain one, every line end LF."""
    if text.isascii() and text.isprintable():
        return text
    text = pattern("cleaning", "characters", "newline").sub("\n", text)
    text = pattern("cleaning", "characters", "drop").sub("", text)
    return pattern("cleaning", "characters", "space").sub(" ", text)
