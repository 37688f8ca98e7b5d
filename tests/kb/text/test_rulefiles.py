"""Rules and lexicon are data: a namesake in the data folder wins, and a broken file is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.domain.errors import RuleFileInvalid
from kb.text.lexicon import FILES, Synonym, load_lexicon
from kb.text.rulefiles import CORPUS, RuleFiles

TEXT = (CORPUS / "lexicon" / "text.toml").read_text(encoding="utf-8")


def with_file(folder: Path, name: str, content: str | bytes) -> RuleFiles:
    raw = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(raw)
    return RuleFiles(folder)


def test_override_wins_and_the_rest_stays(tmp_path: Path) -> None:
    files = with_file(tmp_path, "slots.toml", "mine = 1\n")
    assert files.toml("slots.toml") == {"mine": 1}
    assert files.path("facts.toml") == CORPUS / "rules" / "facts.toml"
    assert files.path("text.toml") == CORPUS / "lexicon" / "text.toml"


def test_an_override_folder_that_does_not_exist_changes_nothing(tmp_path: Path) -> None:
    assert RuleFiles(tmp_path / "none").path("facts.toml").is_file()


def test_missing_file_is_named() -> None:
    with pytest.raises(RuleFileInvalid, match=r"nothing\.toml") as caught:
        RuleFiles().path("nothing.toml")
    assert caught.value.hint


@pytest.mark.parametrize("content", ["a = \n", b"a = '\xc4\xe3'\n", "[a]\n[a]\n"])
def test_broken_toml_is_named_with_its_place(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(RuleFileInvalid, match=r"slots\.toml") as caught:
        with_file(tmp_path, "slots.toml", content).toml("slots.toml")
    assert any(word in caught.value.message for word in ("line", "position"))


def test_every_bundled_rule_file_parses() -> None:
    for path in (CORPUS / "rules").glob("*.toml"):
        assert RuleFiles().toml(path.name)


def test_lines_drop_blanks_and_comments(tmp_path: Path) -> None:
    assert with_file(tmp_path, "x.txt", "# 头\n\n 甲 1 \n乙 2\n").lines("x.txt") == ["甲 1", "乙 2"]


def test_lines_in_another_encoding_are_refused_by_name(tmp_path: Path) -> None:
    files = with_file(tmp_path, "dictionary.txt", "电能表 4000\n".encode("gb18030"))
    with pytest.raises(RuleFileInvalid, match=r"dictionary\.txt"):
        files.lines("dictionary.txt")


def test_lines_with_a_byte_order_mark_read_the_same(tmp_path: Path) -> None:
    """Notepad and Excel write one; it must not become part of the first word."""
    assert with_file(tmp_path, "x.txt", "\ufeff甲 1\n").lines("x.txt") == ["甲 1"]


def test_digest_follows_the_bytes_in_force(tmp_path: Path) -> None:
    before = RuleFiles(tmp_path).digest(*FILES)
    assert before == RuleFiles().digest(*FILES)
    assert with_file(tmp_path, "synonyms.tsv", "甲\t乙\t->\n").digest(*FILES) != before


def test_synonyms_keep_their_direction(tmp_path: Path) -> None:
    lexicon = load_lexicon(with_file(tmp_path, "synonyms.tsv", "空开\t空气开关\t->\n漏保\t漏电保护器\t<->\n"))
    pairs = (("空开", "空气开关"), ("漏保", "漏电保护器"), ("漏电保护器", "漏保"))
    assert lexicon.synonyms == tuple(Synonym(said=said, term=term) for said, term in pairs)


BAD_LINES = [
    ("dictionary.txt", "电能表"),
    ("dictionary.txt", "电能表 很多"),
    ("dictionary.txt", "电能表 -3"),
    ("synonyms.tsv", "空开\t空气开关"),
    ("synonyms.tsv", "空开 空气开关 ->"),
    ("synonyms.tsv", "空开\t空气开关\t=>"),
    ("synonyms.tsv", "空开\t\t->"),
    ("synonyms.tsv", "\t空气开关\t->"),
]


@pytest.mark.parametrize(("name", "line"), BAD_LINES)
def test_a_bad_lexicon_line_is_shown_with_the_form_it_should_have(tmp_path: Path, name: str, line: str) -> None:
    with pytest.raises(RuleFileInvalid) as caught:
        load_lexicon(with_file(tmp_path, name, f"# 第一行\n{line}\n"))
    assert repr(line.strip()) in caught.value.message
    assert "每行写" in caught.value.hint


@pytest.mark.parametrize(("name", "line"), BAD_LINES[::3])
def test_a_bad_lexicon_line_is_named_by_file_and_line_number(tmp_path: Path, name: str, line: str) -> None:
    """`load_lexicon` promises: the message names file and line."""
    with pytest.raises(RuleFileInvalid) as caught:
        load_lexicon(with_file(tmp_path, name, f"# 第一行\n{line}\n"))
    assert name in caught.value.message
    assert "2" in caught.value.message


BROKEN_TEXT = {
    "no fillers": TEXT.replace("fillers", "filler"),
    "variants of two characters": TEXT.replace('"帐" = "账"', '"帐单" = "账单"'),
    "units no pattern": TEXT.replace("'kvar'", "'kvar('"),
}


@pytest.mark.parametrize("content", BROKEN_TEXT.values(), ids=BROKEN_TEXT.keys())
def test_a_text_file_that_breaks_its_schema_is_refused_by_name(tmp_path: Path, content: str) -> None:
    from kb.text.normalise import Normaliser

    assert content != TEXT
    with pytest.raises(RuleFileInvalid, match=r"text\.toml"):
        Normaliser(load_lexicon(with_file(tmp_path, "text.toml", content)))
