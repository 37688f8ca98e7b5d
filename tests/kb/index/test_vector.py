"""The contract of `VectorIndex`; every engine that follows runs it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.domain.errors import IndexDamaged
from kb.encode.protocol import Matrix, unit_rows
from kb.index.vector import FaissIndex, VectorIndex

EAST = np.array([[1, 0]], dtype=np.float32)


def index_of(*rows: tuple[float, float]) -> FaissIndex:
    return FaissIndex.build(unit_rows(np.array(rows, dtype=np.float32).reshape(-1, 2)))


def units(index: VectorIndex, vector: Matrix, allowed: npt.NDArray[np.bool_], limit: int) -> list[int]:
    hits = index.search(vector, allowed, limit)
    assert list(hits) == sorted(hits, key=lambda unit: (-hits[unit], unit))
    assert all(unit >= 0 and cosine > 0 for unit, cosine in hits.items())
    return list(hits)


def test_empty_index() -> None:
    index = index_of()
    assert units(index, EAST, np.zeros(0, dtype=bool), 5) == []
    assert index.size == 0
    assert index.similarities(EAST, np.zeros(0, dtype=np.int64)).shape == (0,)


def test_one_document_and_more_wanted_than_there_is() -> None:
    assert units(index_of((1, 1)), EAST, np.ones(1, dtype=bool), 1_000) == [0]


def test_best_first_and_nothing_across_or_opposite() -> None:
    index = index_of((1, 1), (0, 1), (-1, 0), (1, 0))
    assert units(index, EAST, np.ones(4, dtype=bool), 10) == [3, 0]


@pytest.mark.parametrize("limit", [0, -3])
def test_nothing_wanted(limit: int) -> None:
    assert units(index_of((1, 0)), EAST, np.ones(1, dtype=bool), limit) == []


def test_a_zero_vector_finds_nothing() -> None:
    assert units(index_of((1, 0)), np.zeros((1, 2), dtype=np.float32), np.ones(1, dtype=bool), 5) == []


def test_nothing_allowed() -> None:
    assert units(index_of((1, 0), (1, 1)), EAST, np.zeros(2, dtype=bool), 5) == []


@pytest.mark.parametrize("limit", [1, 3, 99])
def test_ties_go_by_unit_number(limit: int) -> None:
    index = index_of(*[(1, 0)] * 50)
    allowed = np.ones(50, dtype=bool)
    assert units(index, EAST, allowed, limit) == list(range(min(50, limit)))
    allowed[:10] = False
    assert units(index, EAST, allowed, limit) == list(range(10, min(50, 10 + limit)))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=1, max_size=40),
    masked=st.lists(st.booleans(), min_size=40, max_size=40),
    limit=st.integers(1, 50),
)
def test_filter_before_ranking_agrees_with_numpy(rows: list[tuple[int, int]], masked: list[bool], limit: int) -> None:
    index, allowed = index_of(*rows), np.array(masked[: len(rows)])
    scores = unit_rows(np.array(rows, dtype=np.float32)) @ EAST[0]
    right = sorted(
        (unit for unit in range(len(rows)) if allowed[unit] and scores[unit] > 0), key=lambda unit: -float(scores[unit])
    )
    hits = index.search(EAST, allowed, limit)
    assert set(hits) <= set(right)
    assert list(hits.values()) == pytest.approx([float(scores[unit]) for unit in right[:limit]], abs=1e-6)


def test_similarities_are_cosines_in_the_order_asked() -> None:
    index = index_of((1, 0), (0, 1), (-1, 0))
    assert index.similarities(EAST, np.array([2, 0, 1, 0])).tolist() == pytest.approx([-1, 1, 0, 1])


def test_saved_and_loaded_find_the_same(tmp_path: Path) -> None:
    index = index_of((1, 1), (1, 0))
    index.save(tmp_path / "v.faiss")
    loaded = FaissIndex.load(tmp_path / "v.faiss")
    assert loaded.size == 2
    assert loaded.search(EAST, np.ones(2, dtype=bool), 5) == index.search(EAST, np.ones(2, dtype=bool), 5)


@pytest.mark.parametrize("content", [None, b"", b"IxFI", b"garbage"])
def test_a_file_that_is_no_index(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "v.faiss").write_bytes(content)
    with pytest.raises(IndexDamaged):
        FaissIndex.load(tmp_path / "v.faiss")


def test_the_true_cosine_decides_where_a_byte_cannot() -> None:
    best, near = (1, 0.500), (1, 0.502)  # the same bytes
    allowed = np.ones(61, dtype=bool)
    assert units(index_of(*[near] * 60, best), EAST, allowed, 1) == [60]


def test_bytes_find_what_comparing_with_every_vector_finds() -> None:
    generator = np.random.default_rng(7)
    vectors = unit_rows(generator.standard_normal((3_000, 64)).astype(np.float32))
    index, allowed = FaissIndex.build(vectors), generator.random(3_000) < 0.8
    for question in unit_rows(generator.standard_normal((20, 64)).astype(np.float32)):
        cosines = np.where(allowed, vectors @ question, -1.0)
        assert units(index, question[None], allowed, 60) == np.argsort(-cosines, kind="stable")[:60].tolist()
