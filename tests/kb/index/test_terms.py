"""The terms of texts as numbers: what went in comes out, part by part, and damage is seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.errors import IndexDamaged
from kb.index.terms import KEPT, TERM_FILES, Terms, TermsWriter, TermTable, counted

TERMS = st.lists(st.sampled_from("甲乙丙丁戊己"), max_size=5)
TEXTS = st.lists(st.tuples(TERMS, TERMS, TERMS, TERMS), max_size=5)
Text = tuple[Sequence[str], ...]


def part(folder: Path, texts: Sequence[Text], before: TermTable | None = None) -> Terms:
    folder.mkdir(parents=True)
    with TermsWriter(folder, before.numbers if before else {}) as writer:
        for first in range(0, len(texts), 2):
            writer.add([counted(terms) for terms in zip(*texts[first : first + 2], strict=True)])
    return Terms.load(folder)


def read(table: TermTable | Terms, names: TermTable, units: Sequence[int]) -> list[tuple[list[str], ...]]:
    """Return the terms of some texts, view by view."""
    found = []
    for view in KEPT:
        numbers, counts = table.of(view, np.array(units, dtype=np.int64))
        terms = [names.names[view][number] for number in numbers.tolist()]
        ends = np.cumsum(counts).tolist()
        found.append([terms[end - count : end] for end, count in zip(ends, counts.tolist(), strict=True)])
    return list(zip(*found, strict=True))


@given(parts=st.lists(TEXTS, min_size=1, max_size=3))
def test_what_went_in_comes_out_of_however_many_parts(
    tmp_path_factory: pytest.TempPathFactory, parts: list[list[Text]]
) -> None:
    root = tmp_path_factory.mktemp("terms")
    built: list[Terms] = []
    for number, texts in enumerate(parts):
        built.append(part(root / str(number), texts, TermTable(built)))
    table, texts = TermTable(built), [text for one in parts for text in one]
    assert len(table) == len(texts)
    units = list(range(len(texts)))[::-1] * 2
    expected = [tuple(list(dict.fromkeys(terms)) for terms in texts[unit]) for unit in units]
    assert read(table, table, units) == expected
    joined = Terms.joined(built)
    (root / "joined").mkdir()
    joined.save(root / "joined")
    for one in (joined, Terms.load(root / "joined")):
        assert read(one, TermTable([one]), units) == expected


def test_a_term_keeps_its_number_in_a_later_part(tmp_path: Path) -> None:
    first = part(tmp_path / "a", [(["电表", "停电"], [], [], [])])
    later = part(tmp_path / "b", [(["停电", "电价"], [], [], ["3天"])], TermTable([first]))
    assert (first.names["words"], later.names["words"]) == (["电表", "停电"], ["电价"])
    table = TermTable([first, later])
    assert table.marked("words", {"停电": 4, "电价": 0, "无此词": 9}).tolist() == [0, 5, 1]
    assert table.names["numbers"] == ["3天"]


def test_an_error_while_writing_leaves_no_whole_part(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"), TermsWriter(tmp_path, {}):
        raise OSError("full")
    with pytest.raises(IndexDamaged):
        Terms.load(tmp_path)


@pytest.mark.parametrize("name", TERM_FILES)
@pytest.mark.parametrize("content", [None, b"", b"{}", b"garbage!"])
def test_a_file_that_does_not_fit(tmp_path: Path, name: str, content: bytes | None) -> None:
    part(tmp_path / "p", [(["电表"], ["电表"], ["dian_biao"], [])])
    path = tmp_path / "p" / name
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    with pytest.raises(IndexDamaged):
        Terms.load(tmp_path / "p")
