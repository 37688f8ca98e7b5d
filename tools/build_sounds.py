"""Write kb/text/sounds.txt: the first reading of every Chinese character, from pypinyin (MIT).

The program reads this list instead of importing pypinyin, whose phrase dictionary costs 57 MB and a quarter of a second
at every start and is not used here.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pypinyin import Style, pinyin

OUT = Path(__file__).resolve().parent.parent / "kb" / "text" / "sounds.txt"
FIRST, LAST = 0x4E00, 0x9FFF
HEAD = (
    "# 每个汉字的第一读音（不标声调）：读音、制表符、读这个音的字。"
    "由 tools/build_sounds.py 从 pypinyin（MIT）生成，请勿手改。\n"
)


def sound_of(char: str) -> str:
    """Return the toneless first reading of a character; empty where pypinyin has none."""
    found = pinyin(char, style=Style.NORMAL, errors="ignore", heteronym=False)
    return str(found[0][0]) if found else ""


def build() -> str:
    """Return the file's text."""
    by_sound: dict[str, list[str]] = defaultdict(list)
    for code in range(FIRST, LAST + 1):
        by_sound[sound_of(chr(code))].append(chr(code))
    by_sound.pop("", None)
    return HEAD + "".join(f"{sound}\t{''.join(chars)}\n" for sound, chars in sorted(by_sound.items()))


if __name__ == "__main__":
    OUT.write_text(build(), encoding="utf-8")
