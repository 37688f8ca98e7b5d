"""What is known about each candidate of a question, as the ranker's feature rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from kb.encode.protocol import Matrix
from kb.index.snapshot import Snapshot
from kb.index.tables import Ints
from kb.index.terms import Marks, Numbers
from kb.index.units import Mask
from kb.search.features import LEXICAL, PROSE, SINGLE, WEIGHED, Asked, Floats, among_rivals, overlap, ratio
from kb.search.meanings import Meanings
from kb.search.query import Query
from kb.search.reading import Laid, Reader
from kb.search.wording import WORDED, Wording
from kb.text.quantities import unit_of, united

ASKED_KEPT = 8
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

    def of_questions(self, titles: Sequence[str | None], raw: Sequence[bool]) -> list[float]:
        """Return how like each title's calls the words are; for titles nothing is known of see `_levelled`."""
        return _levelled([self.questions.get(title) if title else None for title in titles], raw)

    def of_rules(self, titles: Sequence[str | None], raw: Sequence[bool]) -> list[float]:
        """Return how probably each title's calls fall under the rule this one falls under; see `of_questions`."""
        return _levelled([self.under.get(title) if title else None for title in titles], raw)


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
class Evidence:
    """What is known about `n` candidates: one row of `FEATURES` each, `(n, features)`, and the unit nearest in meaning.

    That is a question where the item has one, else an answer, `(n,)`.
    """

    rows: Floats
    nearest: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class _Near:
    """How near candidates are in meaning, by feature; the places of the nearest units and of the nearest questions."""

    columns: Mapping[str, Floats]
    nearest: Ints
    closest: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sought:
    """A question's terms, and per view a table of all stored terms that marks them, see `TermTable.marked`."""

    asked: Asked
    marks: Mapping[str, Marks]

    def flagged(self, view: str, numbers: Numbers, flags: Mask) -> Mask:
        """Return which stored terms are the question's and have their column's flag."""
        flagged: Mask = np.concatenate(([False], flags))[self.marks[view][numbers]]
        return flagged


