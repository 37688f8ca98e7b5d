"""Vectors on disk by content: small immutable files whose name is the checksum of what they hold.

A reader takes a file only when its content gives its name, so a torn, flipped or foreign file is noticed, dropped and
encoded again; nothing needs a lock or fsync, because a lost vector costs time, never an answer. A writer adds files
(written aside, then renamed) and removes them; it never changes one. Killed at any moment it leaves whole files and at
most one `.pending`, which `tidy` sweeps up once it is old.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.encode.protocol import Matrix

SUFFIX, PENDING = ".vectors", ".pending"
KEY_BYTES = 32
SMALL_BYTES = 256 * 1024
SMALL_FILES = 16
ABANDONED_SECONDS = 3600
Vector = npt.NDArray[np.float32]


def key_of(text: str) -> bytes:
    """Return a text's SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def write_aside(path: Path, content: bytes) -> None:
    """Write a file under another name and rename it: who reads `path` sees all of it or none.

    Raises:
        OSError: the disk is full or not writable.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    pending = path.parent / f"{uuid.uuid4().hex}{PENDING}"
    try:
        pending.write_bytes(content)
        pending.replace(path)
    finally:
        _remove(pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a look-up found, and how many files were damaged and therefore removed."""

    vectors: dict[bytes, Vector]
    damaged: int


class Segments:
    """One encoder's vectors: every file in `root/<digest of the encoder's name>/`.

    Args:
        root: folder of all encoders' vectors; the bound counts them together.
        encoder: the encoder's name. It is part of every checksum: another model's file never counts.
        dim: length of the vectors.
        limit: bytes that may stay, all encoders together; the files longest unused go first.
    """

    def __init__(self, root: Path, encoder: str, dim: int, limit: int) -> None:
        self._root, self._limit, self._dim = root, limit, dim
        self._mark = encoder.encode("utf-8", "surrogatepass") + b"\0"
        self._folder = root / hashlib.sha256(self._mark).hexdigest()[:16]

    def find(self, wanted: Collection[bytes]) -> Found:
        """Return the stored vectors of the wanted keys; files that helped count as used now."""
        vectors: dict[bytes, Vector] = {}
        damaged = 0
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            held = self._read(path)
            if held is None:
                damaged += path.exists()
                _remove(path)
                continue
            useful = {key: vector for key, vector in held.items() if key in wanted and key not in vectors}
            vectors |= useful
            if useful:
                _touch(path)
        return Found(vectors=vectors, damaged=damaged)

    def add(self, keys: Sequence[bytes], vectors: Matrix) -> Path:
        """Store vectors, one row per key, and return the file.

        Raises:
            OSError: the disk is full or not writable.
        """
        content = b"".join(keys) + np.ascontiguousarray(vectors, dtype="<f4").tobytes()
        path = self._folder / self._name(content)
        write_aside(path, content)
        return path

    def tidy(self) -> int:
        """Join small files, drop the longest unused beyond the limit; return the bytes that stay.

        Raises:
            OSError: the disk is full or not writable.
        """
        self._join(sorted(path for path in self._folder.glob(f"*{SUFFIX}") if _size(path) < SMALL_BYTES))
        aged = sorted(self._root.glob(f"*/*{SUFFIX}"), key=_used, reverse=True)
        held = 0
        for path in aged:
            size = _size(path)
            if held + size > self._limit:
                _remove(path)
            else:
                held += size
        for path in self._root.rglob(f"*{PENDING}"):
            if time.time() - _used(path) > ABANDONED_SECONDS:
                _remove(path)
        return held

    def _join(self, small: Sequence[Path]) -> None:
        if len(small) < SMALL_FILES:
            return
        joined: dict[bytes, Vector] = {}
        for path in small:
            joined |= self._read(path) or {}
        whole = self.add(list(joined), np.stack(list(joined.values()))) if joined else None
        for path in small:
            if path != whole:
                _remove(path)

    def _read(self, path: Path) -> Mapping[bytes, Vector] | None:
        """Return a file's vectors by key, or None where its content is not what its name says."""
        try:
            content = path.read_bytes()
        except OSError:
            return None
        row = KEY_BYTES + 4 * self._dim
        if self._name(content) != path.name or len(content) % row:
            return None
        count = len(content) // row
        keys = [content[place * KEY_BYTES : (place + 1) * KEY_BYTES] for place in range(count)]
        vectors = np.frombuffer(content, dtype="<f4", offset=count * KEY_BYTES).reshape(count, self._dim)
        return dict(zip(keys, vectors, strict=True))

    def _name(self, content: bytes) -> str:
        sha = hashlib.sha256(self._mark)
        sha.update(content)
        return sha.hexdigest() + SUFFIX


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _touch(path: Path) -> None:
    try:
        os.utime(path)
    except OSError:
        return


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
