"""jieba's dictionary as one dict, kept in a file of our own that is read three times as fast as jieba's.

The file is checked before it is used: it must be whole, and made from the very dictionary that is installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import uuid
from array import array
from contextlib import suppress
from pathlib import Path
from typing import Any

NAME = "jieba-0.42.cache"
Frequencies = dict[str, int]


def load_dictionary(cache_dir: Path | None) -> tuple[Frequencies, int]:
    """Return frequency by word and beginning of a word (0), and the sum of all; remembered in `cache_dir`, if given."""
    if cache_dir is None:
        return _jieba()
    path, mark = cache_dir / NAME, _mark()
    held = _read(path, mark)
    if held is None:
        held = _jieba()
        _write(path, mark, *held)
    return held


def _jieba() -> tuple[Frequencies, int]:
    import jieba

    jieba.setLogLevel(logging.ERROR)
    tokenizer: Any = jieba.Tokenizer()
    frequencies, total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    return frequencies, int(total)


def _mark() -> bytes:
    """Return what tells the installed dictionary from another, without importing jieba (0.1 s)."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:
        return b""
    about = (Path(spec.origin).parent / "dict.txt").stat()
    return f"{about.st_size} {about.st_mtime_ns}".encode()


def _read(path: Path, mark: bytes) -> tuple[Frequencies, int] | None:
    """Return what a file holds, or None where it is missing, damaged or of another dictionary."""
    try:
        checksum, _line, content = path.read_bytes().partition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() != checksum:
            return None
        made_from, total, numbers, words = content.split(b"\n", 3)
        if made_from != mark:
            return None
        values = array("q")
        values.frombytes(words[: int(numbers)])
        names = words[int(numbers) :].decode("utf-8").split("\n")
        return dict(zip(names, values.tolist(), strict=True)), int(total)
    except (OSError, ValueError):
        return None


def _write(path: Path, mark: bytes, frequencies: Frequencies, total: int) -> None:
    """Write the file aside and rename it: who reads it sees all of it or none. Without room it is done without."""
    values = array("q", frequencies.values()).tobytes()
    content = b"\n".join([mark, str(total).encode(), str(len(values)).encode(), values])
    content += "\n".join(frequencies).encode("utf-8")
    pending = path.with_name(f"{uuid.uuid4().hex}.pending")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pending.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        pending.replace(path)
    except OSError:
        with suppress(OSError):
            pending.unlink()
