"""Spoken numerals: every number a caller can say reads back; words that only look like numbers stay."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.text.lexicon import load_lexicon
from kb.text.numerals import anchored_pattern, chinese_number, spoken_to_digits
from kb.text.rulefiles import RuleFiles

LEXICON = load_lexicon(RuleFiles())
PATTERN = anchored_pattern(LEXICON.numeral_units, LEXICON.protected)
DIGITS = "零一二三四五六七八九"


def spoken(number: int) -> str:
    """Read a number below 10^8 the way a schoolbook does: 10005 -> 一万零五."""
    high, low = divmod(number, 10_000)
    if high:
        gap = "零" if 0 < low < 1000 else ""
        return spoken(high) + "万" + gap + (spoken(low) if low else "")
    text, pending = "", False
    for place, scale in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            text += ("零" if pending and text else "") + DIGITS[digit] + scale
            pending = False
        else:
            pending = True
    return text or "零"


@given(st.integers(0, 99_999_999))
@example(10)
@example(10_005)
@example(1_000_500)
def test_every_number_reads_back(number: int) -> None:
    assert chinese_number(spoken(number)) == number


@given(st.integers(10, 19))
def test_ten_is_said_without_its_one(number: int) -> None:
    assert chinese_number(spoken(number).removeprefix("一")) == number


@pytest.mark.parametrize(
    ("said", "value"), [("三百八", 380), ("二百五", 250), ("一千二", 1200), ("一万五", 15_000), ("三万二", 32_000)]
)
def test_a_last_digit_without_its_scale_takes_the_next_scale(said: str, value: int) -> None:
    """「三百八」 is 380 in speech; 308 is said 「三百零八」."""
    assert chinese_number(said) == value


@pytest.mark.parametrize("said", ["千万", "百", "万", "一一", "二三", "千百"])
def test_what_is_no_numeral(said: str) -> None:
    assert chinese_number(said) is None


@pytest.mark.parametrize(("said", "value"), [("二〇二五", 2025), ("两百", 200), ("五", 5), ("一零零", 100), ("〇", 0)])
def test_digit_by_digit_and_variants(said: str, value: int) -> None:
    assert chinese_number(said) == value


@given(st.text("零〇一二两三四五六七八九十百千万", max_size=12))
def test_any_run_of_numerals_is_a_number_or_none(text: str) -> None:
    value = chinese_number(text) if text else None
    assert value is None or value >= 0


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("二十块", "20块"),
        ("一百二十度", "120度"),
        ("一户一表", "一户一表"),
        ("一直停电", "一直停电"),
        ("第三天", "第三天"),
        ("千万别动", "千万别动"),
        ("十千瓦", "10千瓦"),
        ("二零二五年", "2025年"),
        ("四川", "四川"),
    ],
)
def test_only_before_a_unit(said: str, written: str) -> None:
    assert spoken_to_digits(said, PATTERN) == written


@pytest.mark.parametrize("word", LEXICON.protected)
def test_protected_words_stay(word: str) -> None:
    assert spoken_to_digits(word, PATTERN) == word


def test_no_units_means_no_change() -> None:
    pattern: re.Pattern[str] = anchored_pattern((), ())
    assert spoken_to_digits("二十块", pattern) == "二十块"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("力率零点八二", "力率0.82"),
        ("标准零点九的", "标准0.9的"),
        ("零点三十分停电", "零点三十分停电"),
        ("零点五分", "零点五分"),
    ],
)
def test_decimals_below_one_need_no_unit(said: str, read: str) -> None:
    assert spoken_to_digits(said, PATTERN) == read
