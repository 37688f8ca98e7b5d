"""Open a runtime for a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.cli.output import err
from assistant.runtime import Runtime, open_runtime
from assistant.settings import load_settings


@contextmanager
def opened(data: Path | None, *, write: bool = False) -> Iterator[Runtime]:
    """Open the data folder; say so when its index had to be rebuilt from the records."""
    with open_runtime(load_settings(data=data), write=write) as runtime:
        yield runtime
        if runtime.library.repaired:
            err.print(f"提醒：{runtime.library.repaired}，已由记录重建索引后作答", markup=False)
