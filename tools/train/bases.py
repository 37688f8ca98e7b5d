"""Knowledge bases to learn ranking on: real calls asked of what neither the base nor its encoder has seen them for."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb.domain.knowledge import Document, Entry, FoundPassage
from kb.encode.protocol import Encoder
from kb.index import snapshot
from kb.index.snapshot import Snapshot
from kb.index.units import build_units
from kb.search.catalogue import Catalogue
from kb.text.tokens import Analyser
from tools.corpus.spoken import group
from tools.train.services import services
from tools.train.sources import Clauses, Utterance, cited_clauses

MOST = 2_200
Question = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """An indexed base and its questions: (text, ids of the items that answer). `weight` is a question's share.

    `own`: it holds our own knowledge, so that categories and call types can be expected; `asked`: calls that asked its
    questions were learnt from, so that likeness to them can be, too.
    """

    name: str
    snapshot: Snapshot
    questions: Sequence[Question]
    weight: float
    own: bool = True
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """Encoders that never saw the held-out half of the calls, and never saw the held-out half of the topics."""

    calls: Encoder
    topics: Encoder


def second_half(key: str) -> bool:
    """Whether a text or topic belongs to the held-out half; the same on every machine."""
    return hashlib.sha256(key.encode("utf-8")).digest()[0] % 2 == 1


def added_later(question: str) -> bool:
    """Whether a question is of the tenth that counts as added after everything was learnt."""
    return hashlib.sha256(question.encode("utf-8")).digest()[1] % 10 == 0


def fold(text: str, folds: int) -> int:
    """Return which of `folds` parts a text belongs to; the same on every machine."""
    return hashlib.sha256(text.encode("utf-8")).digest()[2] % folds


def make_bases(
    analyser: Analyser, entries: Sequence[Entry], clauses: Clauses, calls: Sequence[Utterance], held: HeldOut
) -> list[Base]:
    """Return the bases to learn ranking on.

    Rich entries with clauses, asked with calls of the second half (their words are neither phrasings nor known to the
    encoder); bare entries, wordings that are entries of their own, and clauses alone, asked about topics the encoder
    never saw; and the knowledge of other services the encoder never saw: bases nobody tuned for.
    """
    asked = [call for call in calls if call.entries and second_half(call.text)]
    known = [call for call in calls if not second_half(call.text)]
    rich = with_calls(entries, known)
    bare = [replace(entry, phrasings=()) for entry in entries]
    unseen = [call for call in calls if call.entries and call.topics and second_half(call.topics[0])]
    support = {entry.entry_id: cited_clauses(entry, clauses) for entry in entries}
    return [
        Base(
            name="entries and clauses, calls held out",
            snapshot=index(analyser, rich, clauses.documents, held.calls),
            questions=_spread([(call.text, rights(call, support)) for call in asked]),
            weight=1.0,
            asked=True,
        ),
        Base(
            name="bare entries, topics held out",
            snapshot=index(analyser, bare, [], held.topics),
            questions=_spread([(call.text, frozenset(call.entries)) for call in unseen]),
            weight=0.5,
        ),
        _of_wordings(analyser, entries, held.topics, unseen),
        Base(
            name="clauses, topics held out",
            snapshot=index(analyser, [], clauses.documents, held.topics),
            questions=_spread([(call.text, rights(call, support) - set(call.entries)) for call in unseen]),
            weight=0.25,
        ),
        *_of_services(analyser, held.topics),
    ]


def _of_wordings(analyser: Analyser, entries: Sequence[Entry], encoder: Encoder, calls: Sequence[Utterance]) -> Base:
    """Return a base as other companies keep them: the same thing asked in several entries, in different words.

    The question and every third phrasing are entries of their own.
    """
    apart, names = [], {}
    for entry in entries:
        wordings = {
            f"{entry.entry_id}~{place}": text for place, text in enumerate((entry.question, *entry.phrasings[::3]))
        }
        apart += [replace(entry, entry_id=name, question=text, phrasings=()) for name, text in wordings.items()]
        names[entry.entry_id] = frozenset(wordings)
    return Base(
        name="wordings apart, topics held out",
        snapshot=index(analyser, apart, [], encoder),
        questions=_spread([(call.text, frozenset().union(*(names[one] for one in call.entries))) for call in calls]),
        weight=0.5,
    )


def _of_services(analyser: Analyser, encoder: Encoder) -> Iterator[Base]:
    """Yield the held-out half of other services' knowledge."""
    for service in services():
        if second_half(service.name):
            snapshot = index(analyser, service.entries, [], encoder)
            name = f"service {service.name}"
            yield Base(name=name, snapshot=snapshot, questions=service.questions, weight=1.5, own=False)


def _spread(questions: Sequence[Question]) -> Sequence[Question]:
    """Return at most `MOST` questions, evenly chosen: fifty weights need no more."""
    return questions[:: max(1, -(-len(questions) // MOST))]


def rights(call: Utterance, support: Mapping[str, set[str]]) -> frozenset[str]:
    """Return the entries that answer a call and the clauses they rest on."""
    return frozenset(call.entries).union(*(support.get(entry, set()) for entry in call.entries))


def with_calls(entries: Iterable[Entry], calls: Iterable[Utterance]) -> list[Entry]:
    """Return the entries with these calls among their phrasings, chosen as the bundled knowledge chooses them."""
    entries = list(entries)
    written = [text for entry in entries for text in (entry.question, *entry.phrasings)]
    said = group(({"entries": call.entries, "style": call.style, "text": call.text} for call in calls), written)
    return [replace(entry, phrasings=(*entry.phrasings, *said.get(entry.entry_id, ()))) for entry in entries]


def index(analyser: Analyser, entries: Iterable[Entry], documents: Iterable[Document], encoder: Encoder) -> Snapshot:
    """Index knowledge in a temporary folder."""
    catalogue = Catalogue(
        release=1,
        entries={entry.entry_id: entry for entry in entries},
        passages={p.passage_id: FoundPassage(passage=p, document=d) for d in documents for p in d.passages},
    )
    items, units = build_units(catalogue.texts())
    content = snapshot.Content(release=1, items=items, units=units)
    folder = snapshot.build(Path(tempfile.mkdtemp(prefix="zhida-train-")), content, analyser, encoder)
    return snapshot.load(folder, analyser, encoder)
