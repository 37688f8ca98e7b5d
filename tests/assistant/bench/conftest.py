"""A tiny base filled by the bench itself, shared by the measurements that only read it.

Nothing here outlives the file that asked for it: an encoder still set afterwards would answer in other tests'
subprocesses. (Without an `__init__.py`, pytest lets what is scoped to a package live as long as the session.)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.bench.filling import fill, write_texts

ENTRIES = 30
Job = dict[str, Any]


@pytest.fixture(scope="module")
def tiny_encoder() -> Iterator[None]:
    """The small encoder, for this process and those it starts: nothing here is about quality."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHIDA_ENCODER", "tiny")
        yield


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: None) -> Job:
    folder: Path = tmp_path_factory.mktemp("bench")
    effort = {"asked": 12, "warm": 4, "rounds": 2, "clients": 2, "seconds": 0.5, "budget": 1.0}
    return {**effort, "folder": str(folder), "data": str(folder / "data"), "entries": ENTRIES}


@pytest.fixture(scope="module")
def texts(job: Job) -> Job:
    return write_texts(job)


@pytest.fixture(scope="module")
def filled(job: Job, texts: Job) -> Job:
    return fill(job)
