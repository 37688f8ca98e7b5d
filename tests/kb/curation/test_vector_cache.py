"""A publication encodes what is new; with a sentence-transformers directory the rest comes from the cache."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.curation.encoders import remembering
from kb.curation.library import INDEX
from kb.encode.cache import CACHED, CachedEncoder, last_report
from kb.encode.protocol import Matrix, TinyEncoder
from kb.encode.sentence import SentenceTransformerEncoder
from tests.kb.builders import entry
from tests.kb.curation.conftest import Open
from tests.kb.curation.stocking import ask, publish, stock
from tests.kb.encode.models import save_static_model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    pytest.importorskip("sentence_transformers", reason="the models extra is not installed")
    folder = tmp_path / "model"
    save_static_model(folder)
    return folder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text the model itself encodes."""
    texts: list[str] = []
    original = SentenceTransformerEncoder.encode

    def encode(self: SentenceTransformerEncoder, given: Sequence[str]) -> Matrix:
        texts.extend(given)
        return original(self, given)

    monkeypatch.setattr(SentenceTransformerEncoder, "encode", encode)
    return texts


def test_an_unchanged_text_is_encoded_once(open_library: Open, data_dir: Path, model: Path, asked: list[str]) -> None:
    library = open_library(write=True, encoder=str(model))
    stock(library, entry("B01", "电费怎么交", answer="交"), entry("B02", "停电了找谁", answer="找"))
    publish(library)
    assert sorted(asked) == sorted(["电费怎么交", "交", "停电了找谁", "找"])
    asked.clear()
    stock(library, entry("B01", "电费怎么交", answer="交"), entry("B03", "怎么过户", answer="办"))
    publish(library)
    assert sorted(asked) == sorted(["怎么过户", "办"])
    report = last_report(data_dir / CACHED)
    assert report is not None
    assert (report.texts, report.found) == (6, 4)
    assert ask(library, "怎么过户")[0] == "B03"


def test_a_rebuilt_index_encodes_nothing_and_answers_the_same(
    open_library: Open, data_dir: Path, model: Path, asked: list[str]
) -> None:
    library = open_library(write=True, encoder=str(model))
    stock(library, entry("B01", "电费怎么交"), entry("B02", "停电了找谁"))
    publish(library)
    answers = ask(library, "停电找谁")
    library.database.close()
    shutil.rmtree(data_dir / INDEX)
    asked.clear()
    again = open_library(write=True, encoder=str(model))
    assert again.shelf.release == 1
    assert asked == []
    assert ask(again, "停电找谁") == answers
    asked.clear()
    shutil.rmtree(data_dir / CACHED)
    again.rebuild()
    assert len(asked) == 3


def test_only_slow_encoders_are_cached(tmp_path: Path, model: Path) -> None:
    tiny = TinyEncoder()
    assert remembering(tiny, tmp_path) is tiny
    assert isinstance(remembering(SentenceTransformerEncoder(model), tmp_path), CachedEncoder)
