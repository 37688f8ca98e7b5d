"""How good an encoder is alone: real calls against entries, without words, sounds or a ranker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb.domain.knowledge import Entry
from kb.encode.protocol import Encoder
from kb.encode.train.material import MAX_CHARS
from tools.train import sources
from tools.train.bases import second_half
from tools.train.sources import Utterance

ANSWER_SHARE = 0.7
MAX_CALLS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Entries and the calls they are asked with."""

    entries: Sequence[Entry]
    calls: Sequence[Utterance]

    def texts(self) -> list[str]:
        """Return what the entries say."""
        return [text for entry in self.entries for text in (*_questions(entry), *_answers(entry))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """Per call: whether a right entry came first, and whether one was among three."""

    first: list[bool]
    three: list[bool]


def development() -> Asked:
    """Return the bundled entries and the development calls that have an answer."""
    calls = [call for call in sources.utterances(sources.GOLD / "dev.jsonl") if call.entries]
    return Asked(entries=sources.entries(), calls=calls)


def unseen_topics() -> Asked:
    """Return a base nobody tuned for: entries of the held-out topics without their phrasings, asked with real calls.

    An encoder trained on `own_material("topics")` has seen neither the entries nor the calls (at most 2,000 of them,
    evenly chosen).
    """
    entries = [replace(entry, phrasings=()) for entry in sources.entries() if second_half(entry.topics[0])]
    known = {entry.entry_id for entry in entries}
    calls = [
        call
        for call in sources.training_utterances()
        if call.entries and known.issuperset(call.entries) and call.topics and all(map(second_half, call.topics))
    ]
    return Asked(entries=entries, calls=calls[:: max(1, -(-len(calls) // MAX_CALLS))])


def hits(encoder: Encoder, asked: Asked) -> Hits:
    """Rank entries by best wording, best answer (at 0.7) and mean wording; ties go to the entry listed first."""
    said = encoder.encode([call.text for call in asked.calls])
    scores = np.zeros((len(asked.calls), len(asked.entries)), dtype=np.float32)
    for column, entry in enumerate(asked.entries):
        questions = said @ encoder.encode(_questions(entry)).T
        answers = said @ encoder.encode(_answers(entry)).T
        scores[:, column] = questions.max(axis=1) + ANSWER_SHARE * answers.max(axis=1) + questions.mean(axis=1)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :3]
    found = [[asked.entries[place].entry_id for place in row] for row in best.tolist()]
    pairs = list(zip(found, asked.calls, strict=True))
    return Hits(
        first=[row[0] in call.entries for row, call in pairs],
        three=[not set(row).isdisjoint(call.entries) for row, call in pairs],
    )


def _questions(entry: Entry) -> list[str]:
    return [entry.question, *entry.phrasings]


def _answers(entry: Entry) -> list[str]:
    return [branch.answer[:MAX_CHARS] for branch in entry.branches]
