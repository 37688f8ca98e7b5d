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
from kb.text.tokens import Analyser, Tokens

STRENGTHS = (0.5, 1.0, 2.0)
LARGEST = 60_000
TEMPERATURES = np.linspace(0.1, 1.0, 19)


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
    seen = [features(analyser, text) for text in train.texts]
    weight = "balanced" if balanced else None
    vocabulary = _telling(seen, train, weight)
    counter, weigher = CountVectorizer(analyzer=list, binary=True, vocabulary=vocabulary), TfidfTransformer()
    matrix = weigher.fit_transform(counter.fit_transform(seen))
    heard = [analyser.query(analyser.normalise(text)) for text in dev.texts]
    tried: list[tuple[float, LinearClassifier]] = []
    for strength in STRENGTHS:
        model = LinearSVC(C=strength, class_weight=weight)
        model.fit(matrix, train.labels, sample_weight=np.asarray(train.weights))
        raw = LinearClassifier(
            labels=tuple(model.classes_),
            vocabulary=vocabulary,
            idf=weigher.idf_.astype(np.float32),
            weights=np.ascontiguousarray(model.coef_.T.astype(np.float32)),
            bias=model.intercept_.astype(np.float32),
            temperature=1.0,
        )
        candidate = replace(raw, temperature=_temperature(raw, heard, dev.labels))
        right = _share_right(candidate, heard, dev.labels)
        print(f"  strength {strength}: {right:.4f} on development calls, {len(vocabulary)} features", flush=True)
        tried.append((right, candidate))
    return max(tried, key=lambda pair: pair[0])[1]


def features(analyser: Analyser, text: str) -> list[str]:
    """Return what a classifier sees of a text."""
    return features_of(analyser.query(analyser.normalise(text)))


def _telling(seen: Sequence[Sequence[str]], train: Labelled, weight: str | None) -> dict[str, int]:
    """Return the features worth keeping, numbered: the many that a first fit gives next to no weight only cost space.

    The classifier is fitted again on them alone; dropping them afterwards would change every text's length.
    """
    counter = CountVectorizer(analyzer=list, binary=True, min_df=2)
    matrix = TfidfTransformer().fit_transform(counter.fit_transform(seen))
    first = LinearSVC(C=1.0, class_weight=weight).fit(matrix, train.labels, sample_weight=np.asarray(train.weights))
    words = np.asarray(counter.get_feature_names_out())
    kept = np.argsort(-np.abs(first.coef_).max(axis=0), kind="stable")[:LARGEST]
    return {str(word): place for place, word in enumerate(sorted(words[kept]))}


def accuracy(model: LinearClassifier, analyser: Analyser, data: Labelled) -> float:
    """Return the share of texts whose first label is right."""
    return _share_right(model, [analyser.query(analyser.normalise(text)) for text in data.texts], data.labels)


def _share_right(model: LinearClassifier, heard: Sequence[Tokens], labels: Sequence[str]) -> float:
    return float(np.mean([model.classify(one)[0].label == label for one, label in zip(heard, labels, strict=True)]))


def _temperature(model: LinearClassifier, heard: Sequence[Tokens], labels: Sequence[str]) -> float:
    losses = [_log_loss(replace(model, temperature=float(t)), heard, labels) for t in TEMPERATURES]
    return round(float(TEMPERATURES[int(np.argmin(losses))]), 2)


def _log_loss(model: LinearClassifier, heard: Sequence[Tokens], labels: Sequence[str]) -> float:
    chances: list[float] = []
    for one, label in zip(heard, labels, strict=True):
        scored = {item.label: item.confidence for item in model.classify(one)}
        chances.append(max(scored.get(label, 0.0), 1e-4))
    values: npt.NDArray[np.float64] = np.log(np.asarray(chances))
    return float(-values.mean())
