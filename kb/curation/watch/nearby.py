"""Which pairs of subjects are worth comparing: neighbours by what they are asked and by what they answer.

Every subject is compared with a fixed number of neighbours, so that a base twice as large costs twice as much, not
four times: exact search while it is small, inverted lists (FAISS `IndexIVFFlat`) above.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.encode.protocol import Matrix, unit_rows
from kb.index.snapshot import Snapshot
from kb.index.units import SIDES

PROBES = 12
BLOCK = 4096
SAMPLE = 64
ANSWERED = 1.5
FIRST = 3  # times as many as are kept are looked at with every phrasing of a large base
QUESTION, ANSWER = SIDES.index("question"), SIDES.index("answer")
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two subjects and how near they are, as cosines (0-1).

    The best of a question with a question (`asked`), of all they answer (`answered`), and of what one is asked with
    what the other answers, whichever is nearer (`told`): a clause's heading asks nothing, but its text answers.
    """

    one: str
    other: str
    asked: float
    answered: float
    told: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many neighbours by each side and across, and up to how many subjects search is exact.

    `most` is how many pairs are kept of a large base, the nearest, so that a report never takes longer than that.
    """

    by_question: int
    by_answer: int
    across: int
    exact_up_to: int
    most: int = 1_000_000


class Vectors:
    """Unit vectors of subjects: every question of each, and the mean of each side.

    `order` are the subjects' ids; `rows` and `starts` hold their question vectors end to end.
    """

    def __init__(self, order: Sequence[str], units: Matrix, owner: Ints, sides: Ints) -> None:
        self.order = list(order)
        self.place: Mapping[str, int] = {subject: place for place, subject in enumerate(order)}
        asking = np.flatnonzero(sides == QUESTION)
        asking = asking[np.argsort(owner[asking], kind="stable")]
        self.rows: Matrix = units[asking]
        self.starts: Ints = np.searchsorted(owner[asking], np.arange(len(order) + 1)).astype(np.int64)
        self.questions = self._mean(units, owner, sides == QUESTION)
        self.answers = self._mean(units, owner, sides == ANSWER)

    @classmethod
    def of(cls, snapshot: Snapshot, wanted: Sequence[str]) -> Vectors:
        """Take the vectors of some items out of a snapshot."""
        table = snapshot.table
        dead = set(table.dead.tolist())
        number = {item.item_id: place for place, item in enumerate(table.items) if place not in dead}
        order = [subject for subject in wanted if subject in number]
        place = np.full(len(table.items), -1, dtype=np.int64)
        place[[number[subject] for subject in order]] = np.arange(len(order))
        owner = place[table.item_of]
        kept = np.flatnonzero(owner >= 0)
        whole = (
            np.concatenate([part.vectors.vectors for part in snapshot.parts]) if snapshot.parts else np.zeros((0, 1))
        )
        return cls(order, np.ascontiguousarray(whole[kept], dtype=np.float32), owner[kept], table.sides[kept])

    def asked(self, ends: Ints) -> npt.NDArray[np.float32]:
        """Return the best cosine (0-1) between the questions of each pair of subjects (n x 2); 0 where one has none."""
        best = np.zeros(len(ends), dtype=np.float32)
        bounds = self.starts.tolist()
        for place, (one, other) in enumerate(ends.tolist()):
            some, others = (self.rows[bounds[end] : bounds[end + 1]] for end in (one, other))
            if len(some) and len(others):
                best[place] = (some @ others.T).max()
        return np.maximum(0.0, best)

    def answered(self, ends: Ints) -> npt.NDArray[np.float32]:
        """Return the cosine (0-1) between what each pair of subjects (n x 2) answers."""
        return _cosines(self.answers, self.answers, ends)

    def told(self, ends: Ints) -> npt.NDArray[np.float32]:
        """Return the better cosine (0-1) of what one of each pair is asked with what the other answers."""
        return np.maximum(
            _cosines(self.questions, self.answers, ends), _cosines(self.questions, self.answers, ends[:, ::-1])
        )

    def _mean(self, units: Matrix, owner: Ints, chosen: npt.NDArray[np.bool_]) -> Matrix:
        summed = np.zeros((len(self.order), units.shape[1]), dtype=np.float32)
        np.add.at(summed, owner[chosen], units[chosen])
        return unit_rows(summed)


def _cosines(some: Matrix, others: Matrix, ends: Ints) -> npt.NDArray[np.float32]:
    found = np.zeros(len(ends), dtype=np.float32)
    for start in range(0, len(ends), BLOCK):
        here = ends[start : start + BLOCK]
        found[start : start + BLOCK] = np.einsum("ij,ij->i", some[here[:, 0]], others[here[:, 1]])
    return np.maximum(0.0, found)


def pairs_of(vectors: Vectors, reach: Reach, *, together: float = 0.0) -> list[Pair]:
    """Return the neighbouring pairs, each once, that are near enough: their cosines in sum reach `together`.

    What they answer counts `ANSWERED` times, because it tells more.
    """
    many = len(vectors.order)
    keys = np.unique(np.concatenate([_keys(near, many) for near in _looked_up(vectors, reach)]))
    if not len(keys):
        return []
    ends = np.stack([keys // many, keys % many], axis=1)
    answered, told = vectors.answered(ends), vectors.told(ends)
    if len(ends) > FIRST * reach.most:
        roughly = _cosines(vectors.questions, vectors.questions, ends) + told + ANSWERED * answered
        first = np.sort(np.argpartition(-roughly, FIRST * reach.most)[: FIRST * reach.most])
        ends, answered, told = ends[first], answered[first], told[first]
    asked = vectors.asked(ends)
    near = asked + told + ANSWERED * answered
    kept = np.flatnonzero(near >= together)
    if len(kept) > reach.most:
        kept = np.sort(kept[np.argpartition(-near[kept], reach.most)[: reach.most]])
    order = vectors.order
    return [
        Pair(one=order[one], other=order[other], asked=asks, answered=answer, told=tells)
        for (one, other), asks, answer, tells in zip(
            ends[kept].tolist(), asked[kept].tolist(), answered[kept].tolist(), told[kept].tolist(), strict=True
        )
    ]


def _keys(near: Ints, many: int) -> Ints:
    """Return `low * many + high` of each pair of neighbours; a row is not its own neighbour."""
    rows = np.broadcast_to(np.arange(len(near))[:, None], near.shape)
    low, high = np.minimum(rows, near), np.maximum(rows, near)
    return np.asarray((low * many + high)[(near >= 0) & (low != high)], dtype=np.int64)


def _looked_up(vectors: Vectors, reach: Reach) -> Iterator[Ints]:
    """Yield each subject's neighbours by question, by answer, and by what it is asked among what others answer."""
    questions, answers = vectors.questions, vectors.answers
    yield from neighbours_in(questions, reach.exact_up_to, [(questions, reach.by_question + 1)])
    yield from neighbours_in(answers, reach.exact_up_to, [(answers, reach.by_answer + 1), (questions, reach.across)])


def neighbours_in(matrix: Matrix, exact_up_to: int, looks: Sequence[tuple[Matrix, int]]) -> list[Ints]:
    """Return the nearest rows of a matrix by cosine to each of some rows, as many as asked for; -1 fills up."""
    import faiss

    if not len(matrix):
        return [np.zeros((0, 1), dtype=np.int64) for _look in looks]
    index: Any = faiss.IndexFlatIP(matrix.shape[1])
    if len(matrix) > exact_up_to:
        lists = int(4 * math.sqrt(len(matrix)))
        index = faiss.IndexIVFFlat(index, matrix.shape[1], lists, faiss.METRIC_INNER_PRODUCT)
        index.cp.max_points_per_centroid, index.cp.niter, index.nprobe = SAMPLE, 6, PROBES
        index.train(matrix)
    index.add(matrix)
    found = [index.search(rows, min(many, len(matrix)))[1] for rows, many in looks if many]
    return [np.asarray(near, dtype=np.int64) for near in found]
