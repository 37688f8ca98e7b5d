"""Order and codes: what decides among questions that are nearly alike."""

from __future__ import annotations

import pytest

from kb.search.wording import WORDED, Wording


def against(asked: str, stored: str) -> dict[str, float]:
    return dict(zip(WORDED, Wording.of(asked).against(Wording.of(stored)), strict=True))


def test_the_same_words_the_other_way_round_lie_further_apart() -> None:
    asked = "手机里的照片传到电脑"
    straight, turned = against(asked, "手机的照片怎么传电脑"), against(asked, "电脑的照片怎么传手机")
    for name in ("in_order_covered", "in_order_held", "in_order_dice"):
        assert straight[name] > turned[name]
    assert straight["in_order_covered"] == 0.8  # 手机的照片传电脑: 8 of 10 characters
    assert straight["in_order_dice"] == 2 * 8 / (10 + 10)


def test_punctuation_and_case_are_no_words() -> None:
    assert against("i9，怎么 连？", "I9怎么连")["in_order_dice"] == 1.0


@pytest.mark.parametrize(
    ("asked", "stored", "covered", "alike", "held", "conflict"),
    [
        ("K2100W卡纸", "k2100w总是卡纸", 1.0, 1.0, 1.0, 0.0),
        ("2100卡纸", "K2100W总是卡纸", 0.0, 1.0, 1.0, 0.0),
        ("K2100卡纸", "KM-580卡纸", 0.0, 0.0, 0.0, 1.0),
        ("固件4.1.2", "固件4.1", 0.0, 0.0, 0.0, 1.0),
        ("K2100升级4.1", "K2100什么时候升级", 0.5, 0.5, 1.0, 0.0),
        ("卡纸怎么办", "K2100卡纸", 0.0, 0.0, 0.0, 0.0),
        ("K2100卡纸", "总是卡纸", 0.0, 0.0, 0.0, 0.0),
    ],
)
def test_codes_meet_exactly_or_by_their_number(
    asked: str, stored: str, covered: float, alike: float, held: float, conflict: float
) -> None:
    found = against(asked, stored)
    names = ("codes_covered", "codes_alike", "codes_held", "codes_conflict")
    assert tuple(found[name] for name in names) == (covered, alike, held, conflict)


@pytest.mark.parametrize(("asked", "stored"), [("", ""), ("？", "卡纸"), ("卡纸", "…")])
def test_nothing_said_shares_nothing(asked: str, stored: str) -> None:
    assert set(against(asked, stored).values()) == {0.0}
