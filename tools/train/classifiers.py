"""Fit the three linear classifiers with scikit-learn; choose strength and temperature on development calls.

One-against-rest support vector machines: on the same features they were right more often on development calls than
multinomial logistic regression, with and without kinds (docs/guide/judging.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.svm import LinearSVC

from assistant.judge.linear import LinearClassifier, features_of
from kb.text.tokens import Analyser

STRENGTHS = (0.5, 1.0, 2.0)
TEMPERATURES = np.linspace(0.1, 1.5, 29)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Texts with one label each; `weight` lets borrowed material count less."""

    texts: Sequence[str]
    labels: Sequence[str]
    weights: Sequence[float]


def fit(analyser: Analyser, train: Labelled, dev: Labelled, *, balanced: bool = False) -> LinearClassifier:
    """Return the classifier that is most accurate on `dev`, its temperature set there by log-loss.

    `balanced` weighs rare labels up: what is rare in training is not rare among calls.
    """
    counter = CountVectorizer(
        analyzer=lambda text: features_of(analyser.query(analyser.normalise(text))), binary=True, min_df=2
    )
    weigher = TfidfTransformer()
    matrix = weigher.fit_transform(counter.fit_transform(train.texts))
    best: tuple[float, LinearClassifier] | None = None
    for strength in STRENGTHS:
        model = LinearSVC(C=strength, class_weight="balanced" if balanced else None)
        model.fit(matrix, train.labels, sample_weight=np.asarray(train.weights))
        candidate = LinearClassifier(
            labels=tuple(model.classes_),
            vocabulary={str(word): int(column) for word, column in counter.vocabulary_.items()},
            idf=weigher.idf_.astype(np.float32),
            weights=model.coef_.astype(np.float32),
            bias=model.intercept_.astype(np.float32),
            temperature=1.0,
        )
        right = accuracy(candidate, analyser, dev)
        if best is None or right > best[0]:
            best = (right, candidate)
    if best is None:
        raise ValueError("no strength to try")
    return replace(best[1], temperature=_temperature(best[1], analyser, dev))


def accuracy(model: LinearClassifier, analyser: Analyser, data: Labelled) -> float:
    """Return the share of texts whose first label is right."""
    hits = [
        model.classify(analyser.query(analyser.normalise(text)))[0].label == label
        for text, label in zip(data.texts, data.labels, strict=True)
    ]
    return float(np.mean(hits))


def _temperature(model: LinearClassifier, analyser: Analyser, dev: Labelled) -> float:
    losses = [_log_loss(replace(model, temperature=float(t)), analyser, dev) for t in TEMPERATURES]
    return round(float(TEMPERATURES[int(np.argmin(losses))]), 2)


def _log_loss(model: LinearClassifier, analyser: Analyser, dev: Labelled) -> float:
    chances: list[float] = []
    for text, label in zip(dev.texts, dev.labels, strict=True):
        scored = {item.label: item.confidence for item in model.classify(analyser.query(analyser.normalise(text)))}
        chances.append(max(scored.get(label, 0.0), 1e-4))
    values: npt.NDArray[np.float64] = np.log(np.asarray(chances))
    return float(-values.mean())
