"""What a measuring process needs: seconds of a block, peak memory, and a base to work on."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.jobs import BUNDLED
from assistant.runtime import Runtime
from eval.bench.texts import Material, material_of
from ingest.discover import discover
from ingest.parse import parse_file
from kb.domain.knowledge import Entry, FoundPassage

Job = Mapping[str, Any]
STATUS = "/proc/{pid}/status"


@contextmanager
def seconds(into: dict[str, Any], name: str) -> Iterator[None]:
    """Store the seconds a block takes."""
    begin = time.perf_counter()
    yield
    into[name] = round(time.perf_counter() - begin, 3)


def peak_mb(pid: int | str = "self") -> float | None:
    """Return a process's peak resident memory in MB (1024² bytes), or None where the system does not say."""
    try:
        lines = Path(STATUS.format(pid=pid)).read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return _peak_of_self() if pid == "self" else None
    kilobytes = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)
    return round(kilobytes / 1024, 1) if kilobytes is not None else None


def _peak_of_self() -> float | None:
    try:
        import resource
    except ImportError:
        return None
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


def gather(runtime: Runtime, folder: str | None) -> Material:
    """Read the bundled knowledge and, when given, a folder of the user's; through the same parser as an ingest.

    Raises:
        BadArgument: there is not enough text.
    """
    paths = [BUNDLED, *([Path(folder)] if folder else [])]
    entries: list[Entry] = []
    passages: list[FoundPassage] = []
    for file in discover(paths).files:
        parsed = parse_file(
            file.path, name=file.name, categories=runtime.taxonomy.categories, today=runtime.clock.now().date()
        )
        entries += parsed.entries
        passages += [
            FoundPassage(passage=p, document=document) for document in parsed.documents for p in document.passages
        ]
    return material_of(entries, passages)
