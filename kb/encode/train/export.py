"""Write trained static embeddings as a sentence-transformers directory with its model card."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.encode.static import KEY, MODULE, TOKENIZER, WEIGHTS

UNKNOWN = "[UNK]"


def write_directory(folder: Path, tokens: Sequence[str], weights: npt.NDArray[np.float16], card: str) -> None:
    """Write modules.json, the static module, the normaliser's folder and README.md (the model card).

    The unknown token is row 0 and zero, so that sentence-transformers ignores what we ignore.
    """
    from safetensors.numpy import save_file

    module = folder / MODULE
    write_modules(folder, ((MODULE, "StaticEmbedding"), ("1_Normalize", "Normalize")))
    rows = np.vstack([np.zeros((1, weights.shape[1]), dtype=np.float16), weights])
    save_file({KEY: np.ascontiguousarray(rows)}, module / WEIGHTS)
    write_json(module / TOKENIZER, _tokenizer(tokens))
    (folder / "README.md").write_text(card, encoding="utf-8")


def _tokenizer(tokens: Sequence[str]) -> dict[str, Any]:
    vocabulary = {UNKNOWN: 0} | {token: place for place, token in enumerate(tokens, 1)}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": UNKNOWN},
    }


def write_modules(folder: Path, kinds: Sequence[tuple[str, str]]) -> None:
    """Write modules.json and each module's folder; `kinds` holds (path, class) in order of application."""
    modules = []
    for place, (path, kind) in enumerate(kinds):
        (folder / path).mkdir(parents=True, exist_ok=True)
        modules.append({"idx": place, "name": str(place), "path": path, "type": f"sentence_transformers.models.{kind}"})
    write_json(folder / "modules.json", modules)
    write_json(folder / "config_sentence_transformers.json", {"similarity_fn_name": "cosine", "prompts": {}})


def write_json(path: Path, value: object) -> None:
    """Write readable JSON."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
