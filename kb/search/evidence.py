"""What is known about each candidate of a question, as the ranker's feature rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kb.encode.protocol import Matrix
from kb.index.snapshot import Snapshot
from kb.search.features import LEXICAL, PROSE, Asked, Evidence, among_rivals, feature_row
from kb.search.meanings import NO_WORDS, Meanings, cover
from kb.search.query import Query
from kb.search.reading import Ints, Profile, Reader

BEST = 3
UNKNOWN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What the words alone tell about a call.

    Attributes:
        categories: label -> probability (0-1) of its category; `call_types`: of its type.
        questions: stored question -> how like calls that asked it the words are (0-1); other questions are unknown.
        under: stored question -> how probably it is asked under the rule the call falls under (0-1).
    """

    categories: Mapping[str, float]
    call_types: Mapping[str, float]
    questions: Mapping[str, float] = field(default_factory=dict)
    under: Mapping[str, float] = field(default_factory=dict)

    def of_categories(self, categories: Sequence[str]) -> float:
        """Return how probable categories are together; `UNKNOWN` where none of them is one that can be expected.

        A foreign base has labels of its own: they say nothing, they do not disagree.
        """
        known = [self.categories[category] for category in categories if category in self.categories]
        return min(1.0, sum(known)) if known else UNKNOWN

    def of_title(self, title: str) -> tuple[float, float]:
        """Return (agreement, contradiction) with the call types a title names; zeros where it names none."""
        named = [chance for label, chance in self.call_types.items() if label in title]
        if not named:
            return 0.0, 0.0
        agreed = min(1.0, sum(named))
        return agreed, 1.0 - agreed

    def of_questions(self, titles: Sequence[str | None], raw: Sequence[bool]) -> list[tuple[float, float]]:
        """Return per title how like its calls the words are, and how probably they fall under the same rule.

        See `_levelled` for the titles of which nothing is known.
        """
        alike = _levelled([self.questions.get(title) if title else None for title in titles], raw)
        under = _levelled([self.under.get(title) if title else None for title in titles], raw)
        return list(zip(alike, under, strict=True))


def _levelled(known: Sequence[float | None], raw: Sequence[bool]) -> list[float]:
    """Return what is known of each, and what the unknown stand at; zeros where nothing is known of any.

    An edited answer nothing is known of stands level with the best known one: it came later, and calls for it were
    learnt as calls for its neighbours. Raw text (`raw`) nothing is known of stands at their mean.
    """
    told = [value for value in known if value is not None]
    if not told:
        return [0.0] * len(known)
    best, mean = max(told), sum(told) / len(told)
    return [value if value is not None else mean if text else best for value, text in zip(known, raw, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Candidates of one question: item numbers, and per lexical search the score of each item it found."""

    items: Sequence[int]
    lexical: Mapping[str, Mapping[int, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Near:
    """How near an item is in meaning: cosines, and the unit that is nearest."""

    dense: tuple[float, float, float, float]
    closest: int | None


class Witness:
    """Gathers the evidence for candidates of one snapshot."""

    def __init__(self, snapshot: Snapshot, reader: Reader, meanings: Meanings) -> None:
        self._snapshot = snapshot
        self._reader = reader
        self._meanings = meanings

    def rows(self, query: Query, vector: Matrix, found: Found, expected: Expectation | None) -> list[list[float]]:
        """Return one row of `FEATURES` per candidate.

        Args:
            query: the question.
            vector: its unit vector, shape `(1, dim)`.
            found: the candidates.
            expected: what the words tell about the call, where somebody judged it.
        """
        profiles = [self._reader.profile(item) for item in found.items]
        near = self._near(vector, profiles)
        meant = self._meant(query, profiles, near)
        tops = {name: max(scores.values(), default=0.0) for name, scores in found.lexical.items()}
        asked = Asked.of(query, self._reader.weight)
        alike = self._alike(expected, found.items, profiles) if expected else [(0.0, 0.0)] * len(profiles)
        rows = []
        for place, (item, profile) in enumerate(zip(found.items, profiles, strict=True)):
            stored, closest = self._snapshot.table.items[item], near[place].closest
            evidence = Evidence(
                kind=stored.kind,
                lexical={
                    name: found.lexical[name].get(item, 0.0) / tops[name] if tops[name] else 0.0 for name in LEXICAL
                },
                dense=near[place].dense,
                question=profile.question,
                whole=profile.whole,
                title=profile.title,
                closest=None if closest is None else self._reader.wording(closest),
                numbers=profile.numbers,
                category=expected.of_categories(stored.categories) if expected else UNKNOWN,
                meant=meant[place],
                named=expected.of_title(profile.title.text) if expected and profile.title else (0.0, 0.0),
                alike=alike[place],
            )
            rows.append(feature_row(asked, evidence))
        return among_rivals(rows)

    def _alike(
        self, expected: Expectation, items: Sequence[int], profiles: Sequence[Profile]
    ) -> list[tuple[float, float]]:
        titles = [profile.title.text if profile.title else None for profile in profiles]
        return expected.of_questions(titles, [self._snapshot.table.items[item].kind in PROSE for item in items])

    def _meant(
        self, query: Query, profiles: Sequence[Profile], near: Sequence[_Near]
    ) -> list[tuple[float, float, float, float]]:
        said = tuple(dict.fromkeys(query.base.words))
        closest = [NO_WORDS if one.closest is None else self._reader.words_of(one.closest) for one in near]
        held = [*(p.title_words for p in profiles), *closest, *(p.words for p in profiles)]
        found = cover(self._meanings, said, [self._reader.weight(word) for word in said], held)
        count, shares = len(profiles), found.of_question
        return list(
            zip(shares[:count], shares[count : 2 * count], shares[2 * count :], found.of_words[:count], strict=True)
        )

    def _near(self, vector: Matrix, profiles: Sequence[Profile]) -> list[_Near]:
        """Compare the question with all texts of all candidates at once."""
        asked = self.cosines(vector, _joined([profile.questions for profile in profiles])).tolist()
        answered = self.cosines(vector, _joined([profile.answers for profile in profiles])).tolist()
        found, first, then = [], 0, 0
        for profile in profiles:
            cosines = asked[first : first + len(profile.questions)]
            meant = answered[then : then + len(profile.answers)]
            first, then = first + len(cosines), then + len(meant)
            found.append(_nearness(profile, cosines, max(meant, default=0.0)))
        return found

    def cosines(self, vector: Matrix, units: Ints) -> Matrix:
        """Return the cosine of the question with each unit, not below 0."""
        return np.maximum(self._snapshot.vectors.similarities(vector, units), 0.0)


def _nearness(profile: Profile, cosines: list[float], answer: float) -> _Near:
    if not cosines:
        return _Near(dense=(0.0, 0.0, 0.0, answer), closest=None)
    best = sorted(cosines, reverse=True)[:BEST]
    closest = int(profile.questions[cosines.index(best[0])])
    return _Near(dense=(best[0], sum(best) / len(best), sum(cosines) / len(cosines), answer), closest=closest)


def _joined(units: Sequence[Ints]) -> Ints:
    return np.concatenate(units) if units else np.zeros(0, dtype=np.int64)
