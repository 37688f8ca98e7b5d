"""Linear text classifiers applied from plain arrays: TF-IDF over words, characters and sounds, softmax, temperature.

Trained by `tools/train_models.py` with scikit-learn; applied here with numpy alone, because importing scikit-learn
costs more than four seconds. Temperature scaling: Guo et al. 2017, "On calibration of modern neural networks".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.domain.errors import RuleFileInvalid
from kb.domain.suggestion import Scored
from kb.text.tokens import Tokens

MODELS = Path(__file__).parent / "models"
ENDS = (2, 3)
PART = "/"
"""Parts a label from its kinds: 咨询/N04 and 咨询/N07 are learned apart and count as 咨询 together."""
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


def features_of(tokens: Tokens) -> list[str]:
    """Return the features of one text: words, characters, pairs of both, sounds, how it begins and ends, its length.

    Sounds read past what speech recognition and hurried typing get wrong (店 for 电).
    """
    length = min(5, len(tokens.text) // 8)
    return [
        *(f"w:{word}" for word in tokens.words),
        *tokens.bigrams,
        *(f"c:{character}" for character in tokens.text if character.isalnum()),
        *(f"y:{gram}" for gram in tokens.pinyin),
        *(f"x:{one}_{other}" for one, other in pairwise(tokens.words)),
        *(f"e:{tokens.text[-size:]}" for size in ENDS),
        *(f"s:{tokens.text[:size]}" for size in ENDS),
        f"length:{length}",
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearClassifier:
    """One linear score per label over TF-IDF features, made probabilities by a softmax with a temperature.

    `weights` has the shape `(features, labels)`, so that a text's features are read in few strokes; the file holds it
    the other way round.
    """

    labels: tuple[str, ...]
    vocabulary: Mapping[str, int]
    idf: Floats
    weights: Floats
    bias: Floats
    temperature: float

    def classify(self, tokens: Tokens) -> list[Scored]:
        """Return every label with its calibrated probability, most probable first, ties in label order.

        Kinds of one label are added up.
        """
        return self.score(features_of(tokens))

    def score(self, features: Sequence[str]) -> list[Scored]:
        """Classify a text by its features, which several classifiers share; see `classify`."""
        return self.scored(np.array(sorted({self.vocabulary[f] for f in features if f in self.vocabulary}), dtype=int))

    def scored(self, columns: Ints) -> list[Scored]:
        """Classify a text by the columns of its known features, each once, in ascending order; see `classify`."""
        values = self.idf[columns]
        values = values / (float(np.sqrt(values @ values)) or 1.0)
        logits = (values @ self.weights[columns] + self.bias) / self.temperature
        exp = np.exp(logits - logits.max())
        chances: dict[str, float] = {}
        for label, chance in zip(self.labels, (exp / exp.sum()).tolist(), strict=True):
            name = label.split(PART)[0]
            chances[name] = chances.get(name, 0.0) + chance
        ranked = sorted(chances.items(), key=lambda item: -item[1])
        return [Scored(label=label, confidence=round(chance, 4)) for label, chance in ranked]


class Panel:
    """Several classifiers that hear the same text: its features are looked up once for all."""

    def __init__(self, classifiers: Sequence[LinearClassifier]) -> None:
        self._classifiers = tuple(classifiers)
        self._places: dict[str, int] = {}
        for one in classifiers:
            for feature in one.vocabulary:
                self._places.setdefault(feature, len(self._places))
        self._columns = [self._columns_of(one) for one in classifiers]

    def score(self, features: Sequence[str]) -> list[list[Scored]]:
        """Return what each classifier says; see `LinearClassifier.classify`."""
        places = map(self._places.get, {*features})
        known = np.array([place for place in places if place is not None], dtype=np.int64)
        mine = [columns[known] for columns in self._columns]
        return [
            one.scored(np.sort(columns[columns >= 0])) for one, columns in zip(self._classifiers, mine, strict=True)
        ]

    def _columns_of(self, one: LinearClassifier) -> Ints:
        """Return a classifier's column of every feature known to any, -1 where it does not know it."""
        columns = np.full(len(self._places), -1)
        columns[[self._places[feature] for feature in one.vocabulary]] = list(one.vocabulary.values())
        return columns


def save_classifier(model: LinearClassifier, folder: Path, name: str, made: Mapping[str, object]) -> None:
    """Write a classifier as arrays and JSON; half precision keeps the files small."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, npt.NDArray[Any]] = {
        "idf": model.idf.astype(np.float16),
        "weights": np.ascontiguousarray(model.weights.T.astype(np.float16)),
        "bias": model.bias.astype(np.float32),
    }
    save_file(arrays, folder / f"{name}.safetensors")
    words = sorted(model.vocabulary, key=model.vocabulary.__getitem__)
    head = {"labels": list(model.labels), "temperature": model.temperature, "made": dict(made), "vocabulary": words}
    (folder / f"{name}.json").write_text(json.dumps(head, ensure_ascii=False, indent=0), encoding="utf-8")


def load_classifier(name: str, folder: Path = MODELS) -> LinearClassifier:
    """Read a classifier.

    Raises:
        RuleFileInvalid: a file is missing or its shapes do not fit.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        head = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        arrays = load_file(folder / f"{name}.safetensors")
    except (OSError, ValueError, SafetensorError) as error:
        raise RuleFileInvalid(f"判断模型读不出来：{name}（{error}）", hint="请重新安装或重新训练") from None
    vocabulary: Sequence[str] = head["vocabulary"]
    labels, words = len(head["labels"]), len(vocabulary)
    if {key: array.shape for key, array in arrays.items()} != {
        "weights": (labels, words),
        "idf": (words,),
        "bias": (labels,),
    }:
        raise RuleFileInvalid(f"判断模型尺寸不符：{name}", hint="请重新安装或重新训练")
    return LinearClassifier(
        labels=tuple(head["labels"]),
        vocabulary={word: column for column, word in enumerate(vocabulary)},
        idf=arrays["idf"].astype(np.float32),
        weights=np.ascontiguousarray(arrays["weights"].T.astype(np.float32)),
        bias=arrays["bias"].astype(np.float32),
        temperature=float(head["temperature"]),
    )
