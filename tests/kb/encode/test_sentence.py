"""A sentence-transformers directory: local only, named by its weights, and clear about what is missing."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.domain.errors import EncoderUnavailable
from kb.encode.sentence import SentenceTransformerEncoder
from tests.kb.encode.models import save_static_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sentence_transformers", reason="the models extra is not installed")
    folder = tmp_path_factory.mktemp("models") / "tiny-static"
    save_static_model(folder)
    return folder


def test_name_and_family(model: Path) -> None:
    encoder = SentenceTransformerEncoder(model)
    assert encoder.name.startswith("st-tiny-static-")
    assert encoder.dim == 16


def test_other_weights_have_another_name(model: Path, tmp_path: Path) -> None:
    copy = tmp_path / model.name
    shutil.copytree(model, copy)
    assert SentenceTransformerEncoder(copy).name == SentenceTransformerEncoder(model).name
    weights = next(copy.rglob("*.safetensors"))
    raw = bytearray(weights.read_bytes())
    raw[-2] ^= 1
    weights.write_bytes(bytes(raw))
    assert SentenceTransformerEncoder(copy).name != SentenceTransformerEncoder(model).name


def test_another_vocabulary_of_the_same_size_has_another_name(model: Path, tmp_path: Path) -> None:
    """bge keeps its vocabulary in `vocab.txt`: the same weights over other tokens give other vectors."""
    copy = tmp_path / model.name
    shutil.copytree(model, copy)
    names = []
    for words in ("电费\n停电\n", "停电\n电费\n"):
        (copy / "vocab.txt").write_text(words, encoding="utf-8")
        names.append(SentenceTransformerEncoder(copy).name)
    assert names[0] != names[1]


def test_vectors_agree_with_the_library(model: Path) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["电能表坏了", "电费怎么交"]
    theirs = SentenceTransformer(str(model), device="cpu").encode(texts, normalize_embeddings=True)
    assert np.allclose(SentenceTransformerEncoder(model).encode(texts), theirs, atol=1e-6)


def test_no_hub_is_asked(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    SentenceTransformerEncoder(model)
    assert os.environ.pop("HF_HUB_OFFLINE") == "1"


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="不是 sentence-transformers") as caught:
        SentenceTransformerEncoder(tmp_path)
    assert "modules.json" in caught.value.hint


def test_a_missing_extra_says_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "modules.json").write_text("[]", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderUnavailable) as caught:
        SentenceTransformerEncoder(tmp_path)
    assert "zhida[models]" in caught.value.hint


@pytest.mark.parametrize("damage", ["no weights", "truncated weights", "broken modules", "no modules"])
def test_a_broken_model_is_reported_not_raised_through(model: Path, tmp_path: Path, damage: str) -> None:
    copy = tmp_path / "broken"
    shutil.copytree(model, copy)
    weights = next(copy.rglob("*.safetensors"))
    if damage == "no weights":
        weights.unlink()
    elif damage == "truncated weights":
        weights.write_bytes(weights.read_bytes()[:20])
    else:
        (copy / "modules.json").write_text("{" if damage == "broken modules" else "{}", encoding="utf-8")
    with pytest.raises(EncoderUnavailable):
        SentenceTransformerEncoder(copy)
