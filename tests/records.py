"""Empty records at the newest schema, migrated once and copied: most tests are about what is written to them."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from kb.store.database import Database
from kb.store.engine import DATABASE_NAME


@cache
def migrated() -> Path:
    """A database file that every migration has gone over; read it only."""
    folder = tempfile.TemporaryDirectory(prefix="zhida-test-records-")
    atexit.register(folder.cleanup)
    with Database(Path(folder.name), write=True):
        pass
    return Path(folder.name) / DATABASE_NAME


def lay_records(folder: Path) -> Path:
    """Put empty records into a folder that has none, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / DATABASE_NAME).exists():
        shutil.copyfile(migrated(), folder / DATABASE_NAME)
    return folder
