"""One spelling for what means the same, and nothing changes the second time."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from opencc import OpenCC

import kb
from kb.text.lexicon import Lexicon, load_lexicon
from kb.text.normalise import INVISIBLE, PLAIN, SPACE_BETWEEN_CHINESE, SPACES, SURROGATES, Normaliser, printable
from kb.text.numerals import anchored_pattern, spoken_to_digits
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser

SOURCES = Path(str(kb.__file__)).parent / "corpus" / "sources" / "entries"
LEXICON = load_lexicon(RuleFiles())
NORMALISE = Normaliser(LEXICON)
SIMPLIFY = OpenCC("t2s")
ANY = st.text(st.characters(codec=None), max_size=40)
PIECES = st.sampled_from(
    [*LEXICON.fillers, *LEXICON.variants, *LEXICON.numeral_units, *LEXICON.protected, "请", "问", "二十",
     "三百八", "kwh", "KVA", "220v", "没得电", "帳單", "電錶", "，", "。", " ", "\u200b", "\ud800", "５", "㎏", "①"]
)  # fmt: skip
SPOKEN = st.lists(PIECES, max_size=12).map("".join)


@given(ANY | SPOKEN)
@example("\ud800\udfff\x00\u200b")
@example("請問，我家電錶壞咗")
def test_idempotent(text: str) -> None:
    once = NORMALISE(text).text
    assert NORMALISE(once).text == once


@pytest.mark.parametrize("depth", [2, 3, 4, 5, 6, 9])
def test_idempotent_however_deep_fillers_nest(depth: int) -> None:
    once = NORMALISE("电费" + "请" * depth + "问" * depth).text
    assert NORMALISE(once).text == once


@given(ANY | SPOKEN)
def test_nothing_unprintable_is_left_and_the_original_is_kept(text: str) -> None:
    result = NORMALISE(text)
    assert result.original == text
    assert not SURROGATES.search(result.text)
    assert not INVISIBLE.search(result.text)
    assert result.text == result.text.strip()
    result.text.encode("utf-8")


@given(ANY)
def test_printable_keeps_what_can_be_shown(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown
    assert not any(unicodedata.category(char) == "Cs" for char in shown)
    assert "".join(char for char in text if char in shown) == shown


@pytest.mark.parametrize(
    ("said", "searched"),
    [
        ("ＫＷｈ", "度"),
        ("電費帳單", "电费账单"),
        ("請問電錶怎麼過戶", "电表怎么过户"),
        ("电 表 坏 了", "电表坏了"),
        ("用了２２０Ｖ的电", "用了220伏的电"),
        ("嗯嗯，我想问一下电费", "电费"),
        ("交了二十块", "交了20元"),
        ("10kV专变", "10千伏专变"),
        ("电\u200b表", "电表"),
        ("停电\x00了", "停电了"),
        ("家里没得电了", "家里没电了"),
        ("一户一表", "一户一表"),
        ("", ""),
    ],
)
def test_examples(said: str, searched: str) -> None:
    assert NORMALISE(said).text == searched


@pytest.mark.parametrize("said", ["你好", "请问", "嗯", "谢谢"])
def test_an_utterance_of_fillers_keeps_its_words(said: str) -> None:
    assert NORMALISE(said).text == said


def test_what_passes_as_plain_is_changed_by_none_of_the_steps_it_skips() -> None:
    plain = [char for char in map(chr, range(0x110000)) if PLAIN.fullmatch(char)]
    assert len(plain) > 20_000
    for char in plain:
        forms = {unicodedata.normalize(form, char) for form in ("NFC", "NFD", "NFKC", "NFKD")}
        assert (forms, char.lower(), printable(char), char.isspace()) == ({char}, char, char, False)
        assert unicodedata.combining(char) == 0


def said_in_full(text: str) -> str:
    """Every rule in order on every text, as long as anything changes."""
    numerals = anchored_pattern(LEXICON.numeral_units, LEXICON.protected)
    fillers = re.compile("|".join(map(re.escape, LEXICON.fillers)))
    while True:
        before = text
        text = unicodedata.normalize("NFKC", printable(text)).lower()
        text = SPACE_BETWEEN_CHINESE.sub("", SPACES.sub(" ", text)).strip()
        text = SIMPLIFY.convert(text).translate(str.maketrans(LEXICON.variants))
        text = fillers.sub("", text).strip(" ，,。、") or text
        text = spoken_to_digits(text, numerals)
        for said, term in LEXICON.units:
            text = re.sub(said, term, text)
        if text == before:
            return text


@given(ANY | SPOKEN)
@example("=\u0338！\u0338，“电 表”请请问问")
@example("三万五千瓦零点八二千瓦、没得电了。")
def test_a_step_is_skipped_only_where_it_changes_nothing(text: str) -> None:
    assert NORMALISE(text).text == said_in_full(text)


def test_every_bundled_text_is_normalised_as_by_every_rule() -> None:
    lines = [json.loads(line) for path in SOURCES.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    for entry in lines:
        for text in (entry["question"], *entry["phrasings"], *(branch["answer"] for branch in entry["branches"])):
            assert NORMALISE(text).text == said_in_full(text)


def test_no_fillers_at_all() -> None:
    assert Normaliser(Lexicon())("请问电费").text == "请问电费"


def test_twenty_thousand_characters(analyser: Analyser) -> None:
    assert analyser.normalise("电费怎么交" * 4000).text == "电费怎么交" * 4000
