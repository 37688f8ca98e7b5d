"""What a snapshot says about itself, and whether its files are what it says: every file under a SHA-256."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from kb.domain.errors import IndexDamaged
from kb.index.exact import FILE as EXACT
from kb.index.tables import ARRAYS, ITEMS, TEXTS
from kb.index.terms import TERM_FILES

FORMAT = 5
MANIFEST = "manifest.json"
VECTORS = "vectors.faiss"
PART_FILES = (VECTORS, ARRAYS, TEXTS, ITEMS, EXACT, *TERM_FILES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a snapshot was built from.

    `parts` are the folders that hold its tables and vectors, in order ("" is the snapshot itself); `files` maps each
    file to its SHA-256; `items` and `units` count what is dead as well.
    """

    format: int
    release: int
    encoder: str
    lexicon: str
    items: int
    units: int
    parts: list[str]
    files: dict[str, str]


def read_manifest(folder: Path) -> Manifest:
    """Read a manifest without checking the files.

    Raises:
        IndexDamaged: it is missing, malformed or of another format.
    """
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise IndexDamaged(f"索引格式是第 {data['format']} 版，本程序用第 {FORMAT} 版")
        return Manifest(**data)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexDamaged(f"索引清单读不出来：{error}") from None


def verify(folder: Path) -> Manifest:
    """Check every file of a snapshot against the manifest.

    Raises:
        IndexDamaged: a file is missing, extra bytes appeared, or a bit flipped.
    """
    manifest = read_manifest(folder)
    wanted = {(Path(part) / name).as_posix() for part in manifest.parts for name in PART_FILES}
    if not manifest.parts or not manifest.files.keys() >= wanted:
        raise IndexDamaged("索引清单不完整")
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file() or sha256(path) != expected:
            raise IndexDamaged(f"索引文件损坏：{name}")
    return manifest


def write_manifest(folder: Path, manifest: Manifest, known: Mapping[str, str]) -> Manifest:
    """Fsync a finished snapshot and write its manifest with every file's checksum; return it as written.

    `known` are checksums of files that were taken over from an earlier snapshot and are on the disk already.
    """
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(".lock"))
    named = {path.relative_to(folder).as_posix(): path for path in files}
    for name, path in named.items():
        if name not in known:
            fsync(path)
    sums = {name: known.get(name) or sha256(path) for name, path in named.items()}
    written = Manifest(**{**asdict(manifest), "files": sums})
    path = folder / MANIFEST
    path.write_text(json.dumps(asdict(written), ensure_ascii=False, indent=1), encoding="utf-8")
    fsync(path)
    for part in {path.parent for path in files} | {folder}:
        fsync(part)
    return written


def sha256(path: Path) -> str:
    """Return a file's SHA-256 in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def fsync(path: Path) -> None:
    """Make a file, or a folder's list of names, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
