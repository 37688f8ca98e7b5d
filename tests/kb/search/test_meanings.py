"""Words cover words by meaning, however many items use them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from kb.encode.protocol import Matrix, unit_rows
from kb.search.meanings import FIRST_ROWS, NO_WORDS, Meanings, Words, cover

NEAR = {"划走": (1.0, 0.0), "代扣": (0.8, 0.6), "电表": (0.0, 1.0), "反面": (-1.0, 0.0)}


class Chosen:
    """Gives the words above their vectors and every other word one of its own."""

    name, dim = "chosen", 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Matrix:
        self.asked += texts
        return unit_rows(np.array([NEAR.get(text, (1.0, len(text))) for text in texts], dtype=np.float32))


def words(meanings: Meanings, *chosen: str) -> Words:
    return Words(places=meanings.places(chosen), weights=np.ones(len(chosen), dtype=np.float32))


def test_another_word_for_it_covers_in_part() -> None:
    meanings = Meanings(Chosen())
    bill, meter = words(meanings, "代扣", "电表"), words(meanings, "电表")
    found = cover(meanings, ("划走",), [1.0], [bill, meter, bill])
    assert found.of_question == pytest.approx([0.8, 0.0, 0.8])
    assert found.of_words == pytest.approx([0.4, 0.0, 0.4])


def test_rare_words_weigh_more_and_opposites_not_less_than_nothing() -> None:
    meanings = Meanings(Chosen())
    found = cover(meanings, ("电表", "反面"), [3.0, 1.0], [words(meanings, "电表")])
    assert found.of_question == pytest.approx([0.75])


def test_nothing_covers_nothing() -> None:
    meanings = Meanings(Chosen())
    meter = words(meanings, "电表")
    assert cover(meanings, (), [], [meter]).of_question == [0.0]
    assert cover(meanings, ("电表",), [1.0], [NO_WORDS, meter]).of_question == [0.0, 1.0]
    assert cover(meanings, ("电表",), [1.0], [NO_WORDS, meter]).of_words == [0.0, 1.0]
    assert cover(meanings, ("电表",), [0.0], [meter]).of_question == [0.0]
    assert cover(meanings, ("电表",), [1.0], []).of_words == []


def test_a_stored_word_is_encoded_once_and_keeps_its_vector_when_the_table_grows() -> None:
    encoder = Chosen()
    meanings = Meanings(encoder)
    before = meanings.cosines(("扣款", "划走"), meanings.places(["划走"]))
    meanings.places([f"词{number}" for number in range(FIRST_ROWS + 1)])
    assert np.array_equal(meanings.cosines(("扣款", "划走"), meanings.places(["划走"])), before)
    assert encoder.asked.count("划走") == 1


def test_nearness_is_given_in_the_order_of_the_places_however_often_they_come() -> None:
    meanings = Meanings(Chosen())
    places = meanings.places(["电表", "划走", "反面", "电表"])
    near = meanings.cosines(("电表", "扣款"), places)
    assert near.shape == (4, 2)
    assert np.array_equal(near[0], near[3])
    one_by_one = [meanings.cosines(("电表", "扣款"), places[at : at + 1])[0] for at in range(4)]
    assert np.allclose(near, one_by_one)
    assert near.min() >= 0.0


def test_threads_agree_on_places() -> None:
    meanings = Meanings(Chosen())
    many = [f"词{number}" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _n: meanings.places(many).tolist(), range(16)))
    assert all(places == found[0] for places in found)
    assert len(set(found[0])) == len(many)
