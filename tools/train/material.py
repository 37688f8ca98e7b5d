"""The project's own texts and other services' as the encoder's training material, less what is held out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from kb.encode.train.material import MAX_CHARS, Family, Material
from tools.train import sources
from tools.train.bases import second_half
from tools.train.senses import senses
from tools.train.services import services
from tools.train.sources import Clauses, Utterance


def own_material(hold: str) -> Material:
    """Return families, calls and clauses; `hold` leaves out the second half of the "calls" or of the "topics".

    With the topics it leaves out the services that teach the ranker, too: they stand for bases nobody tuned for.
    """
    held, calls = sources.clauses(), sources.training_utterances()
    if hold == "calls":
        calls = [call for call in calls if not second_half(call.text)]
    shown: Callable[[str], bool] = (lambda topic: not second_half(topic)) if hold == "topics" else (lambda _topic: True)
    by_topic: dict[str, list[str]] = defaultdict(list)
    for call in calls:
        if call.topics and all(shown(topic) for topic in call.topics):
            by_topic[call.topics[0]].append(call.text)
    return Material(
        families=_families(held, calls, shown),
        calls=by_topic,
        clauses=_by_topic(held, shown),
        general={},
        others=_others(shown),
        senses=senses(),
    )


def _families(held: Clauses, calls: Iterable[Utterance], shown: Callable[[str], bool]) -> list[Family]:
    passages = _texts(held)
    said: dict[str, list[str]] = defaultdict(list)
    for call in calls:
        for entry_id in call.entries:
            said[entry_id].append(call.text)
    return [
        Family(
            key=entry.entry_id,
            topic=entry.topics[0],
            questions=(entry.question, *entry.phrasings, *said[entry.entry_id]),
            answers=(
                *(branch.answer[:MAX_CHARS] for branch in entry.branches),
                *(passages[clause] for clause in sorted(sources.cited_clauses(entry, held))),
            ),
        )
        for entry in sources.entries()
        if shown(entry.topics[0])
    ]


def _others(shown: Callable[[str], bool]) -> list[Family]:
    return [
        Family(
            key=entry.entry_id,
            topic=service.name,
            questions=(entry.question, *entry.phrasings, *service.said(entry.entry_id)),
            answers=tuple(branch.answer[:MAX_CHARS] for branch in entry.branches),
        )
        for service in services()
        if shown(service.name)
        for entry in service.entries
    ]


def _by_topic(held: Clauses, shown: Callable[[str], bool]) -> dict[str, list[str]]:
    passages = _texts(held)
    clauses: dict[str, list[str]] = defaultdict(list)
    for passage_id, topics in held.topics.items():
        for topic in filter(shown, topics):
            clauses[topic].append(passages[passage_id])
    return clauses


def _texts(held: Clauses) -> dict[str, str]:
    return {p.passage_id: p.text[:MAX_CHARS] for document in held.documents for p in document.passages}
