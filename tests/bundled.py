"""The bundled knowledge, ingested and published once for all workers of a run; copy it where a test writes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.jobs import BUNDLED, ingest_and_publish
from assistant.runtime import open_runtime
from assistant.settings import Settings
from kb.domain.clock import FixedClock


def publish_bundled(factory: pytest.TempPathFactory, clock: FixedClock) -> Path:
    """Return the data folder; whichever worker asks first makes it."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made = shared / "bundled"
    with FileLock(shared / "bundled.lock"):
        if not made.exists():
            part = shared / "bundled.part"
            with open_runtime(Settings(data=part), write=True, clock=clock) as runtime:
                ingest_and_publish(runtime, [BUNDLED], note="自带知识")
                assert runtime.library.shelf.release == 1
            part.rename(made)
    return made
