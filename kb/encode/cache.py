"""A slow encoder that remembers: a text it has seen is looked up by content instead of encoded again."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from kb.encode.protocol import Encoder, Matrix
from kb.encode.segments import Segments, Vector, key_of, write_aside

CACHED = Path("cache") / "vectors"
REPORT = "last.json"
LIMIT_BYTES = 2 * 1024**3
BLOCK = 1024
log = logging.getLogger("zhida.encode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the last build asked of the cache.

    Attributes:
        encoder: name of the encoder.
        texts: different texts asked for.
        found: how many of them were in the cache.
        damaged: files that failed their checksum and were dropped.
        seconds: what it took, encoding included.
        held: bytes on disk afterwards, all encoders together.
    """

    encoder: str
    texts: int
    found: int
    damaged: int
    seconds: float
    held: int

    @property
    def hit_rate(self) -> float:
        """Share of texts found (0-1); 1 where nothing was asked."""
        return self.found / self.texts if self.texts else 1.0


class CachedEncoder:
    """Gives the encoder's own vectors, encoding each different text once while it stays in the cache.

    What was encoded is stored every `block` texts: a build killed half-way goes on where it stopped. A cache that
    cannot be read or written costs time, never the build.
    """

    def __init__(self, encoder: Encoder, root: Path, *, limit: int = LIMIT_BYTES, block: int = BLOCK) -> None:
        self._encoder, self._root, self._block = encoder, root, block
        self._segments = Segments(root, encoder.name, encoder.dim, limit)
        self.name, self.dim = encoder.name, encoder.dim

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one unit vector per text."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        started = time.monotonic()
        keys = [key_of(text) for text in texts]
        wanted = dict(zip(keys, texts, strict=True))
        found = self._segments.find(wanted.keys())
        fresh = self._encode_missing({key: text for key, text in wanted.items() if key not in found.vectors})
        self._report(
            Report(
                encoder=self.name,
                texts=len(wanted),
                found=len(found.vectors),
                damaged=found.damaged,
                seconds=round(time.monotonic() - started, 2),
                held=self._tidy(),
            )
        )
        known = found.vectors | fresh
        return np.stack([known[key] for key in keys])

    def _encode_missing(self, missing: dict[bytes, str]) -> dict[bytes, Vector]:
        fresh: dict[bytes, Vector] = {}
        waiting = list(missing)
        for start in range(0, len(waiting), self._block):
            keys = waiting[start : start + self._block]
            vectors = self._encoder.encode([missing[key] for key in keys])
            fresh |= dict(zip(keys, vectors, strict=True))
            try:
                self._segments.add(keys, vectors)
            except OSError as error:
                log.warning("vectors not cached: %s", error)
        return fresh

    def _tidy(self) -> int:
        try:
            return self._segments.tidy()
        except OSError as error:
            log.warning("vector cache not tidied: %s", error)
            return 0

    def _report(self, report: Report) -> None:
        log.info("vector cache: %s", asdict(report))
        if report.damaged:
            log.warning("vector cache: %d damaged files dropped and encoded again", report.damaged)
        try:
            write_aside(self._root / REPORT, json.dumps(asdict(report), ensure_ascii=False).encode())
        except OSError as error:
            log.warning("vector cache not reported: %s", error)


def last_report(root: Path) -> Report | None:
    """Return what the last build asked of the cache, or None where there was none or it cannot be read."""
    try:
        return Report(**json.loads((root / REPORT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
