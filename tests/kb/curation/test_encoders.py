"""One setting chooses the encoder."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.curation.encoders import BUNDLED, TINY, EncoderChoice, choose_encoder
from kb.domain.errors import EncoderUnavailable
from kb.encode.protocol import TinyEncoder
from kb.encode.static import StaticEncoder
from kb.encode.tfidf_svd import FITTED, TfidfSvdEncoder
from kb.text.tokens import Analyser


def test_the_default_is_bundled(analyser: Analyser) -> None:
    choice = EncoderChoice()
    assert not choice.fitted
    bundled = choose_encoder(choice, analyser, [])
    assert isinstance(bundled, StaticEncoder)
    assert choose_encoder(EncoderChoice(str(BUNDLED)), analyser, []).name == bundled.name


def test_one_is_fitted_on_the_knowledge(analyser: Analyser) -> None:
    choice = EncoderChoice(FITTED)
    assert choice.fitted
    assert isinstance(choose_encoder(choice, analyser, ["电费", "停电"]), TfidfSvdEncoder)


def test_tiny(analyser: Analyser) -> None:
    assert not EncoderChoice(TINY).fitted
    assert isinstance(choose_encoder(EncoderChoice(TINY), analyser, []), TinyEncoder)


@pytest.mark.parametrize("setting", ["bge-large", "https://example.org/model", "", "/no/such/folder"])
def test_what_names_no_encoder_lists_what_does(analyser: Analyser, setting: str) -> None:
    with pytest.raises(EncoderUnavailable) as caught:
        choose_encoder(EncoderChoice(setting), analyser, [])
    assert caught.value.hint


def test_a_folder_is_taken_for_a_model(analyser: Analyser, tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="不是 sentence-transformers"):
        choose_encoder(EncoderChoice(str(tmp_path)), analyser, [])
