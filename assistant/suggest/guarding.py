"""What must not be said in this situation: guards asked alike, and those of the matched topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kb.curation.library import Shelf
from kb.domain.knowledge import Entry
from kb.domain.suggestion import Answer, Avoid
from kb.domain.validity import Scope
from kb.search.catalogue import Catalogue
from kb.search.ranker import Cuts
from kb.search.retrieve import Candidate

MAX_AVOID = 3
BREADTH = 8
LEADING = 3
ALMOST = 0.5

ByTopic = Mapping[str, Sequence[Entry]]


class Guards:
    """Finds guards. Those of one shelf are sorted by topic once and kept until the shelf changes."""

    def __init__(self, cuts: Cuts) -> None:
        self._cuts = cuts
        self._sorted: tuple[Catalogue | None, ByTopic] = (None, {})

    def avoid(self, shelf: Shelf, scope: Scope, text: str, answers: Sequence[Answer]) -> tuple[Avoid, ...]:
        """Return what not to say, at most `MAX_AVOID`.

        A guard whose own question is as likely as a shown answer counts whatever its topic; the guards of the topic
        the call is about count as well, most alike first. Guards of other topics do not appear.
        """
        found = shelf.retriever.find(text, scope, kinds=("guard",), limit=MAX_AVOID, breadth=BREADTH)
        topics = self._topics(answers, shelf.catalogue)
        kept = {guard.item_id: None for guard in found if self._fits(guard, shelf.catalogue, topics)}
        for guard in self._of(topics, shelf.catalogue):
            if scope.admits(guard.validity, guard.visibility, guard.region):
                kept.setdefault(guard.entry_id)
        texts = (shelf.catalogue.entries[item].guard for item in list(kept)[:MAX_AVOID])
        return tuple(Avoid(utterance=g.utterance, why=g.why, instead=g.instead) for g in texts if g is not None)

    def _fits(self, guard: Candidate, catalogue: Catalogue, topics: Mapping[str, None]) -> bool:
        same_topic = any(topic in topics for topic in catalogue.entries[guard.item_id].topics)
        return same_topic or guard.probability >= self._cuts.medium

    def _topics(self, answers: Sequence[Answer], catalogue: Catalogue) -> dict[str, None]:
        """Return the topics of the first answer and of those almost as likely, when it is likely enough at all."""
        if not answers or answers[0].confidence < self._cuts.medium / 2:
            return {}
        near = [a for a in answers[:LEADING] if a.confidence >= ALMOST * answers[0].confidence]
        entries = (catalogue.entries.get(answer.entry_id) for answer in near)
        return dict.fromkeys(topic for entry in entries if entry for topic in entry.topics)

    def _of(self, topics: Iterable[str], catalogue: Catalogue) -> list[Entry]:
        if self._sorted[0] is not catalogue:
            by_topic: dict[str, list[Entry]] = defaultdict(list)
            for entry in catalogue.entries.values():
                for topic in entry.topics if entry.guard is not None else ():
                    by_topic[topic].append(entry)
            self._sorted = (catalogue, dict(by_topic))
        return [guard for topic in topics for guard in self._sorted[1].get(topic, ())]
