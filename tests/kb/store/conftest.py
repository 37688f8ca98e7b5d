"""A writing database in a fresh folder, and a second process that wants the same one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kb.store.database import Database
from tests.records import lay_records

ROOT = Path(__file__).resolve().parents[3]
Process = subprocess.Popen[str]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(lay_records(tmp_path / "data"), write=True) as opened:
        yield opened


@pytest.fixture
def spawn() -> Iterator[Callable[..., Process]]:
    """Start a real Python process on some code; killed at the end of the test if it still runs."""
    with ExitStack() as stack:

        def start(code: str, *args: str) -> Process:
            process = subprocess.Popen(
                [sys.executable, "-c", code, *args], cwd=ROOT, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            stack.callback(_end, process)
            return process

        yield start


def _end(process: Process) -> None:
    process.kill()
    process.communicate()
