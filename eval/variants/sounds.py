"""Characters that sound alike: the 3,755 everyday characters of GB 2312 level 1, by their toneless pinyin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

FIRST_ROW, LAST_ROW, CELLS, LAST_CELLS = 16, 55, 94, 89


@lru_cache(maxsize=1)
def alike() -> Mapping[str, str]:
    """Return, for each everyday character, the others of its sound (first reading, tones ignored), in GB 2312 order."""
    from pypinyin import Style, lazy_pinyin

    pools: dict[str, list[str]] = defaultdict(list)
    for char in everyday():
        pools[lazy_pinyin(char, style=Style.NORMAL)[0]].append(char)
    return {char: "".join(other for other in pool if other != char) for pool in pools.values() for char in pool}


def everyday() -> str:
    """Return the characters of GB 2312-80, rows 16 to 55, in code order."""
    codes = (
        bytes((0xA0 + row, 0xA0 + cell))
        for row in range(FIRST_ROW, LAST_ROW + 1)
        for cell in range(1, (LAST_CELLS if row == LAST_ROW else CELLS) + 1)
    )
    return b"".join(codes).decode("gb2312")
