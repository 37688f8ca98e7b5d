"""One writing process per data folder: the second is refused at once, and a dead one holds nothing."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import NoSuchModuleError

from kb.domain.errors import KbError, NoData, WriterBusy
from kb.store import records
from kb.store.database import Database
from kb.store.lock import HOLDER_NAME, WriterLock
from tests.kb.store.conftest import Process

Spawn = Callable[..., Process]
HOLD = """
import sys
from pathlib import Path
from kb.store.database import Database
with Database(Path(sys.argv[1]), write=True) as database:
    print("held", flush=True)
    sys.stdin.read()
"""
TRY = """
import sys, time
from pathlib import Path
from kb.domain.errors import WriterBusy
from kb.store.database import Database
start = time.monotonic()
try:
    Database(Path(sys.argv[1]), write=True)
except WriterBusy as busy:
    print(time.monotonic() - start, busy.message, flush=True)
"""
READ = """
import sys
from pathlib import Path
from kb.store import records
from kb.store.database import Database
with Database(Path(sys.argv[1])) as database, database.read() as connection:
    print(records.current_release(connection), database.writable, flush=True)
"""


def first_line(process: Process) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_second_writing_process_is_refused_at_once_and_told_by_whom(database: Database, spawn: Spawn) -> None:
    took, message = first_line(spawn(TRY, str(database.data_dir))).split(" ", 1)
    assert float(took) < 2
    assert str(os.getpid()) in message


def test_a_reading_process_works_beside_the_writer(database: Database, spawn: Spawn) -> None:
    assert first_line(spawn(READ, str(database.data_dir))) == "0 False"


def test_a_reader_here_works_while_another_process_writes(tmp_path: Path, spawn: Spawn) -> None:
    assert first_line(spawn(HOLD, str(tmp_path))) == "held"
    with Database(tmp_path) as database, database.read() as connection:
        assert records.current_release(connection) == 0
    with pytest.raises(WriterBusy) as caught:
        Database(tmp_path, write=True)
    assert caught.value.hint


def test_the_lock_dies_with_its_holder(tmp_path: Path, spawn: Spawn) -> None:
    holder = spawn(HOLD, str(tmp_path))
    assert first_line(holder) == "held"
    holder.send_signal(signal.SIGKILL)
    holder.wait(timeout=10)
    assert (tmp_path / HOLDER_NAME).read_text(encoding="ascii") == str(holder.pid)
    with Database(tmp_path, write=True) as database:
        assert database.writable
        assert (tmp_path / HOLDER_NAME).read_text(encoding="ascii") == str(os.getpid())


def test_closing_frees_the_folder(tmp_path: Path) -> None:
    for _ in range(2):
        with Database(tmp_path, write=True) as database:
            database.close()
            database.close()
    assert not (tmp_path / HOLDER_NAME).exists()


def test_closing_from_another_thread_frees_the_folder(tmp_path: Path) -> None:
    """A server opens in one thread and shuts down in another; `filelock` keeps its state per thread by default."""
    opened: list[Database] = []
    thread = threading.Thread(target=lambda: opened.append(Database(tmp_path, write=True)))
    thread.start()
    thread.join()
    opened[0].close()
    with Database(tmp_path, write=True) as database:
        assert database.writable


def test_two_writers_in_one_process_are_refused_too(database: Database) -> None:
    start = time.monotonic()
    with pytest.raises(WriterBusy):
        Database(database.data_dir, write=True)
    assert time.monotonic() - start < 1
    database.write(lambda _connection: None)


def test_a_failed_open_gives_the_lock_back(tmp_path: Path) -> None:
    with pytest.raises(NoSuchModuleError, match="nosuchdialect") as caught:
        Database(tmp_path, url="nosuchdialect://x", write=True)
    lock = WriterLock(tmp_path)
    lock.acquire()
    lock.release()
    assert caught.tb is not None  # held until here: its frames keep the first lock from being collected, and freed


def test_an_unknown_holder_is_called_unknown(database: Database) -> None:
    (database.data_dir / HOLDER_NAME).unlink()
    with pytest.raises(WriterBusy, match="未知"):
        WriterLock(database.data_dir).acquire()


def test_reading_needs_data(tmp_path: Path) -> None:
    with pytest.raises(NoData) as caught:
        Database(tmp_path / "nothing")
    assert "zhida init" in caught.value.hint
    assert not (tmp_path / "nothing").exists()


def test_a_reading_process_cannot_write(database: Database) -> None:
    with Database(database.data_dir) as reader:
        assert not reader.writable
        with pytest.raises(KbError, match="只有读权限"):
            reader.write(lambda _connection: None)
        reader.write_later(lambda _connection: None)
