"""Several knowledge bases to learn ranking on, none of them the whole: so that the ranker carries to unseen ones."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb.domain.knowledge import Document, Entry
from kb.encode.tfidf_svd import TfidfSvdEncoder
from kb.index import snapshot
from kb.index.snapshot import Snapshot
from kb.index.units import build_units
from kb.search.catalogue import Catalogue, FoundPassage
from kb.text.tokens import Analyser
from tools.train.sources import Clauses

HELD_OUT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """An indexed base and its questions: (text, ids of right items)."""

    name: str
    snapshot: Snapshot
    questions: Sequence[tuple[str, frozenset[str]]]


def make_bases(analyser: Analyser, entries: Sequence[Entry], clauses: Clauses, seed: int) -> list[Base]:
    """Return bases of four kinds: rich entries, bare entries, clauses alone, and everything together."""
    rng = random.Random(seed)
    rich, asked = _hold_out(entries, rng)
    bare = [replace(entry, phrasings=()) for entry in entries]
    own = [(text, frozenset({entry})) for text, entry in asked]
    half = set(rng.sample([e.entry_id for e in entries], len(entries) // 2))
    by_topic = _topic_questions(asked, entries, clauses)
    return [
        _base("rich", analyser, rich, clauses.documents, own),
        _base("bare", analyser, bare, [], own),
        _base("half", analyser, [e for e in bare if e.entry_id in half], [], [q for q in own if q[1] <= half]),
        _base("clauses", analyser, [], clauses.documents, by_topic),
    ]


def _hold_out(entries: Sequence[Entry], rng: random.Random) -> tuple[list[Entry], list[tuple[str, str]]]:
    """Take some phrasings out of every entry; they become questions."""
    rich, asked = [], []
    for entry in entries:
        chosen = set(rng.sample(range(len(entry.phrasings)), min(HELD_OUT, len(entry.phrasings))))
        rich.append(replace(entry, phrasings=tuple(p for i, p in enumerate(entry.phrasings) if i not in chosen)))
        asked += [(entry.phrasings[i], entry.entry_id) for i in sorted(chosen)]
    return rich, asked


def _topic_questions(
    asked: Sequence[tuple[str, str]], entries: Sequence[Entry], clauses: Clauses
) -> list[tuple[str, frozenset[str]]]:
    """Ask the clauses the same questions: a clause is right when it carries the entry's topic."""
    topic_of = {entry.entry_id: entry.topics[0] for entry in entries}
    holders: dict[str, set[str]] = {}
    for passage_id, topics in clauses.topics.items():
        for topic in topics:
            holders.setdefault(topic, set()).add(passage_id)
    questions = [(text, frozenset(holders.get(topic_of[entry], ()))) for text, entry in asked]
    return [(text, right) for text, right in questions if right and len(right) <= 12]


def _base(
    name: str,
    analyser: Analyser,
    entries: Iterable[Entry],
    documents: Iterable[Document],
    questions: Sequence[tuple[str, frozenset[str]]],
) -> Base:
    return Base(name=name, snapshot=index(analyser, entries, documents), questions=questions)


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
