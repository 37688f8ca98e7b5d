"""The distinct terms of every text as numbers, so that what a question shares with all its candidates is counted at
once instead of text by text.

A term has a number per view, in the order terms were first met; a later part of a snapshot goes on counting where the
one before it ended. The numbers of all texts lie in one run on the disk, view by view within a text, and are mapped
into memory: only what a question touches is read.
"""

from __future__ import annotations

import json
import mmap
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from kb.domain.errors import IndexDamaged
from kb.index.lexical import VIEWS
from kb.index.tables import Ints, members

KEPT = (*VIEWS, "numbers")
RUN, LENGTHS, NAMES = TERM_FILES = ("terms.run", "terms.safetensors", "terms.json")
Numbers = npt.NDArray[np.int32]
Marks = npt.NDArray[np.int16]
Names = Mapping[str, Sequence[str]]


class Numbering(dict[str, int]):
    """The number of every term met; a new one gets the next."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The distinct terms of some texts in one view, numbered among themselves.

    Attributes:
        names: the terms in the order of their numbers.
        run: the numbers, text by text; `lengths`: how many each text has, `(texts,)`.
    """

    names: Sequence[str]
    run: Numbers
    lengths: Numbers


def counted(texts: Iterable[Iterable[str]]) -> Counted:
    """Number the terms of some texts in the order they are met."""
    numbers, run, lengths = Numbering(), array("i"), array("i")
    for terms in texts:
        own = dict.fromkeys(terms)
        run.extend([numbers[term] for term in own])
        lengths.append(len(own))
    return Counted(names=list(numbers), run=np.array(run, np.int32), lengths=np.array(lengths, np.int32))


class Terms:
    """The terms of one part's texts.

    Attributes:
        names: per view the terms this part was the first to hold, in the order of their numbers.
        bounds: where each list begins in `run`, `(texts * views + 1,)`; `run`: the numbers, `(bounds[-1],)`.
    """

    def __init__(self, names: Names, bounds: Ints, run: Numbers) -> None:
        self.names, self.bounds, self.run = names, bounds, run

    def __len__(self) -> int:
        return (len(self.bounds) - 1) // len(KEPT)

    def of(self, view: str, units: Ints) -> tuple[Numbers, Ints]:
        """Return the numbers of these texts' terms, end to end, and how many each text has."""
        places, counts = members(self.bounds, units * len(KEPT) + KEPT.index(view))
        return self.run[places], counts

    @classmethod
    def joined(cls, several: Sequence[Terms]) -> Terms:
        """Put neighbouring parts' terms together."""
        starts = accumulate((len(terms.run) for terms in several), initial=0)
        bounds = [terms.bounds[:-1] + start for terms, start in zip(several, starts, strict=False)]
        run = np.concatenate([terms.run for terms in several])
        names = {view: [name for terms in several for name in terms.names[view]] for view in KEPT}
        return cls(names, np.concatenate([*bounds, np.array([len(run)])]), run)

    def save(self, folder: Path) -> None:
        """Write the three files."""
        self.run.astype("<i4").tofile(folder / RUN)
        _save_rest(folder, self.names, np.diff(self.bounds))

    @classmethod
    def load(cls, folder: Path) -> Terms:
        """Read the small files and map the run.

        Raises:
            IndexDamaged: a file is missing, or they do not fit.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            lengths = load_file(folder / LENGTHS)["lengths"].astype(np.int64)
            names = json.loads((folder / NAMES).read_text(encoding="utf-8"))
            terms = cls({view: names[view] for view in KEPT}, np.concatenate(([0], np.cumsum(lengths))), _run(folder))
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise IndexDamaged(f"索引的词表读不出来：{error}") from None
        if len(lengths) % len(KEPT) or terms.bounds[-1] != len(terms.run):
            raise IndexDamaged("索引的词表不完整")
        return terms


class TermsWriter:
    """Writes a part's terms block by block; what it holds in memory is in proportion to the texts, not their words."""

    def __init__(self, folder: Path, known: Mapping[str, Mapping[str, int]]) -> None:
        self._folder = folder
        self._numbers = {view: Numbering(known.get(view, {})) for view in KEPT}
        self._first = {view: len(numbers) for view, numbers in self._numbers.items()}
        self._lengths = array("i")
        self._file = (folder / RUN).open("wb")

    def add(self, views: Sequence[Counted]) -> None:
        """Add texts: their terms in each view of `KEPT`."""
        lengths = np.stack([view.lengths for view in views], axis=1).ravel()
        bounds = np.concatenate(([0], np.cumsum(lengths)))
        run = np.empty(bounds[-1], dtype="<i4")
        for column, (view, numbers) in enumerate(zip(views, self._numbers.values(), strict=True)):
            ours = np.array([numbers[name] for name in view.names], dtype=np.int32)
            places, _counts = members(bounds, np.arange(column, len(lengths), len(KEPT)))
            run[places] = ours[view.run]
        run.tofile(self._file)
        self._lengths.extend(lengths.tolist())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close the run and write the other files; after an error they stay away."""
        self._file.close()
        if kind is None:
            names = {view: list(islice(self._numbers[view], self._first[view], None)) for view in KEPT}
            _save_rest(self._folder, names, np.array(self._lengths, dtype=np.int32))


class TermTable:
    """The terms of all parts of a snapshot, their texts end to end.

    Attributes:
        names: per view the terms in the order of their numbers; `numbers`: the other way round.
    """

    def __init__(self, parts: Sequence[Terms]) -> None:
        self._parts = tuple(parts)
        self._starts = list(accumulate((len(part) for part in parts), initial=0))
        self.names: Names = {view: [name for part in parts for name in part.names[view]] for view in KEPT}
        self.numbers = {view: {name: number for number, name in enumerate(self.names[view])} for view in KEPT}

    def __len__(self) -> int:
        return self._starts[-1]

    def of(self, view: str, units: Ints) -> tuple[Numbers, Ints]:
        """Return the numbers of these texts' terms in one view, end to end, and how many each text has."""
        if len(self._parts) == 1:
            return self._parts[0].of(view, units)
        owners = np.searchsorted(self._starts, units, "right") - 1
        cuts = [0, *(np.flatnonzero(np.diff(owners)) + 1).tolist(), len(units)]
        found = [
            self._parts[owners[first]].of(view, units[first:end] - self._starts[owners[first]])
            for first, end in pairwise(cuts)
            if first < end
        ]
        numbers, counts = [one for one, _count in found], [count for _one, count in found]
        return np.concatenate([NONE, *numbers]), np.concatenate([NO_COUNTS, *counts])

    def marked(self, view: str, columns: Mapping[str, int]) -> Marks:
        """Return a table of all terms of a view by number: those named hold their column plus 1, all others 0."""
        table, numbers = np.zeros(len(self.names[view]), dtype=np.int16), self.numbers[view]
        for term, column in columns.items():
            if (number := numbers.get(term)) is not None:
                table[number] = column + 1
        return table


NONE, NO_COUNTS = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)


def _save_rest(folder: Path, names: Names, lengths: npt.NDArray[np.integer]) -> None:
    from safetensors.numpy import save_file

    save_file({"lengths": lengths.astype(np.int32)}, folder / LENGTHS)
    (folder / NAMES).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")


def _run(folder: Path) -> Numbers:
    """Map the run; an empty file cannot be mapped."""
    with (folder / RUN).open("rb") as file:
        if not (folder / RUN).stat().st_size:
            return NONE
        return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), dtype="<i4")