class Witness:
    """Gathers the evidence for candidates of one snapshot."""

    def __init__(self, snapshot: Snapshot, reader: Reader, meanings: Meanings) -> None:
        self._table, self._terms, self._vectors = snapshot.table, snapshot.terms, snapshot.vectors
        self._reader = reader
        self._meanings = meanings
        self._sought = lru_cache(maxsize=ASKED_KEPT)(self._seek)

    def _seek(self, query: Query) -> _Sought:
        """Look a question's terms up among the stored ones."""
        asked = Asked.of(query, self._reader.weigh)
        columns = {**asked.columns, "pinyin": {sound: column for column, sound in enumerate(asked.sounds)}}
        return _Sought(asked=asked, marks={view: self._terms.marked(view, own) for view, own in columns.items()})

    def evidence(self, query: Query, vector: Matrix, found: Found, expected: Expectation | None) -> Evidence:
        """Return what is known about candidates.

        Args:
            query: the question.
            vector: its unit vector, shape `(1, dim)`.
            found: the candidates.
            expected: what the words tell about the call, where somebody judged it.
        """
        laid, sought = self._reader.lay_out(found.items), self._sought(query)
        near = _nearness(laid, np.maximum(self._vectors.similarities(vector, laid.units), 0.0).astype(np.float64))
        columns = {
            **_relative(found),
            **near.columns,
            **self._covered(sought, laid),
            **self._held(sought, laid, near.closest),
            **self._worded(query, laid, near.closest),
            **self._numbered(sought.asked, laid),
            **self._meant(sought.asked, laid, near.closest),
            **self._expected(expected, found.items, laid),
            "is_prose": np.array([self._table.items[item].kind in PROSE for item in found.items], dtype=np.float64),
        }
        table = np.column_stack([columns[name] for name in SINGLE])
        return Evidence(rows=among_rivals(table), nearest=laid.units[near.nearest])

    def _covered(self, sought: _Sought, laid: Laid) -> dict[str, Floats]:
        """Return how much of the question each candidate's questions hold, and all its texts."""
        asked, shape = sought.asked, (len(laid.starts), len(sought.asked.weights))
        by_question, anywhere = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
        for view in WEIGHED:
            numbers, counts = self._terms.of(view, laid.units)
            marks = sought.marks[view][numbers]
            met = np.flatnonzero(marks)
            column, unit = marks[met] - 1, np.repeat(np.arange(len(counts)), counts)[met]
            anywhere[laid.owners[unit], column] = True
            mine = laid.asked[unit]
            by_question[laid.owners[unit[mine]], column[mine]] = True
        question, rare_question = asked.covered(by_question)
        item, rare_item = asked.covered(anywhere)
        return {
            "query_covered_question": question,
            "query_covered_item": item,
            "rare_covered_question": rare_question,
            "rare_covered_item": rare_item,
        }

    def _held(self, sought: _Sought, laid: Laid, closest: Ints) -> dict[str, Floats]:
        """Return how much of each title and of each closest question was asked for, and how alike the latter is."""
        places = np.concatenate([laid.titles, closest])
        real = places >= 0
        units, size = laid.units[places[real]], int(real.sum())
        part, whole = np.zeros(size), np.zeros(size)
        for view in WEIGHED:
            numbers, counts = self._terms.of(view, units)
            owners, weights = np.repeat(np.arange(size), counts), self._reader.weights(view, numbers)
            part += np.bincount(owners, weights * sought.flagged(view, numbers, sought.asked.wanted), size)
            whole += np.bincount(owners, weights, size)
        shares = np.zeros(len(places))
        shares[real] = ratio(part, whole)
        return {
            "title_covered": shares[: len(closest)],
            "closest_covered": shares[len(closest) :],
            **self._alike(sought, laid, closest),
        }

    def _alike(self, sought: _Sought, laid: Laid, closest: Ints) -> dict[str, Floats]:
        """Return the overlap of the question's bigrams and sounds with each closest question's."""
        asked, real = sought.asked, closest >= 0
        said = {
            "closest_dice": ("bigrams", asked.grams),
            "closest_pinyin": ("pinyin", np.ones(len(asked.sounds), dtype=bool)),
        }
        found = {name: np.zeros(len(closest)) for name in said}
        for name, (view, flags) in said.items():
            numbers, counts = self._terms.of(view, laid.units[closest[real]])
            owners = np.repeat(np.arange(len(counts)), counts)
            shared = np.bincount(owners, sought.flagged(view, numbers, flags), len(counts))
            found[name][real] = overlap(shared, counts.astype(np.float64), int(flags.sum()))
        return found

    def _worded(self, query: Query, laid: Laid, closest: Ints) -> dict[str, Floats]:
        """Return how the question is worded against each closest question."""
        table, asked = np.zeros((len(closest), len(WORDED))), Wording.of(query.text)
        for place in np.flatnonzero(closest >= 0).tolist():
            text = self._table.text(int(laid.units[closest[place]]))
            table[place] = asked.against(Wording.of(text))
        return dict(zip(WORDED, table.T, strict=True))

    def _numbered(self, asked: Asked, laid: Laid) -> dict[str, Floats]:
        """Return whether numbers with a unit agree, or where none does contradict, in title and answers."""
        agrees, same_unit = np.zeros(len(laid.starts)), np.zeros(len(laid.starts))
        if asked.numbers:
            places = np.union1d(np.flatnonzero(~laid.asked), laid.titles[laid.titles >= 0])
            numbers, counts = self._terms.of("numbers", laid.units[places])
            owners, names = np.repeat(laid.owners[places], counts), self._terms.names["numbers"]
            units = {unit for _value, unit in asked.numbers}
            agrees[owners[self._terms.marked("numbers", dict.fromkeys(united(asked.numbers), 0))[numbers] > 0]] = 1.0
            same_unit[owners[[unit_of(names[number]) in units for number in numbers.tolist()]]] = 1.0
        return {"number_agrees": agrees, "number_conflicts": same_unit * (1.0 - agrees)}

    def _meant(self, asked: Asked, laid: Laid, closest: Ints) -> dict[str, Floats]:
        """Return how much of the question titles, closest questions and whole items mean, and titles the other way."""
        numbers, counts = self._terms.of("words", laid.units)
        names = ("title_meant", "closest_meant", "item_meant", "meant_by_title")
        if not asked.words or not len(numbers):
            return {name: np.zeros(len(closest)) for name in names}
        cosines = self._meanings.cosines(asked.words, numbers)
        filled, ends = counts > 0, np.cumsum(counts)
        by_unit = np.zeros((len(counts) + 1, len(asked.words)), dtype=np.float32)  # the last: a text that is missing
        by_unit[:-1][filled] = np.maximum.reduceat(cosines, (ends - counts)[filled], axis=0)
        by_item = np.maximum.reduceat(by_unit[:-1], laid.starts, axis=0)
        mine = asked.weights[asked.spoken]
        meant = [ratio(near @ mine, mine.sum()) for near in (by_unit[laid.titles], by_unit[closest], by_item)]
        return dict(zip(names, [*meant, self._by_question(laid, numbers, counts, cosines)], strict=True))

    def _by_question(self, laid: Laid, numbers: Numbers, counts: Ints, cosines: Matrix) -> Floats:
        """Return how much of each candidate's title the question means."""
        is_title = np.zeros(len(counts), dtype=np.bool_)
        is_title[laid.titles[laid.titles >= 0]] = True
        mine = np.flatnonzero(np.repeat(is_title, counts))
        owners = np.repeat(laid.owners, counts)[mine]
        weights, size = self._reader.weights("words", numbers[mine]), len(laid.starts)
        met = np.bincount(owners, cosines[mine].max(axis=1) * weights, size)
        return ratio(met, np.bincount(owners, weights, size))

    def _expected(self, expected: Expectation | None, items: Sequence[int], laid: Laid) -> dict[str, Floats]:
        """Return how each candidate fits what the words alone tell about the call."""
        size = len(items)
        if expected is None:
            nothing = np.zeros(size)
            names = ("names_call_type", "names_other_call_type", "asked_alike", "asked_under_rule")
            return {"category_agrees": np.full(size, UNKNOWN), **dict.fromkeys(names, nothing)}
        stored = [self._table.items[item] for item in items]
        titles = [self._table.text(int(laid.units[place])) if place >= 0 else None for place in laid.titles.tolist()]
        named = [expected.of_title(title) if title else (0.0, 0.0) for title in titles]
        raw = [item.kind in PROSE for item in stored]
        return {
            "category_agrees": np.array([expected.of_categories(item.categories) for item in stored]),
            "names_call_type": np.array([agreed for agreed, _other in named]),
            "names_other_call_type": np.array([other for _agreed, other in named]),
            "asked_alike": np.array(expected.of_questions(titles, raw)),
            "asked_under_rule": np.array(expected.of_rules(titles, raw)),
        }


