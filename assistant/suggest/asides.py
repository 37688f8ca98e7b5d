"""What else a long talk asks: the question is answered, the other topics in it are offered as hints."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from kb.curation.library import Shelf
from kb.domain.knowledge import Entry
from kb.domain.suggestion import Nearby
from kb.domain.validity import Scope
from kb.search.catalogue import Catalogue

LONG = 60
LEAST, MOST = 6, 6
STOP = re.compile(r"[。？！；?!;\n]+")


def asides(shelf: Shelf, scope: Scope, text: str, shown: Collection[str], certain: float) -> Iterator[Nearby]:
    """Yield the entries that single sentences of a long text ask for, of topics no shown answer is about.

    Args:
        shelf: what to look in.
        scope: what may be seen.
        text: everything the caller said; shorter than `LONG` characters is one question.
        shown: ids of the answers shown.
        certain: the probability (0-1) from which a sentence's best entry counts.
    """
    sentences = [part.strip() for part in STOP.split(text) if len(part.strip()) >= LEAST]
    if len(text) < LONG or len(sentences) < 2:
        return
    told, topics = set(shown), {topic for item in shown for topic in _topics(shelf.catalogue, item)}
    for sentence in sentences[:MOST]:
        for found in shelf.retriever.find(sentence, scope, limit=1):
            entry = shelf.catalogue.entries.get(found.item_id)
            if entry is None or found.probability < certain or entry.entry_id in told or topics & set(entry.topics):
                continue
            told.add(entry.entry_id)
            topics |= set(entry.topics)
            yield Nearby(entry_id=entry.entry_id, question=entry.question)


def _topics(catalogue: Catalogue, item: str) -> tuple[str, ...]:
    entry: Entry | None = catalogue.entries.get(item)
    return entry.topics if entry else ()
