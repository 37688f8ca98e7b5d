"""TF-IDF + SVD: fitted on the knowledge, saved with the index, the same vectors after loading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.domain.errors import EncoderUnavailable
from kb.encode.tfidf_svd import VOCABULARY, WEIGHTS, TfidfSvdEncoder
from kb.text.tokens import Analyser

TEXTS = ("电能表坏了找谁", "电费怎么交", "停电了什么时候来电", "峰谷电价怎么算", "怎么办过户", "电费账单不对")


@pytest.fixture(scope="module")
def fitted(analyser: Analyser) -> TfidfSvdEncoder:
    return TfidfSvdEncoder.fit(analyser, TEXTS, dim=4)


def test_saved_and_loaded_give_the_same_vectors(fitted: TfidfSvdEncoder, analyser: Analyser, tmp_path: Path) -> None:
    assert sorted(path.name for path in fitted.save(tmp_path)) == sorted((WEIGHTS, VOCABULARY))
    loaded = TfidfSvdEncoder.load(analyser, tmp_path)
    assert (loaded.name, loaded.dim) == (fitted.name, fitted.dim) == (fitted.name, 4)
    questions = [*TEXTS, "我家的表坏了", "毫不相干的话", ""]
    assert np.array_equal(loaded.encode(questions), fitted.encode(questions))


def test_near_words_are_near(fitted: TfidfSvdEncoder) -> None:
    vectors = fitted.encode([*TEXTS, "电能表坏了怎么办"])
    assert int(np.argmax(vectors[:-1] @ vectors[-1])) == 0


def test_other_knowledge_has_another_name(fitted: TfidfSvdEncoder, analyser: Analyser) -> None:
    assert TfidfSvdEncoder.fit(analyser, TEXTS[:-1], dim=4).name != fitted.name


def test_other_weights_have_another_name(analyser: Analyser) -> None:
    """`Encoder.name` promises: equal names give equal vectors; the idf is part of the weights."""
    components = np.array([[1.0, 0.5]], dtype=np.float32)
    words = ("w:停电", "w:电费")
    one = TfidfSvdEncoder(analyser, words, np.array([1, 1], dtype=np.float32), components)
    other = TfidfSvdEncoder(analyser, words, np.array([1, 9], dtype=np.float32), components)
    assert one.name != other.name


@pytest.mark.parametrize(
    "texts", [[], [""], ["电费"], ["电费", "电费"], ["！", "？"], ["电费", "！", ""], ["电费"] * 7]
)
def test_degenerate_knowledge(analyser: Analyser, texts: list[str], tmp_path: Path) -> None:
    encoder = TfidfSvdEncoder.fit(analyser, texts)
    vectors = encoder.encode(["电费", "停电", ""])
    assert vectors.shape == (3, encoder.dim)
    assert np.isfinite(vectors).all()
    encoder.save(tmp_path)
    assert np.array_equal(TfidfSvdEncoder.load(analyser, tmp_path).encode(["电费"]), encoder.encode(["电费"]))


def test_dimensions_never_exceed_what_the_texts_span(analyser: Analyser) -> None:
    assert TfidfSvdEncoder.fit(analyser, TEXTS, dim=192).dim == len(TEXTS) - 1


def test_repeated_texts_fit_the_same_twice(analyser: Analyser) -> None:
    """Fewer directions than texts: arpack must not fill the rest at random ("equal knowledge gives equal vectors")."""
    texts = ["", "", "", "1停"]
    assert TfidfSvdEncoder.fit(analyser, texts).name == TfidfSvdEncoder.fit(analyser, texts).name


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(st.text("电费停表账单过户，a1\n", max_size=12), max_size=8, unique=True))
def test_fitting_twice_gives_the_same(analyser: Analyser, texts: list[str]) -> None:
    first, second = TfidfSvdEncoder.fit(analyser, texts, dim=5), TfidfSvdEncoder.fit(analyser, texts, dim=5)
    assert first.name == second.name
    assert np.array_equal(first.encode(texts), second.encode(texts))


DAMAGE = [
    (WEIGHTS, None),
    (WEIGHTS, b""),
    (WEIGHTS, b"\xff\xfe\xd8"),
    (VOCABULARY, None),
    (VOCABULARY, b"\xff\xfe\xd8"),
]


@pytest.mark.parametrize(("name", "content"), DAMAGE)
def test_unreadable_files(
    fitted: TfidfSvdEncoder, analyser: Analyser, tmp_path: Path, name: str, content: bytes | None
) -> None:
    fitted.save(tmp_path)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(EncoderUnavailable) as caught:
        TfidfSvdEncoder.load(analyser, tmp_path)
    assert caught.value.hint
