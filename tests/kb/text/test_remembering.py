"""What the tests remember of jieba's dictionary is what jieba reads."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from kb.text.lexicon import Lexicon
from kb.text.segment import Segmenter
from tests.kb.remembering import Remembered

TEXT = "电费 5 n\n电 3 n\n".encode()


def test_each_caller_gets_a_dictionary_of_their_own() -> None:
    read: list[bytes] = []

    def make(file: io.BufferedIOBase) -> tuple[dict[str, int], int]:
        read.append(file.read())
        return {"电费": len(read)}, len(read)

    remembered = Remembered(make)  # type: ignore[arg-type]
    first, _total = remembered(io.BytesIO(TEXT))
    first["铁疙瘩"] = 9
    assert remembered(io.BytesIO(TEXT)) == ({"电费": 1}, 1)
    assert remembered(io.BytesIO(b"other")) == ({"电费": 2}, 2)
    assert read == [TEXT, b"other"]


def test_a_fresh_folder_and_a_cache_file_agree(tmp_path: Path) -> None:
    written = Segmenter(Lexicon(), tmp_path)._dictionary.frequencies
    read = Segmenter(Lexicon(), tmp_path)._dictionary.frequencies
    assert written == read
    assert len(read) > 400_000


def test_a_damaged_cache_file_is_still_noticed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "jieba-0.42.cache").write_bytes(b"nothing")
    assert Segmenter(Lexicon(), tmp_path).cut("电费") == ["电费"]
    assert (tmp_path / "jieba-0.42.cache").stat().st_size > 1_000_000
