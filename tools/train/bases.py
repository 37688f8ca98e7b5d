"""Knowledge bases to learn ranking on: the same real calls asked of rich entries, bare entries and clauses alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb.domain.knowledge import Document, Entry, FoundPassage
from kb.encode.tfidf_svd import TfidfSvdEncoder
from kb.index import snapshot
from kb.index.snapshot import Snapshot
from kb.index.units import build_units
from kb.search.catalogue import Catalogue
from kb.text.tokens import Analyser
from tools.train.sources import Clauses, Utterance

MAX_RIGHT = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """An indexed base and its questions: (text, ids of items of the right topic). `weight` is a question's share."""

    name: str
    snapshot: Snapshot
    questions: Sequence[tuple[str, frozenset[str]]]
    weight: float


def make_bases(
    analyser: Analyser, entries: Sequence[Entry], clauses: Clauses, calls: Sequence[Utterance]
) -> list[Base]:
    """Return three bases.

    Held-out phrasings are no substitute for calls: they were written to differ from each other, and a ranker trained on
    them turns against overlap (development hit@1 0.54 instead of 0.68).
    """
    bare = [replace(entry, phrasings=()) for entry in entries]
    by_entry = {entry.entry_id: entry.topics for entry in entries}
    return [
        Base(
            name="entries and clauses",
            snapshot=index(analyser, entries, clauses.documents),
            questions=_questions(calls, {**by_entry, **clauses.topics}),
            weight=1.0,
        ),
        Base(
            name="bare entries", snapshot=index(analyser, bare, []), questions=_questions(calls, by_entry), weight=0.3
        ),
        Base(
            name="clauses",
            snapshot=index(analyser, [], clauses.documents),
            questions=_questions(calls, clauses.topics),
            weight=0.3,
        ),
    ]


def _questions(calls: Sequence[Utterance], topics_of: dict[str, tuple[str, ...]]) -> list[tuple[str, frozenset[str]]]:
    """Pair every call with the items that carry one of its topics."""
    questions = [
        (call.text, frozenset(item for item, topics in topics_of.items() if set(topics) & set(call.topics)))
        for call in calls
    ]
    return [(text, right) for text, right in questions if 0 < len(right) <= MAX_RIGHT]


def index(analyser: Analyser, entries: Iterable[Entry], documents: Iterable[Document]) -> Snapshot:
    """Index knowledge in a temporary folder with the encoder fitted on it."""
    catalogue = Catalogue(
        release=1,
        entries={entry.entry_id: entry for entry in entries},
        passages={p.passage_id: FoundPassage(passage=p, document=d) for d in documents for p in d.passages},
    )
    items, units = build_units(catalogue.texts())
    encoder = TfidfSvdEncoder.fit(analyser, [unit.text for unit in units])
    content = snapshot.Content(release=1, items=items, units=units)
    folder = snapshot.build(Path(tempfile.mkdtemp(prefix="zhida-train-")), content, analyser, encoder)
    return snapshot.load(folder, analyser, encoder)
