"""One part of a snapshot: the tables and vectors of items that were added together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, tee
from pathlib import Path

from kb.encode.protocol import Encoder
from kb.index.exact import ExactTable
from kb.index.hands import read_all, readers
from kb.index.lexical import LexicalWriter
from kb.index.manifest import VECTORS
from kb.index.tables import UnitTable
from kb.index.terms import Terms, TermsWriter
from kb.index.units import Item, Unit
from kb.index.vector import FaissIndex, GrowingVectors
from kb.text.tokens import Analyser

BLOCK_UNITS = 2_048
Block = list[tuple[int, list[Unit]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Items numbered from 0 within the part; `name` is its folder in the snapshot, "" for the snapshot's own."""

    name: str
    table: UnitTable
    exact: ExactTable
    vectors: FaissIndex
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What parts are built with."""

    analyser: Analyser
    encoder: Encoder
    tick: Callable[[int], None] = lambda _n: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a part goes: a folder's name within its snapshot, the number of its first item, and the terms before it."""

    folder: Path
    name: str = ""
    first: int = 0
    known: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The part's own folder."""
        return self.folder / self.name


def build_part(place: Place, items: Sequence[Item], units: Sequence[Unit], tools: Tools, writer: LexicalWriter) -> Part:
    """Build and save a part, and add its items to the lexical index.

    Block by block, so that a text is normalised and cut once for the words, the exact table and the vectors, whatever
    the size of the base, and only a few blocks' tokens and vectors stand beside the index that takes them.
    """
    vectors = GrowingVectors(tools.encoder.dim)
    keys: list[tuple[int, int]] = []
    place.path.mkdir(exist_ok=True)
    with readers(tools.analyser, tools.encoder, len(units)) as reading, TermsWriter(place.path, place.known) as terms:
        blocks, texts = tee(blocks_of(units, len(items)))
        read = read_all(([unit for _number, own in block for unit in own] for block in texts), reading)
        for block, done in zip(blocks, read, strict=True):
            first = 0
            for number, own in block:
                views = done.views[first : first + len(own)]
                writer.add(place.first + number, items[number], zip((u.side for u in own), views, strict=True))
                keys.extend((code, number) for code in done.codes[first : first + len(own)] if code is not None)
                first += len(own)
            vectors.add(done.vectors)
            terms.add(done.terms)
            tools.tick(len(block))
    part = Part(
        name=place.name,
        table=UnitTable.of(items, units),
        exact=ExactTable.of(keys),
        vectors=vectors.whole(),
        terms=Terms.load(place.path),
    )
    _save(place.path, part)
    return part


def save_part(folder: Path, part: Part) -> None:
    """Write a part's files under a snapshot's folder."""
    place = folder / part.name
    place.mkdir(exist_ok=True)
    part.terms.save(place)
    _save(place, part)


def _save(place: Path, part: Part) -> None:
    """Write what is held in memory while a part is built."""
    part.table.save(place)
    part.exact.save(place)
    part.vectors.save(place / VECTORS)


def load_part(folder: Path, name: str) -> Part:
    """Read a part.

    Raises:
        IndexDamaged: a file is missing or unreadable.
    """
    place = folder / name
    return Part(
        name=name,
        table=UnitTable.load(place),
        exact=ExactTable.load(place),
        vectors=FaissIndex.load(place / VECTORS),
        terms=Terms.load(place),
    )


def merged(name: str, parts: Sequence[Part]) -> Part:
    """Put neighbouring parts into one; every item keeps its place."""
    return Part(
        name=name,
        table=UnitTable.joined([part.table for part in parts]),
        exact=ExactTable.joined([part.exact for part in parts], item_starts(parts)),
        vectors=FaissIndex.merged([part.vectors for part in parts]),
        terms=Terms.joined([part.terms for part in parts]),
    )


def item_starts(parts: Sequence[Part]) -> list[int]:
    """Return the number of the first item of each part."""
    return list(accumulate((len(part.table.items) for part in parts), initial=0))[:-1]


def blocks_of(units: Sequence[Unit], items: int) -> Iterator[Block]:
    """Yield items with their units, a few thousand units at a time; items without units as well, in item order."""
    owned: list[list[Unit]] = [[] for _ in range(items)]
    for unit in units:
        owned[unit.item].append(unit)
    block: Block = []
    held = 0
    for number, own in enumerate(owned):
        block.append((number, own))
        held += len(own)
        if held >= BLOCK_UNITS:
            yield block
            block, held = [], 0
    if block:
        yield block
