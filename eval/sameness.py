"""When two utterances are the same words: a plain form, and the character-bigram Jaccard similarity."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Return NFKC, lower case, without spaces and punctuation; a text of punctuation alone keeps itself."""
    folded = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(character for character in folded if character.isalnum())
    return kept or folded.strip()


def bigrams(text: str) -> frozenset[str]:
    """Return the set of adjacent character pairs of the plain form; a single character is its own pair."""
    form = plain(text)
    if len(form) < 2:
        return frozenset({form}) if form else frozenset()
    return frozenset(form[i : i + 2] for i in range(len(form) - 1))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Return |A∩B| / |A∪B| in 0-1; two empty sets score 0 (Jaccard 1901)."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0
