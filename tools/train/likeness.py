"""Fit which stored question a call asks with scikit-learn: one-against-rest support vector machines, thinned out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.svm import LinearSVC

from assistant.judge.likeness import Floats, Likeness, hashed
from kb.domain.knowledge import Entry
from kb.text.tokens import Analyser
from tools.train.classifiers import features
from tools.train.sources import Utterance

STRENGTH = 0.3
CALL = 2.0
"""What a call counts beside a phrasing. Right first on development calls, alone: 0.848 with 1, 0.857 with 2."""
FEW = 2.0
"""Calls a question is taken to have had, spread as all calls are: most have had a dozen."""
KEPT = 0.02
"""The share of weights that is kept, the largest. Right first, alone: 0.839 with 1 %, 0.857 with 2 % and with all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Words, the standard question they ask, what the pair counts, and the rule that decided the call, if it is one."""

    text: str
    question: str
    weight: float
    rule: str | None = None


def asked(entries: Sequence[Entry], calls: Iterable[Utterance]) -> list[Pair]:
    """Return every question with its phrasings, and calls under each question that answers them."""
    questions = {entry.entry_id: entry.question for entry in entries}
    written = [
        Pair(text=text, question=entry.question, weight=1.0)
        for entry in entries
        for text in (entry.question, *entry.phrasings)
    ]
    said = [
        Pair(text=call.text, question=questions[one], weight=CALL, rule=call.rule)
        for call in calls
        for one in call.entries
    ]
    return written + said


def fit(analyser: Analyser, pairs: Sequence[Pair]) -> Likeness:
    """Return the model of these pairs; a feature that occurs once is left out."""
    seen = [features(analyser, pair.text) for pair in pairs]
    counter, weigher = CountVectorizer(analyzer=list, binary=True, min_df=2), TfidfTransformer()
    matrix = weigher.fit_transform(counter.fit_transform(seen))
    model = LinearSVC(C=STRENGTH)
    model.fit(matrix, [pair.question for pair in pairs], sample_weight=np.array([pair.weight for pair in pairs]))
    weights = model.coef_.astype(np.float32).T
    codes, first = np.unique(hashed(list(counter.get_feature_names_out())), return_index=True)
    weights, idf = weights[first], weigher.idf_[first]
    count = max(1, int(weights.size * KEPT))
    least = np.partition(np.abs(weights).ravel(), -count)[-count]
    rows, classes = np.nonzero(np.abs(weights) >= least)
    questions = tuple(str(question) for question in model.classes_)
    rules, fell = fallen(pairs, questions)
    return Likeness(
        questions=questions,
        rules=rules,
        fell=fell,
        bias=model.intercept_.astype(np.float32),
        features=codes,
        idf=idf.astype(np.float16).astype(np.float32),
        starts=np.searchsorted(rows, np.arange(len(codes) + 1)).astype(np.int32),
        classes=classes.astype(np.uint16),
        weights=weights[rows, classes].astype(np.float16).astype(np.float32),
    )


def fallen(pairs: Iterable[Pair], questions: Sequence[str]) -> tuple[tuple[str, ...], Floats]:
    """Return the rules, and the share of each question's calls that fell under each, `(questions, rules)`."""
    calls = [(pair.question, pair.rule) for pair in pairs if pair.rule]
    rules = tuple(sorted({rule for _question, rule in calls}))
    counts = np.zeros((len(questions), len(rules)))
    rows, columns = ({name: place for place, name in enumerate(names)} for names in (questions, rules))
    for question, rule in calls:
        counts[rows[question], columns[rule]] += 1.0
    usual = FEW * counts.sum(axis=0) / max(1.0, counts.sum())
    shares = (counts + usual) / (counts + usual).sum(axis=1, keepdims=True)
    return rules, shares.astype(np.float16).astype(np.float32)
