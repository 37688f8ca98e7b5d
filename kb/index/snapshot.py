"""A snapshot on disk: built aside, fsynced, checksummed in a manifest, switched by renaming one small file."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kb.domain.errors import EncoderUnavailable, IndexDamaged
from kb.encode.protocol import Encoder
from kb.encode.tfidf_svd import FITTED, TfidfSvdEncoder
from kb.index.exact import ExactTable
from kb.index.lexical import LexicalWriter, TantivyIndex
from kb.index.manifest import FORMAT, MANIFEST, VECTORS, Manifest, fsync, read_manifest, verify, write_manifest
from kb.index.parts import Part, Place, Tools, build_part, item_starts, load_part
from kb.index.tables import NOBODY, Ints, UnitTable
from kb.index.terms import TermTable
from kb.index.units import Item, Unit
from kb.index.vector import JoinedVectors
from kb.text.tokens import Analyser

__all__ = [
    "FORMAT",
    "MANIFEST",
    "VECTORS",
    "Manifest",
    "read_manifest",
    "verify",
]  # of a snapshot, told by its manifest
CURRENT = "CURRENT"
LEXICAL = "lexical"
DEAD = "dead.safetensors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An opened snapshot; nothing in it changes. `parts` are what the tables and vectors are made of, in `folder`."""

    manifest: Manifest
    table: UnitTable
    exact: ExactTable
    lexical: TantivyIndex
    vectors: JoinedVectors
    terms: TermTable
    encoder: Encoder
    parts: tuple[Part, ...]
    folder: Path

    def phrased(self, normalised: str) -> list[str]:
        """Return the ids of the items that ask in these words, punctuation aside."""
        return [self.table.items[item].item_id for item in self.exact.find(normalised) if item not in self.table.dead]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What goes into a snapshot."""

    release: int
    items: Sequence[Item]
    units: Sequence[Unit]


def build(
    root: Path, content: Content, analyser: Analyser, encoder: Encoder, tick: Callable[[int], None] = lambda _n: None
) -> Path:
    """Build a snapshot beside the current one and return its folder; nothing is switched yet."""
    with building(root, content.release) as folder:
        tools = Tools(analyser=analyser, encoder=encoder, tick=tick)
        with LexicalWriter(folder / LEXICAL) as writer:
            part = build_part(Place(folder=folder), content.items, content.units, tools, writer)
        if isinstance(encoder, TfidfSvdEncoder):
            encoder.save(folder)
        write_manifest(folder, manifest_of(content.release, [part], analyser, encoder), {})
    return finished(folder)


@contextmanager
def building(root: Path, release: int) -> Iterator[Path]:
    """Yield a new folder for a snapshot; whatever goes wrong, it leaves no trace."""
    root.mkdir(parents=True, exist_ok=True)
    folder = root / f"{release:06d}-{uuid.uuid4().hex[:8]}.building"
    folder.mkdir()
    try:
        yield folder
        folder.rename(finished(folder))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def finished(folder: Path) -> Path:
    """Return the name a folder has once it is built."""
    return folder.with_suffix("")


def manifest_of(release: int, parts: Sequence[Part], analyser: Analyser, encoder: Encoder) -> Manifest:
    """Return the manifest of a snapshot made of `parts`, its files still to be listed."""
    return Manifest(
        format=FORMAT,
        release=release,
        encoder=encoder.name,
        lexicon=analyser.lexicon.digest,
        items=sum(len(part.table.items) for part in parts),
        units=sum(len(part.table) for part in parts),
        parts=[part.name for part in parts],
        files={},
    )


def assemble(folder: Path, manifest: Manifest, parts: Sequence[Part], dead: Ints, encoder: Encoder) -> Snapshot:
    """Put a snapshot together from parts in memory and the lexical index in `folder`.

    Raises:
        IndexDamaged: the parts hold something else than the manifest says.
    """
    table = UnitTable.joined([part.table for part in parts], dead)
    vectors = JoinedVectors([part.vectors for part in parts])
    terms = TermTable([part.terms for part in parts])
    if (len(table.items), {len(table), vectors.size, len(terms)}) != (manifest.items, {manifest.units}):
        raise IndexDamaged("索引的条目数与清单不符")
    return Snapshot(
        manifest=manifest,
        table=table,
        exact=ExactTable.joined([part.exact for part in parts], item_starts(parts)),
        lexical=TantivyIndex(folder / LEXICAL, table.admitted),
        vectors=vectors,
        terms=terms,
        encoder=encoder,
        parts=tuple(parts),
        folder=folder,
    )


def switch(root: Path, folder: Path) -> None:
    """Make `folder` current by renaming a small file over another; then drop what is older, save the one just left."""
    try:
        left: Path | None = current(root)
    except IndexDamaged:
        left = None
    pending = root / f"{CURRENT}.{uuid.uuid4().hex[:8]}"
    pending.write_text(folder.name, encoding="utf-8")
    fsync(pending)
    pending.replace(root / CURRENT)
    fsync(root)
    built = folder.stat().st_mtime_ns
    for old in root.iterdir():
        if old.is_dir() and old not in (folder, left) and old.stat().st_mtime_ns <= built:
            shutil.rmtree(old, ignore_errors=True)


def current(root: Path) -> Path:
    """Return the current snapshot's folder.

    Raises:
        IndexDamaged: there is none.
    """
    try:
        name = (root / CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise IndexDamaged("还没有索引") from None
    folder = root / name
    if not name or folder.parent != root or not folder.is_dir():
        raise IndexDamaged(f"索引目录不见了：{name}")
    return folder


def load(folder: Path, analyser: Analyser, encoder: Encoder | None) -> Snapshot:
    """Open a verified snapshot. Without `encoder`, the fitted one stored in it is used.

    Raises:
        IndexDamaged: it fails its checks, or was built by another encoder or lexicon.
    """
    manifest = verify(folder)
    if encoder is None and not manifest.encoder.startswith(FITTED):
        raise IndexDamaged(f"索引由另一个编码器建成：{manifest.encoder}")
    actual: Encoder = encoder if encoder is not None else _fitted(analyser, folder)
    if actual.name != manifest.encoder:
        raise IndexDamaged(f"索引由另一个编码器建成：{manifest.encoder}")
    if manifest.lexicon != analyser.lexicon.digest:
        raise IndexDamaged("词典在建索引之后改过")
    parts = [load_part(folder, name) for name in manifest.parts]
    return assemble(folder, manifest, parts, _dead(folder), actual)


def _dead(folder: Path) -> Ints:
    """Return the numbers of the items that a later part replaced, or that were withdrawn."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = folder / DEAD
    if not path.is_file():
        return NOBODY
    try:
        return load_file(path)["items"].astype(np.int64)
    except (OSError, KeyError, SafetensorError) as error:
        raise IndexDamaged(f"索引的失效表读不出来：{error}") from None


def _fitted(analyser: Analyser, folder: Path) -> Encoder:
    try:
        return TfidfSvdEncoder.load(analyser, folder)
    except EncoderUnavailable as error:
        raise IndexDamaged(error.message) from None
