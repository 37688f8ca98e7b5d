"""A sentence-transformers directory as an encoder. Local files only; no hub is ever asked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kb.domain.errors import EncoderUnavailable
from kb.encode.protocol import Matrix, unit_rows

EXTRA_HINT = "请安装可选依赖：pip install 'zhida[models]'，或改用默认编码器"


class SentenceTransformerEncoder:
    """Any model saved by sentence-transformers, e.g. a bge directory. Loaded when it is built.

    Raises:
        EncoderUnavailable: the folder is not a model, or the `models` extra is not installed.
    """

    def __init__(self, folder: Path) -> None:
        if not (folder / "modules.json").is_file():
            raise EncoderUnavailable(
                f"不是 sentence-transformers 模型目录：{folder}", hint="目录里应有 modules.json 和权重文件"
            )
        self._model = _load(folder)
        get_dim = getattr(self._model, "get_embedding_dimension", None) or self._model.get_sentence_embedding_dimension
        self.dim = int(get_dim())
        self.name = f"st-{folder.name}-{_fingerprint(folder)}"

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one unit vector per text."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        vectors = self._model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
        return unit_rows(np.asarray(vectors, dtype=np.float32))


def _load(folder: Path) -> Any:  # noqa: ANN401 - the library is optional and untyped here
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as notices
    except ImportError:
        raise EncoderUnavailable("没有安装 sentence-transformers", hint=EXTRA_HINT) from None
    notices.disable_progress_bar()
    notices.set_verbosity_error()
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except Exception as error:  # noqa: BLE001 - a damaged model fails in as many ways as there are formats
        raise EncoderUnavailable(f"模型目录无法加载：{folder}（{error}）", hint="请检查目录是否完整") from None


def _fingerprint(folder: Path) -> str:
    """Digest of every file's path and bytes: another model or vocabulary never reuses these vectors."""
    sha = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        sha.update(f"{path.relative_to(folder)}:{path.stat().st_size}".encode())
        with path.open("rb") as handle:
            sha.update(hashlib.file_digest(handle, "sha256").digest())
    return sha.hexdigest()[:10]
