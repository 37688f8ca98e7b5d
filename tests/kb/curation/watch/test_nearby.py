"""Which pairs are compared: exact while small, inverted lists above, and the same neighbours either way."""

from __future__ import annotations

import numpy as np

from kb.curation.watch.nearby import ANSWERED, Reach, Vectors, neighbours_in, pairs_of
from tests.kb.curation.watch.watching import unit


def vectors() -> Vectors:
    rows = np.array([unit(1, 0, 0), unit(0, 1, 0), unit(1, 0.1, 0), unit(0, 0, 1), unit(0, 0.1, 1)], dtype=np.float32)
    owner, sides = np.array([0, 0, 1, 0, 1]), np.array([0, 0, 0, 1, 1])
    return Vectors(["a", "b"], rows, owner, sides)


def test_the_best_question_of_each_side_counts() -> None:
    (pair,) = pairs_of(vectors(), Reach(by_question=1, by_answer=1, across=1, exact_up_to=10))
    assert (pair.one, pair.other) == ("a", "b")
    assert pair.asked > 0.99
    assert pair.answered > 0.99


def test_pairs_near_on_neither_side_enough_are_left_out() -> None:
    reach = Reach(by_question=1, by_answer=1, across=1, exact_up_to=10)
    assert len(pairs_of(vectors(), reach, together=2.4)) == 1
    assert pairs_of(vectors(), reach, together=3.6) == []


def test_a_clause_is_found_by_what_it_answers() -> None:
    rows = np.array([unit(1, 0, 0), unit(0, 0, 1), unit(0, 1, 0), unit(1, 0.1, 0)], dtype=np.float32)
    owner, sides = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    clause = Vectors(["a", "b"], rows, owner, sides)
    (pair,) = pairs_of(clause, Reach(by_question=0, by_answer=0, across=1, exact_up_to=10))
    assert max(pair.asked, pair.answered) < 0.2
    assert pair.told > 0.99


def test_only_the_nearest_pairs_of_many_are_kept() -> None:
    generator = np.random.default_rng(7)
    rows = generator.normal(size=(40, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    owner, sides = np.arange(40) // 2, np.arange(40) % 2
    many = Vectors([f"{number}" for number in range(20)], rows, owner, sides)
    nearness = lambda pair: pair.asked + pair.told + ANSWERED * pair.answered  # noqa: E731
    every = pairs_of(many, Reach(by_question=4, by_answer=4, across=4, exact_up_to=100))
    few = pairs_of(many, Reach(by_question=4, by_answer=4, across=4, exact_up_to=100, most=5))
    assert len(every) > len(few) == 5
    assert min(map(nearness, few)) >= sorted(map(nearness, every), reverse=True)[4]


def test_many_rows_find_their_neighbours_through_lists() -> None:
    generator = np.random.default_rng(7)
    base = generator.normal(size=(600, 16)).astype(np.float32)
    rows = np.concatenate([base, base + generator.normal(scale=0.01, size=base.shape).astype(np.float32)])
    rows = np.ascontiguousarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    (found,) = neighbours_in(rows, 100, [(rows, 3)])
    twins = sum((row + 600) in near for row, near in enumerate(found.tolist()[:600]))
    assert twins >= 590


def test_nothing_has_no_neighbours() -> None:
    none = Vectors([], np.zeros((0, 3), dtype=np.float32), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    assert pairs_of(none, Reach(by_question=3, by_answer=3, across=3, exact_up_to=10)) == []
