"""Where training starts: tokens that keep the same company begin close, and unknown ones begin anywhere."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from kb.encode.train.batches import Batch, MixedDraw, OwnDraw, SenseDraw
from kb.encode.train.distribution import NOISE, Company, Start, vectors
from kb.encode.train.material import Family, Material

SMALL = Company(window=2, least=2, most=100, contexts=100)


def company(seed: int = 7) -> list[list[str]]:
    """Runs in which 退款 and 退钱 stand among the same words, 停电 among others; none of them ever meets."""
    chance = random.Random(seed)
    money, power = [f"钱{n}" for n in range(12)], [f"电{n}" for n in range(12)]
    groups = [("退款", money), ("退钱", money), ("停电", power), ("没电", power)]
    return [[*chance.sample(words, 2), name, *chance.sample(words, 2)] for name, words in itertools.chain(groups * 60)]


def test_tokens_that_keep_the_same_company_begin_close() -> None:
    found = vectors(company(), SMALL, 6)
    assert {round(float(np.linalg.norm(row)), 4) for row in found.values()} == {1.0}
    assert found["退款"] @ found["退钱"] > 0.9
    assert found["退款"] @ found["停电"] < 0.2


def test_the_gap_between_two_runs_is_no_neighbourhood() -> None:
    runs = company()
    joined = vectors([[*one, *other] for one, other in itertools.pairwise(runs)], SMALL, 6)
    apart = vectors(runs, SMALL, 6)
    assert apart["退款"] @ apart["停电"] < joined["退款"] @ joined["停电"]


def test_rare_tokens_and_too_small_a_text_get_no_vector() -> None:
    assert "罕见" not in vectors([*company(), ["罕见", "钱1", "钱2"]], SMALL, 6)
    assert vectors([["电", "费"]] * 5, SMALL, 6) == {}
    assert vectors([], SMALL, 6) == {}


def test_rows_begin_at_the_word_at_its_characters_or_anywhere() -> None:
    one, other = (np.eye(4, dtype=np.float32)[place] for place in (0, 1))
    start = Start(words={"电费": one}, characters={"电": one, "表": other})
    tokens = ["w:电费", "b:电费", "b:电表", "c:表", "y:dian_fei", "w:没见过", "b:没见"]
    rows = start.rows(tokens, 4, seed=1)
    bare = Start(words={}, characters={}).rows(tokens, 4, seed=1)
    expected = [one, one, (one + other) / 2, other]
    assert rows[:4] == pytest.approx(np.array(expected) + NOISE * bare[:4])
    assert (rows[4:] == bare[4:]).all()
    assert (start.rows(tokens, 4, seed=1) == rows).all()


def test_runs_of_chinese_are_cut_and_counted_once() -> None:
    seen: list[str] = []

    def cut(run: str) -> list[str]:
        seen.append(run)
        return list(run)

    Start.of(["电费，怎么交？", "电费abc怎么交", "费"], cut, 2)
    assert seen == ["电费", "怎么交"]


class Fixed:
    """Draws the same pair again and again; all its pairs are the same answer."""

    def __init__(self, number: int) -> None:
        self.number = number

    def draw(self, size: int) -> Batch:
        ids = [np.array([self.number])] * size
        return Batch(left=ids, right=ids, same=np.ones((size, size), dtype=bool))


@pytest.mark.parametrize(("together", "expected"), [(0, 6), (2, 2), (9, 6)])
def test_a_batch_comes_from_so_many_topics_together(together: int, expected: int) -> None:
    families = [
        Family(
            key=f"{topic}{number}", topic=str(topic), questions=(f"{topic}甲", f"{topic}乙"), answers=(f"{topic}丙",)
        )
        for topic in range(6)
        for number in range(3)
    ]
    material = Material(families=families, calls={}, clauses={}, general={})
    draw = OwnDraw(material, lambda text: np.array([int(text[0])]), 1, together=together)
    batches = [draw.draw(60) for _ in range(4)]
    drawn = [{int(ids[0]) for ids in batch.left} for batch in batches]
    assert {len(topics) for topics in drawn} == {expected}
    assert len(set().union(*drawn)) > 2


def test_expressions_are_paired_within_a_sense_among_the_senses_beside_it() -> None:
    senses = [[f"{number}甲", f"{number}乙", f"{number}丙"] for number in range(4000)]
    batch = SenseDraw([*senses, ["5000孤"]], lambda text: np.array([int(text[:-1]), ord(text[-1])]), 1).draw(30)
    left, right = ([int(ids[0]) for ids in side] for side in (batch.left, batch.right))
    assert left == right
    assert len(left) == 30
    assert all(tuple(a) != tuple(b) for a, b in zip(batch.left, batch.right, strict=True))
    assert [sense - left[0] for sense in left[:8]] == list(range(8))
    assert batch.same.tolist() == [[one == other for other in left] for one in left]


def test_mixed_pairs_come_at_their_shares_and_are_negatives_of_each_other() -> None:
    batch = MixedDraw([(Fixed(1), 0.75), (Fixed(2), 0.25)]).draw(8)
    assert [int(ids[0]) for ids in batch.left] == [1] * 6 + [2] * 2
    assert batch.same[:6, :6].all()
    assert batch.same[6:, 6:].all()
    assert not batch.same[:6, 6:].any()
    assert not batch.same[6:, :6].any()
