"""Numbers as callers say them: read out digit by digit, in groups, with blanks, dashes and fillers between."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.text.numerals import DIGITS, NUMERAL, chinese_number

READ = {**{char: str(value) for char, value in DIGITS.items()}, "幺": "1"}
DIGIT = f"[0-9{''.join(READ)}]"
DATE = re.compile(r"\d{4}[-.]\d{1,2}[-.]\d{1,2}")
AREA_CODE = re.compile(r"0\d{2,3}\D+\d{7,8}")
MONEY_UNIT = re.compile(rf"({NUMERAL}+)(?=(?:块|元))")
WHOLE = (10, 11, 13)  # 户号 and mobile phones: so many digits are one number even when read half aloud
LEAST_READ, LONGEST_GROUP, LEAST, MOST = 6, 4, 8, 17


class DigitReader:
    """Joins spoken or spaced digits into one number where they are one."""

    def __init__(self, fillers: Sequence[str]) -> None:
        gap = rf"(?:[ \-—–.·、,，]|{'|'.join(map(re.escape, fillers))}){{1,3}}"
        self._run = re.compile(rf"{DIGIT}+(?:{gap}{DIGIT}+)*")

    def __call__(self, text: str) -> str:
        """Return `text` (NFKC) with numbers joined and amounts of money in digits."""
        return MONEY_UNIT.sub(_amount, self._run.sub(lambda match: _join(match[0]), text))


def _join(run: str) -> str:
    """Return a run as one number when its groups are short and together as long as a phone or a 户号."""
    if DATE.search(run):
        return run
    plain = "".join(READ.get(char, char) for char in run)
    groups = re.findall(r"\d+", plain)
    total = sum(map(len, groups))
    read_out = sum(char in READ for char in run)
    if len(groups) == 1:
        return plain if read_out >= LEAST_READ else run
    if AREA_CODE.fullmatch(plain):
        return f"{groups[0]}-{groups[1]}"
    alike = read_out in (0, total) or total in WHOLE
    if LEAST <= total <= MOST and max(map(len, groups)) <= LONGEST_GROUP and alike:
        return "".join(groups)
    return run


def _amount(match: re.Match[str]) -> str:
    """Return a spoken amount in digits; 一块 is a measure word more often than money."""
    value = chinese_number(match[1])
    return match[1] if value is None or value == 1 else str(value)
