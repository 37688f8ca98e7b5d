"""Which stored question earlier calls in these words were asking: a sparse linear model over the project's own calls.

One-against-rest support vector machines over the features of `assistant.judge.linear`, one class per standard question;
the many weights next to nothing are left out. A class is named by its question's text, not by an id: a question that a
curator rewords, and every question of another company's base, is simply unknown here.

Beside it, which work-order rules the calls of each question fell under: somebody who reports a fault and somebody who
asks about one say the same words and want different answers.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.judge.linear import MODELS
from kb.domain.errors import RuleFileInvalid
from kb.index.tables import members

NAME = "likeness"
Floats = npt.NDArray[np.float32]


def hashed(features: Sequence[str]) -> npt.NDArray[np.uint32]:
    """Return the CRC-32 of every feature, `(n,)`; the model knows features by it alone."""
    return np.array([zlib.crc32(feature.encode("utf-8", "surrogatepass")) for feature in features], dtype=np.uint32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Weights by feature, most of them absent.

    Attributes:
        questions: one standard question per class.
        bias: `(classes,)`.
        features: hashes in ascending order, `(features,)`; `idf`: `(features,)`.
        starts: where each feature's weights begin, `(features + 1,)`; `classes` and `weights`: `(weights,)` each.
        rules: the work-order rules by name; `fell`: the share of each question's calls under each, `(classes, rules)`.
    """

    questions: tuple[str, ...]
    bias: Floats
    features: npt.NDArray[np.uint32]
    idf: Floats
    starts: npt.NDArray[np.int32]
    classes: npt.NDArray[np.integer]
    weights: Floats
    rules: tuple[str, ...]
    fell: Floats

    def of(self, features: Sequence[str]) -> dict[str, float]:
        """Return question -> likeness: half of (margin + 1), bounded to 0-1; half and more speaks for a question."""
        shares = np.clip((self._margins(features) + 1.0) / 2.0, 0.0, 1.0)
        return dict(zip(self.questions, np.round(shares, 4).tolist(), strict=True))

    def under(self, chances: Mapping[str, float]) -> dict[str, float]:
        """Return question -> how probably a call asked it under the rule this call falls under.

        Args:
            chances: rule -> probability (0-1) that it decides this call.
        """
        likely = np.array([chances.get(rule, 0.0) for rule in self.rules], dtype=np.float32)
        return dict(zip(self.questions, np.round(self.fell @ likely, 4).tolist(), strict=True))

    def _margins(self, features: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return one margin per class, `(classes,)`: a text's binary TF-IDF, of length one, on the weights."""
        said = np.unique(hashed(features))
        places = np.minimum(np.searchsorted(self.features, said), max(len(self.features) - 1, 0))
        places = places[self.features[places] == said] if len(self.features) else places[:0]
        values = self.idf[places]
        values = values / (float(np.sqrt(values @ values)) or 1.0)
        taken, counts = members(self.starts, places)
        parts = self.weights[taken] * np.repeat(values, counts)
        summed = np.bincount(self.classes[taken], weights=parts, minlength=len(self.bias))
        return summed.astype(np.float64) + self.bias


def save_likeness(model: Likeness, folder: Path, made: Mapping[str, object]) -> None:
    """Write a model as arrays and JSON; half precision keeps the files small."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, npt.NDArray[Any]] = {
        "bias": model.bias.astype(np.float32),
        "features": model.features,
        "idf": model.idf.astype(np.float16),
        "starts": model.starts,
        "classes": model.classes.astype(np.uint16),
        "weights": model.weights.astype(np.float16),
        "fell": model.fell.astype(np.float16),
    }
    save_file(arrays, folder / f"{NAME}.safetensors")
    head = {"made": dict(made), "questions": list(model.questions), "rules": list(model.rules)}
    (folder / f"{NAME}.json").write_text(json.dumps(head, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def load_likeness(folder: Path = MODELS) -> Likeness:
    """Read a model.

    Raises:
        RuleFileInvalid: a file is missing or its parts do not fit.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        head = json.loads((folder / f"{NAME}.json").read_text(encoding="utf-8"))
        arrays = load_file(folder / f"{NAME}.safetensors")
        model = Likeness(
            questions=tuple(head["questions"]),
            bias=arrays["bias"],
            features=arrays["features"],
            idf=arrays["idf"].astype(np.float32),
            starts=arrays["starts"],
            classes=arrays["classes"].astype(np.intp),
            weights=arrays["weights"].astype(np.float32),
            rules=tuple(head["rules"]),
            fell=arrays["fell"].astype(np.float32),
        )
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise RuleFileInvalid(f"判断模型读不出来：{NAME}（{error}）", hint="请重新安装或重新训练") from None
    if not _fits(model):
        raise RuleFileInvalid(f"判断模型尺寸不符：{NAME}", hint="请重新安装或重新训练")
    return model


def _fits(model: Likeness) -> bool:
    """Whether lengths agree and every place that is looked up exists."""
    known, kept = len(model.features), len(model.weights)
    if model.fell.shape != (len(model.questions), len(model.rules)):
        return False
    lengths = {
        (len(model.questions), len(model.bias)),
        (known, len(model.idf)),
        (known + 1, len(model.starts)),
        (kept, len(model.classes)),
    }
    if any(one != other for one, other in lengths) or bool((np.diff(model.features.astype(np.int64)) <= 0).any()):
        return False
    steps = np.diff(model.starts)
    inside = int(model.starts[0]) == 0 and int(model.starts[-1]) == kept and bool((steps >= 0).all())
    return inside and (not kept or int(model.classes.max()) < len(model.bias))
