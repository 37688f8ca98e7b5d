"""Which encoder a data folder uses: one setting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import kb.encode
from kb.domain.errors import EncoderUnavailable
from kb.encode.cache import CACHED, CachedEncoder
from kb.encode.protocol import Encoder, TinyEncoder
from kb.encode.sentence import SentenceTransformerEncoder
from kb.encode.static import StaticEncoder, is_static
from kb.encode.tfidf_svd import FITTED, TfidfSvdEncoder
from kb.text.tokens import Analyser

TINY = "tiny"
STATIC = "static"
BUNDLED = Path(kb.encode.__file__).parent / "models" / "zhida-static"


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """`static` (bundled), `tfidf-svd` (fitted on the knowledge), `tiny` (tests) or a sentence-transformers folder."""

    setting: str = STATIC

    @property
    def fitted(self) -> bool:
        """Whether the encoder is fitted on the knowledge and therefore lives in the snapshot."""
        return self.setting == FITTED


def choose_encoder(choice: EncoderChoice, analyser: Analyser, texts: Sequence[str]) -> Encoder:
    """Build the chosen encoder, fitting it on `texts` where it is a fitted one.

    Raises:
        EncoderUnavailable: the setting names no encoder, or its model cannot be loaded.
    """
    if choice.fitted:
        return TfidfSvdEncoder.fit(analyser, texts)
    if choice.setting == TINY:
        return TinyEncoder()
    if choice.setting == STATIC:
        return StaticEncoder.load(analyser, BUNDLED)
    folder = Path(choice.setting)
    if not folder.is_dir():
        raise EncoderUnavailable(
            f"编码器设置不认识：{choice.setting}",
            hint=f"可用：{STATIC}、{FITTED}、{TINY}，或本机 sentence-transformers 模型目录",
        )
    return StaticEncoder.load(analyser, folder) if is_static(folder) else SentenceTransformerEncoder(folder)


def remembering(encoder: Encoder, data_dir: Path) -> Encoder:
    """Return a slow encoder with its vectors cached in the data folder; any other encoder as it is.

    Static and fitted vectors are made faster than a disk gives them back.
    """
    if isinstance(encoder, SentenceTransformerEncoder):
        return CachedEncoder(encoder, data_dir / CACHED)
    return encoder


def word_encoder(encoder: Encoder, analyser: Analyser) -> Encoder:
    """Return what gives single words their meaning: not a sentence model, which is slow and vague on them."""
    if isinstance(encoder, SentenceTransformerEncoder | CachedEncoder):
        return StaticEncoder.load(analyser, BUNDLED)
    return encoder
