"""Personal data leaves no trace in what is logged."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.errors import RuleFileInvalid
from kb.text.masking import Masker, load_masker
from kb.text.rulefiles import RuleFiles

MASK = load_masker(RuleFiles())
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")
AROUND = st.text("电话号码是，。我的 手机：()转", max_size=8)
PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
RUN = re.compile(r"\d{5,}")


@given(AROUND, PHONES, AROUND, st.sampled_from(["", " ", "-"]), st.sampled_from(["", "+86", "86", "+86-", "86 "]))
def test_no_phone_is_left(before: str, phone: str, after: str, gap: str, prefix: str) -> None:
    said = f"{before}{prefix}{gap.join((phone[:3], phone[3:7], phone[7:]))}{after}"
    masked = MASK(said)
    assert "〔手机号〕" in masked
    assert not any(char.isdigit() for char in masked)


@given(AROUND, PHONES, AROUND, st.sampled_from(["", " ", "、", "，", "-"]), st.booleans())
def test_no_phone_read_out_is_left(before: str, phone: str, after: str, gap: str, yao: bool) -> None:
    read = gap.join(phone.translate(SPOKEN))
    read = read.replace("一", "幺") if yao else read
    masked = MASK(f"{before}{read}{after}")
    assert "〔手机号〕" in masked
    assert not re.search("[零一二三四五六七八九幺]", masked)


@pytest.mark.parametrize("said", ["008613812345678", "13812 345678", "1 3 8 1 2 3 4 5 6 7 8", "138.1234.5678"])
def test_no_phone_is_left_however_it_is_spaced(said: str) -> None:
    masked = MASK(f"请打{said}找我")
    assert "5678" not in masked.replace(" ", "")


@given(PHONES, PHONES)
def test_two_phones_run_together_are_masked(first: str, second: str) -> None:
    assert not RUN.search(MASK(f"电话{first}{second}"))


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("身份证11010519900307123X", "身份证〔身份证号〕"),
        ("卡号6222 0212 3456 7890 123", "卡号〔银行卡号〕"),
        ("座机010-62345678", "座机〔电话〕"),
        ("户号0312345678", "户号〔户号〕"),
        ("住3号楼2单元501室", "住〔门牌〕"),
        ("户号1234567890123", "户号〔户号〕"),
    ],
)
def test_kinds(said: str, logged: str) -> None:
    assert MASK(said) == logged


@pytest.mark.parametrize(
    "said", ["10千伏专变315千伏安", "拨打95598", "2026年1月1日起", "用了1234567度", "", "\ud800电"]
)
def test_what_is_not_personal_stays(said: str) -> None:
    assert MASK(said) == said


@given(st.text(st.characters(codec=None), max_size=60))
def test_masking_twice_changes_nothing(text: str) -> None:
    assert MASK(MASK(text)) == MASK(text)


def test_no_masks() -> None:
    assert Masker(())("13812345678") == "13812345678"


@pytest.mark.parametrize("rule", ['pattern = "("\nplaceholder = "x"', 'pattern = "a"', 'placeholder = "x"'])
def test_a_broken_rule_names_its_file(tmp_path: Path, rule: str) -> None:
    (tmp_path / "personal_data.toml").write_text(f"[masks.phone]\n{rule}\n", encoding="utf-8")
    with pytest.raises(RuleFileInvalid, match=r"personal_data\.toml"):
        load_masker(RuleFiles(tmp_path))
