"""A snapshot on disk: built aside, fsynced, checksummed in a manifest, switched by renaming one small file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from kb.domain.errors import EncoderUnavailable, IndexDamaged
from kb.encode.protocol import Encoder
from kb.encode.tfidf_svd import FITTED, TfidfSvdEncoder
from kb.index.exact import FILE as EXACT
from kb.index.exact import ExactTable
from kb.index.lexical import TantivyIndex, build_lexical
from kb.index.tables import ARRAYS, ITEMS, TEXTS, UnitTable
from kb.index.units import Item, Unit
from kb.index.vector import FaissIndex
from kb.text.tokens import Analyser

FORMAT = 3
MANIFEST = "manifest.json"
CURRENT = "CURRENT"
VECTORS = "vectors.faiss"
LEXICAL = "lexical"
TABLE_FILES = (ARRAYS, TEXTS, ITEMS, EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a snapshot was built from. `files` maps each file to its SHA-256."""

    format: int
    release: int
    encoder: str
    lexicon: str
    items: int
    units: int
    files: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An opened snapshot; nothing in it changes."""

    manifest: Manifest
    table: UnitTable
    exact: ExactTable
    lexical: TantivyIndex
    vectors: FaissIndex
    encoder: Encoder


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
    root.mkdir(parents=True, exist_ok=True)
    folder = root / f"{content.release:06d}-{uuid.uuid4().hex[:8]}.building"
    folder.mkdir()
    try:
        build_lexical(folder / LEXICAL, content.items, content.units, analyser, tick)
        UnitTable.of(content.items, content.units).save(folder)
        ExactTable.of(content.units, analyser).save(folder)
        FaissIndex.build(encoder.encode([unit.text for unit in content.units])).save(folder / VECTORS)
        if isinstance(encoder, TfidfSvdEncoder):
            encoder.save(folder)
        _write_manifest(folder, content, analyser, encoder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    final = folder.with_suffix("")
    folder.rename(final)
    return final


def switch(root: Path, folder: Path) -> None:
    """Make `folder` current by renaming a small file over another; then drop what is older, save the one just left."""
    try:
        left: Path | None = current(root)
    except IndexDamaged:
        left = None
    pending = root / f"{CURRENT}.{uuid.uuid4().hex[:8]}"
    pending.write_text(folder.name, encoding="utf-8")
    _fsync(pending)
    pending.replace(root / CURRENT)
    _fsync(root)
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


def read_manifest(folder: Path) -> Manifest:
    """Read a manifest without checking the files.

    Raises:
        IndexDamaged: it is missing, malformed or of another format.
    """
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(f"索引清单读不出来：{error}") from None
    if manifest.format != FORMAT:
        raise IndexDamaged(f"索引格式是第 {manifest.format} 版，本程序用第 {FORMAT} 版")
    return manifest


def verify(folder: Path) -> Manifest:
    """Check every file of a snapshot against the manifest.

    Raises:
        IndexDamaged: a file is missing, extra bytes appeared, or a bit flipped.
    """
    manifest = read_manifest(folder)
    if not manifest.files.keys() >= {VECTORS, *TABLE_FILES}:
        raise IndexDamaged("索引清单不完整")
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != expected:
            raise IndexDamaged(f"索引文件损坏：{name}")
    return manifest


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
    table = UnitTable.load(folder)
    if (len(table.items), len(table)) != (manifest.items, manifest.units):
        raise IndexDamaged("索引的条目数与清单不符")
    return Snapshot(
        manifest=manifest,
        table=table,
        exact=ExactTable.load(folder),
        lexical=TantivyIndex(folder / LEXICAL),
        vectors=FaissIndex.load(folder / VECTORS),
        encoder=actual,
    )


def _fitted(analyser: Analyser, folder: Path) -> Encoder:
    try:
        return TfidfSvdEncoder.load(analyser, folder)
    except EncoderUnavailable as error:
        raise IndexDamaged(error.message) from None


def _write_manifest(folder: Path, content: Content, analyser: Analyser, encoder: Encoder) -> None:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(".lock"))
    for path in files:
        _fsync(path)
    manifest = Manifest(
        format=FORMAT,
        release=content.release,
        encoder=encoder.name,
        lexicon=analyser.lexicon.digest,
        items=len(content.items),
        units=len(content.units),
        files={path.relative_to(folder).as_posix(): _sha256(path) for path in files},
    )
    path = folder / MANIFEST
    path.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
    _fsync(path)
    _fsync(folder)


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
