"""Three views of a text, the same for query and index; synonyms only widen queries."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kb
from kb.text.lexicon import Lexicon, Synonym, load_lexicon
from kb.text.pinyin import SOUNDS, syllable, syllables
from kb.text.rulefiles import RuleFiles
from kb.text.segment import Segmenter
from kb.text.tokens import Analyser, bigrams_of, pinyin_bigrams_of
from tools import build_sounds

SOURCES = Path(str(kb.__file__)).parent / "corpus" / "sources" / "entries"
ANY = st.text(st.characters(codec=None), max_size=40)


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("电能表", ("电能", "能表")),
        ("表", ("表",)),
        ("用10.5度", ("用", "10.5", "度")),
        ("电费，账单", ("电费", "账单")),
        ("...", ()),
        ("", ()),
        ("kv线路", ("kv", "线路")),
    ],
)
def test_bigrams(text: str, grams: tuple[str, ...]) -> None:
    assert bigrams_of(text) == grams


def test_sound_alikes_share_pinyin_bigrams() -> None:
    assert pinyin_bigrams_of("店表") == pinyin_bigrams_of("电表") == ("dian_biao",)
    assert pinyin_bigrams_of("表") == ()


@pytest.mark.parametrize(
    ("char", "sound"), [("中", "zon"), ("上", "san"), ("冲", "con"), ("a", "a"), ("7", "7"), ("，", "")]
)
def test_syllables_fold_what_is_confused(char: str, sound: str) -> None:
    assert syllable(char) == sound


def test_the_stored_sounds_are_pypinyins() -> None:
    assert SOUNDS.read_text(encoding="utf-8") == build_sounds.build()


def test_a_character_nobody_can_read_has_no_sound() -> None:
    assert syllable("兙") == ""
    assert syllables("电兙表") == ["dian", "biao"]


def test_syllables_skip_what_has_none() -> None:
    assert syllables("电，表") == ["dian", "biao"]


@given(ANY)
def test_any_text_has_tokens_and_no_token_holds_a_space(analyser: Analyser, text: str) -> None:
    tokens = analyser.tokens(text)
    for token in (*tokens.words, *tokens.bigrams, *tokens.pinyin):
        assert token
        assert not any(char.isspace() for char in token)
    assert tokens == analyser.tokens(tokens.text)


@pytest.mark.parametrize("word", ["抄表", "电能表", "峰谷", "分时"])
def test_the_dictionary_keeps_domain_words(word: str, analyser: Analyser) -> None:
    assert word in analyser.words(f"请{word}办理")


def test_stop_words_and_punctuation_are_no_words(analyser: Analyser) -> None:
    assert analyser.words("的，了！") == ()


def test_a_query_gains_the_terms_its_words_stand_for_and_a_text_does_not(analyser: Analyser) -> None:
    said = analyser.normalise("空开坏了")
    assert ("空开", "空气开关") in analyser.query(said).expansions
    assert analyser.tokens("空开坏了").expansions == ()


def test_a_term_already_said_is_not_added(analyser: Analyser) -> None:
    assert analyser.query(analyser.normalise("空开就是空气开关")).expansions == ()


def test_the_longest_saying_wins(tmp_path: Path) -> None:
    synonyms = (Synonym(said="没火", term="停电"), Synonym(said="没火了", term="没有电"))
    mine = Analyser(Lexicon(synonyms=synonyms), tmp_path)
    assert mine.query(mine.normalise("家里没火了")).expansions == (("没火了", "没有电"),)


def test_no_synonyms(tmp_path: Path) -> None:
    bare = Analyser(Lexicon(), tmp_path)
    assert bare.query(bare.normalise("空开坏了")).expansions == ()


def test_jieba_caches_in_its_own_folder_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shared `jieba.cache` in the temp folder is writable by every user of the machine."""
    shared, own = tmp_path / "shared", tmp_path / "deep" / "own"
    shared.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    Segmenter(Lexicon(), own).cut("电费")
    assert [path.name for path in own.iterdir()] == ["jieba-0.42.cache"]
    assert list(shared.iterdir()) == []


def test_dictionaries_do_not_leak_between_segmenters(tmp_path: Path) -> None:
    mine = Segmenter(Lexicon(words=(("抄表止码示数", 4000),)), tmp_path)
    assert mine.cut("抄表止码示数") == ["抄表止码示数"]
    assert Segmenter(Lexicon(), tmp_path).cut("抄表止码示数") != ["抄表止码示数"]


def test_a_spoiled_cache_file_is_rebuilt(tmp_path: Path) -> None:
    (tmp_path / "jieba-0.42.cache").write_bytes(b"\x00spoiled")
    assert Segmenter(Lexicon(), tmp_path).cut("电费 账单") == ["电费", "账单"]


def test_words_are_what_jieba_cuts(rule_files: RuleFiles, tmp_path: Path) -> None:
    """Our path through jieba's dictionary is jieba's, over every bundled question and answer."""
    lexicon = load_lexicon(rule_files)
    jieba.setLogLevel("ERROR")
    reference: Any = jieba.Tokenizer()
    reference.tmp_dir, reference.cache_file = str(tmp_path), "reference.cache"
    reference.initialize()
    for word, frequency in lexicon.words:
        reference.add_word(word, frequency)
    ours = Segmenter(lexicon, tmp_path)
    entries = [json.loads(line) for path in SOURCES.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    texts = [text for e in entries for text in (e["question"], *e["phrasings"], *(b["answer"] for b in e["branches"]))]
    assert len(texts) > 3000
    texts += ["", " \r\n\t", "a b1 c", "ABC电费12.5%元-x_", "龘𠮷😀，。！", "C++和C#", "一" * 300, "电\u3000费"]
    for text in texts:
        assert ours.cut(text) == [word for word in reference.cut(text, HMM=False) if not word.isspace()], text
