"""The encoder's contract, run for every implementation."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from kb.encode.protocol import Encoder, TinyEncoder, unit_rows
from kb.encode.sentence import SentenceTransformerEncoder
from kb.encode.tfidf_svd import TfidfSvdEncoder
from kb.text.tokens import Analyser
from tests.kb.encode.models import save_static_model

TEXTS = ("电能表坏了找谁", "电费怎么交", "停电了什么时候来电", "峰谷电价怎么算", "怎么办过户", "电费账单不对")
Make = Callable[[], Encoder]


@pytest.fixture(params=["tiny", "tfidf-svd", "sentence-transformers"])
def make(request: pytest.FixtureRequest, analyser: Analyser, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """A maker, so that the contract can ask for the same encoder twice."""
    if request.param == "tiny":
        return TinyEncoder
    if request.param == "tfidf-svd":
        return lambda: TfidfSvdEncoder.fit(analyser, TEXTS, dim=4)
    if importlib.util.find_spec("sentence_transformers") is None:
        pytest.skip("the models extra is not installed: pip install 'zhida[models]'")
    folder = tmp_path_factory.mktemp("model") / "static"
    save_static_model(folder)
    return lambda: SentenceTransformerEncoder(folder)


def encode(encoder: Encoder, texts: Sequence[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    vectors = encoder.encode(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(texts), encoder.dim)
    assert vectors.flags["C_CONTIGUOUS"]
    assert np.isfinite(vectors).all()
    return vectors


def test_rows_have_length_one_or_zero(make: Make) -> None:
    norms = np.linalg.norm(encode(make(), [*TEXTS, "", "！？", "\U0001f600"]), axis=1)
    assert np.allclose(norms[: len(TEXTS)], 1, atol=1e-5)
    assert all(np.isclose(norm, 0) or np.isclose(norm, 1, atol=1e-5) for norm in norms)


def test_no_texts(make: Make) -> None:
    assert encode(make(), []).shape[0] == 0


def test_one_text(make: Make) -> None:
    encoder = make()
    assert np.allclose(encode(encoder, TEXTS[:1])[0], encode(encoder, TEXTS)[0], atol=1e-5)


def test_equal_names_give_equal_vectors(make: Make) -> None:
    first, second = make(), make()
    assert first.name == second.name
    assert first.dim == second.dim
    assert np.array_equal(encode(first, TEXTS), encode(second, TEXTS))


def test_a_text_is_nearest_to_itself(make: Make) -> None:
    vectors = encode(make(), TEXTS)
    similar = vectors @ vectors.T
    assert np.allclose(similar.max(axis=1), np.diag(similar), atol=1e-5)


def test_a_long_text(make: Make) -> None:
    encode(make(), ["电费" * 3000])


def test_unit_rows_keep_zeros() -> None:
    assert unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], dtype=np.float32)).tolist() == pytest.approx(
        np.array([[0.6, 0.8], [0.0, 0.0]])
    )


def test_the_family_is_what_precedes_the_last_two_parts(analyser: Analyser, tmp_path: Path) -> None:
    """Calibrations are chosen by it (`Retriever.encoder_family`)."""
    assert TfidfSvdEncoder.fit(analyser, TEXTS).name.rsplit("-", 2)[0] == "tfidf-svd"
