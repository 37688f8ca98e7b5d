"""Sound of Chinese text, so that a mis-heard 店表 still finds 电表."""

from __future__ import annotations

import re
from functools import lru_cache

CONFUSED = ((re.compile(r"^([zcs])h"), r"\1"), (re.compile(r"ng$"), "n"))


@lru_cache(maxsize=32768)
def syllable(char: str) -> str:
    """Return the toneless pinyin of one character's first reading, zh/z, ch/c, sh/s and -ng/-n folded; "" if none."""
    if not "\u4e00" <= char <= "\u9fff":
        return char if char.isalnum() else ""
    from pypinyin import Style, pinyin

    sound: str = pinyin(char, style=Style.NORMAL, errors="ignore", heteronym=False)[0][0]
    for pattern, replacement in CONFUSED:
        sound = pattern.sub(replacement, sound)
    return sound


def syllables(text: str) -> list[str]:
    """Return one syllable per character that has one."""
    return [sound for sound in map(syllable, text) if sound]
