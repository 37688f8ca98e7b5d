"""jieba's dictionary from our own file: the same words, and a file that is damaged or out of date is made anew."""

from __future__ import annotations

from pathlib import Path

import jieba
import pytest

from kb.text import dictionary
from kb.text.dictionary import NAME, load_dictionary


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("words")
    load_dictionary(folder)
    return folder / NAME


def test_the_file_gives_what_jieba_reads(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = jieba.Tokenizer()
    monkeypatch.setattr(dictionary, "_jieba", lambda: pytest.fail("the file was not used"))
    assert load_dictionary(made.parent) == theirs.gen_pfdict(theirs.get_dict_file())


@pytest.mark.parametrize("damage", ["flipped", "short", "empty", "older"])
def test_what_is_not_whole_is_made_anew(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    content = bytearray(made.read_bytes())
    content[len(content) // 2] ^= 1
    damaged = {"flipped": bytes(content), "short": made.read_bytes()[:-100], "empty": b"", "older": made.read_bytes()}
    (tmp_path / NAME).write_bytes(damaged[damage])
    if damage == "older":
        monkeypatch.setattr(dictionary, "_mark", lambda: b"another dictionary")
    monkeypatch.setattr(dictionary, "_jieba", lambda: ({"电": 3, "电表": 5}, 8))
    assert load_dictionary(tmp_path) == ({"电": 3, "电表": 5}, 8)
    monkeypatch.setattr(dictionary, "_jieba", lambda: pytest.fail("it was not kept"))
    assert load_dictionary(tmp_path) == ({"电": 3, "电表": 5}, 8)


def test_without_a_place_to_keep_it_words_are_known_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert load_dictionary(blocked / "cache")[0]["电费"] > 0
