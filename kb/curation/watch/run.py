"""One report of one watcher over one release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache, cached_property

from kb.curation.library import Shelf
from kb.curation.watch import singles
from kb.curation.watch.claims import ClaimReader, Claims, fold
from kb.curation.watch.comparing import Comparer
from kb.curation.watch.contradictions import contradictions
from kb.curation.watch.duplicates import duplicates
from kb.curation.watch.judging import Judged, Judging
from kb.curation.watch.meaning import Meaning
from kb.curation.watch.nearby import Pair, Reach, Vectors, pairs_of
from kb.curation.watch.profiles import Profiler
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.subjects import spoken_subject, subjects_of
from kb.curation.watch.types import Finding, Kind, Subject
from kb.curation.watch.weighing import Weigher
from kb.curation.watch.weights import Weights


class Watchers:
    """The watchers over one shelf; what several of them need is worked out once."""

    def __init__(self, shelf: Shelf, rules: WatchRules, today: dt.date) -> None:
        self._shelf = shelf
        self._rules = rules
        self._today = today

    def report(self, kind: Kind) -> list[Finding]:
        """Return one watcher's findings, the surest first.

        Raises:
            KeyError: a watcher that does not read knowledge but its use.
        """
        ways: Mapping[Kind, Callable[[], list[Finding]]] = {
            "contradiction": lambda: self.contradictions,
            "duplicate": lambda: self.duplicates,
            "stale_source": lambda: list(singles.stale_sources(self._shelf.catalogue, self._today)),
            "missing_figure": lambda: list(singles.missing_figures(self._readable(), self._rules)),
            "expiring": lambda: list(
                singles.expiring(self._shelf.catalogue.entries.values(), self._today, self._rules)
            ),
            "too_long": lambda: list(singles.too_long(self._shelf.catalogue.entries.values(), self._rules)),
        }
        return sorted(ways[kind](), key=lambda finding: (-finding.score, finding.items))

    @cached_property
    def contradictions(self) -> list[Finding]:
        """What contradicts what, each pair of sentences once."""
        seen: set[frozenset[str]] = set()
        kept = []
        for finding in contradictions(self.judged, self._rules):
            said = frozenset(f"{side.kind}{side.said}" for side in finding.sides)
            if finding.sides[0].kind != "guard" or said not in seen:
                kept.append(finding)
            seen.add(said)
        return kept

    @cached_property
    def duplicates(self) -> list[Finding]:
        """Which entries say the same."""
        return list(duplicates(self.judged, self._rules, self._weights))

    @cached_property
    def judged(self) -> list[Judged]:
        """The pairs worth comparing, judged."""
        return self.judging(self.pairs)

    @cached_property
    def judging(self) -> Judging:
        """What judges pairs."""
        return Judging(
            comparer=self.comparer,
            profiler=Profiler(self._rules, self._meaning),
            subjects=self.subjects,
            read=self.claims,
        )

    @cached_property
    def subjects(self) -> dict[str, Subject]:
        """What is looked at, by id."""
        return {subject.subject_id: subject for subject in self._in_force()}

    def _in_force(self) -> list[Subject]:
        """Return what holds today or will hold; what is over contradicts nobody."""
        return [
            subject
            for subject in subjects_of(self._shelf.catalogue)
            if subject.validity.valid_to is None or subject.validity.valid_to > self._today
        ]

    def _readable(self) -> list[Subject]:
        """Return what holds, and what guards are matched by."""
        guards = (entry for entry in self._shelf.catalogue.entries.values() if entry.kind == "guard")
        return [*self._in_force(), *(spoken_subject(entry) for entry in guards)]

    @cached_property
    def comparer(self) -> Comparer:
        """What compares claims, by the wording of all that is looked at."""
        return Comparer(rules=self._rules, weigher=Weigher(self._weights, self._rules.scales, self._meaning))

    @cached_property
    def _meaning(self) -> Meaning:
        return Meaning(self._shelf.snapshot.encoder.encode)

    @cached_property
    def claims(self) -> Callable[[str], Claims]:
        """What reads the claims of a subject, by id, once."""
        read = ClaimReader(self._rules)
        return cache(lambda subject_id: read(self.subjects[subject_id]))

    @cached_property
    def _weights(self) -> Weights:
        return Weights(self._rules.grams(fold(subject.text)) for subject in self.subjects.values())

    @cached_property
    def pairs(self) -> list[Pair]:
        """Which subjects are near enough to be compared."""
        near = self._rules.limits["nearby"]
        reach = Reach(
            by_question=int(near["by_question"]),
            by_answer=int(near["by_answer"]),
            across=int(near["across"]),
            exact_up_to=int(near["exact_up_to"]),
            most=int(near["most"]),
        )
        vectors = Vectors.of(self._shelf.snapshot, list(self.subjects))
        return pairs_of(vectors, reach, together=near["together"])