def _relative(found: Found) -> dict[str, Floats]:
    """Return each search's scores relative to its best."""
    columns = {}
    for name in LEXICAL:
        scores = found.lexical[name]
        top = max(scores.values(), default=0.0)
        columns[name] = np.array([scores.get(item, 0.0) / top if top else 0.0 for item in found.items])
    return columns


def _nearness(laid: Laid, cosines: Floats) -> _Near:
    """Compare the question with all texts of all candidates at once.

    In order, a candidate's questions come before its answers, the nearest of each first.
    """
    order = np.lexsort((-cosines, ~laid.asked, laid.owners))
    size, ordered = len(laid.starts), cosines[order]
    questions = np.bincount(laid.owners[laid.asked], minlength=size)
    some, ends = questions > 0, np.append(laid.starts[1:], len(cosines))
    rank = np.arange(len(cosines)) - laid.starts[laid.owners]
    kept = np.minimum(questions, BEST)
    of_best = np.bincount(laid.owners, ordered * (rank < kept[laid.owners]), size)
    of_all = np.bincount(laid.owners, cosines * laid.asked, size)
    first_answer = np.minimum(laid.starts + questions, ends - 1)
    nearest = order[laid.starts]
    return _Near(
        columns={
            "dense_question": np.where(some, ordered[laid.starts], 0.0),
            "dense_question_top3": of_best / np.maximum(kept, 1),
            "dense_question_mean": of_all / np.maximum(questions, 1),
            "dense_answer": np.where(laid.starts + questions < ends, ordered[first_answer], 0.0),
        },
        nearest=nearest,
        closest=np.where(some, nearest, -1),
    )
