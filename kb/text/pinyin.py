"""Sound of Chinese text, so that a mis-heard 店表 still finds 电表."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

CONFUSED = ((re.compile(r"^([zcs])h"), r"\1"), (re.compile(r"ng$"), "n"))
SOUNDS = Path(__file__).parent / "sounds.txt"


@cache
def _sounds() -> dict[str, str]:
    """Read the folded sound of every character."""
    lines = (line.split("\t") for line in SOUNDS.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {char: _folded(sound) for sound, chars in lines for char in chars}


@cache
def _begun() -> dict[str, str]:
    """Return the same sounds as the first half of a pair."""
    return {char: f"{sound}_" for char, sound in _sounds().items() if sound}


def _folded(sound: str) -> str:
    for pattern, replacement in CONFUSED:
        sound = pattern.sub(replacement, sound)
    return sound


def syllable(char: str) -> str:
    """Return the toneless pinyin of one character's first reading, zh/z, ch/c, sh/s and -ng/-n folded; "" if none."""
    if not "\u4e00" <= char <= "\u9fff":
        return char if char.isalnum() else ""
    return _sounds().get(char, "")


def syllables(text: str) -> list[str]:
    """Return one syllable per character that has one."""
    known = _sounds()
    return [sound for char in text if (sound := known.get(char) or syllable(char))]


def joints(run: str) -> tuple[list[str], list[str]]:
    """Return the syllables of a run of Chinese characters, as they begin a pair and as they end one."""
    return list(filter(None, map(_begun().get, run))), syllables(run)
