"""Words cover words by meaning, however many items use them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kb.domain.knowledge import Entry
from kb.encode.protocol import Matrix, TinyEncoder, unit_rows
from kb.search.catalogue import Catalogue
from kb.search.meanings import Meanings
from kb.search.ranker import Ranker
from kb.search.retrieve import Retriever
from kb.text.tokens import Analyser
from tests.kb.builders import SCOPE, document, entry, passage, snapshot_of

NEAR = {"划走": (1.0, 0.0), "代扣": (0.8, 0.6), "电表": (0.0, 1.0), "停电": (-1.0, 0.0)}
Shares = dict[str, dict[str, float]]


class Chosen:
    """Gives the words above their vectors and every other word one of its own."""

    name, dim = "chosen", 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Matrix:
        self.asked += texts
        return unit_rows(np.array([NEAR.get(text, (1.0, len(text))) for text in texts], dtype=np.float32))


def known(*words: str) -> tuple[Meanings, Chosen]:
    encoder = Chosen()
    return Meanings(encoder, words, {word: number for number, word in enumerate(words)}), encoder


@pytest.fixture
def meant(
    tmp_path: Path, analyser: Analyser, ranker: Ranker, make_catalogue: Callable[..., Catalogue]
) -> Callable[..., Shares]:
    """Index some knowledge, ask, and return each found item's features."""

    def of(said: str, *knowledge: Entry) -> Shares:
        snapshot = snapshot_of(tmp_path, make_catalogue(*knowledge), analyser, TinyEncoder())
        found = Retriever(snapshot, analyser, ranker, Chosen()).find(said, SCOPE)
        return {candidate.item_id: candidate.why["features"] for candidate in found}

    return of


def test_another_word_for_it_covers_in_part(meant: Callable[..., Shares]) -> None:
    found = meant("划走", entry("B01", "代扣", "划走", answer="电表"), entry("B02", "电表", "划走", answer="停电"))
    assert found["B01"]["title_meant"] == found["B01"]["meant_by_title"] == pytest.approx(0.8)
    assert found["B02"]["title_meant"] == found["B02"]["meant_by_title"] == 0.0
    assert [found[item][name] for item in found for name in ("closest_meant", "item_meant")] == [1.0] * 4


def test_rare_words_weigh_more_and_opposites_not_less_than_nothing(meant: Callable[..., Shares]) -> None:
    others = [entry(f"B1{number}", "停电", f"停电{chr(0x4E00 + number)}") for number in range(5)]
    share = meant("电表停电", entry("B01", "电表", answer="电表"), *others)["B01"]["title_meant"]
    assert 0.5 < share < 1.0


def test_a_title_of_no_words_means_nothing(meant: Callable[..., Shares]) -> None:
    found = meant("电表", entry("B01", "！？", "电表"), entry("B02", "电表", answer="。"))
    assert (found["B01"]["title_meant"], found["B01"]["meant_by_title"]) == (0.0, 0.0)
    assert (found["B01"]["closest_meant"], found["B02"]["title_meant"], found["B02"]["item_meant"]) == (1.0, 1.0, 1.0)


def test_an_item_without_a_question_has_no_title(meant: Callable[..., Shares]) -> None:
    found = meant("电表", document("d", passage("p", "电表归供电企业")))["p"]
    assert found["item_meant"] == 1.0
    assert {found[name] for name in ("title_meant", "closest_meant", "meant_by_title", "title_covered")} == {0.0}


def test_a_stored_word_is_encoded_once() -> None:
    meanings, encoder = known("划走", "电表")
    before = meanings.cosines(("扣款", "划走"), np.array([0], dtype=np.int32))
    assert np.array_equal(meanings.cosines(("扣款", "划走"), np.array([1, 0], dtype=np.int32))[1:], before)
    assert encoder.asked.count("电表") == encoder.asked.count("扣款") == encoder.asked.count("划走") == 1


def test_nearness_is_given_in_the_order_of_the_words_however_often_they_come() -> None:
    meanings, _encoder = known("划走", "停电", "电表")
    stored = np.array([2, 0, 1, 2], dtype=np.int32)
    near = meanings.cosines(("电表", "扣款"), stored)
    assert near.shape == (4, 2)
    assert np.array_equal(near[0], near[3])
    one_by_one = [meanings.cosines(("电表", "扣款"), stored[at : at + 1])[0] for at in range(4)]
    assert np.allclose(near, one_by_one)
    assert near.min() >= 0.0


def test_threads_agree() -> None:
    meanings, _encoder = known(*(f"词{number}" for number in range(200)))
    stored = np.arange(200, dtype=np.int32)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _n: meanings.cosines(("电表",), stored).tolist(), range(16)))
    assert all(cosines == found[0] for cosines in found)
