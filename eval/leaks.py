"""Leak check: is a test utterance, word for word or nearly, among the texts the system was built from?"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.errors import GoldInvalid, Problem
from eval.gold import decode_text
from eval.question import Question
from eval.sameness import bigrams, jaccard, plain

NEAR = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A question and the closest text of one source. `similarity` is 0-1; `exact` means equal in plain form."""

    question_id: str
    text: str
    source: str
    other: str
    similarity: float
    exact: bool


class TextIndex:
    """Finds the most similar of a fixed list of texts by shared character bigrams."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = tuple(dict.fromkeys(texts))
        self._grams = tuple(bigrams(text) for text in self._texts)
        self._holders: dict[str, list[int]] = defaultdict(list)
        for place, grams in enumerate(self._grams):
            for gram in grams:
                self._holders[gram].append(place)

    def closest(self, text: str) -> tuple[str, float] | None:
        """Return the most similar text and its Jaccard similarity (ties: the one listed first), or `None`."""
        grams = bigrams(text)
        shared = Counter(place for gram in grams for place in self._holders.get(gram, ()))
        if not shared:
            return None
        best = min(shared, key=lambda place: (-jaccard(grams, self._grams[place]), place))
        return self._texts[best], jaccard(grams, self._grams[best])


def find_leaks(
    questions: Sequence[Question], sources: Mapping[str, Iterable[str]], *, threshold: float = NEAR
) -> tuple[Leak, ...]:
    """Return, most similar first, every question whose closest text in a source is above `threshold`.

    Args:
        questions: the set under test.
        sources: texts by the name of where they come from, e.g. `{"相似问": [...], "train_a.jsonl": [...]}`.
        threshold: character-bigram Jaccard above which two utterances count as the same (default 0.6).
    """
    leaks = []
    for source, texts in sources.items():
        index = TextIndex(texts)
        for question in questions:
            found = index.closest(question.text)
            if found is not None and found[1] > threshold:
                leaks.append(_leak(question, source, *found))
    return tuple(sorted(leaks, key=lambda leak: (-leak.similarity, leak.question_id, leak.source)))


def training_texts(path: Path) -> list[str]:
    """Return the texts of a training file: one JSON object with `text` a line.

    Raises:
        GoldMissing: no such file, or it cannot be read.
        GoldInvalid: it is no text, or a line holds no `text`.
    """
    texts = []
    for number, line in enumerate(decode_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            texts.append(str(json.loads(line)["text"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            problem = Problem(code="broken_line", file=path.name, line=number, message="须是带 text 的 JSON 对象")
            raise GoldInvalid.of((problem,)) from None
    return texts


def _leak(question: Question, source: str, other: str, similarity: float) -> Leak:
    exact = plain(question.text) == plain(other)
    return Leak(
        question_id=question.id, text=question.text, source=source, other=other, similarity=similarity, exact=exact
    )
