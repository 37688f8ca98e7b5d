"""Ground rule 4, read back from SQLite itself."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from kb.store.database import Database
from kb.store.engine import DATABASE_NAME, open_engine, sqlite_url


def pragma(connection: Connection, name: str) -> object:
    return connection.execute(text(f"PRAGMA {name}")).scalar_one()


def test_the_writer_is_durable(database: Database) -> None:
    settings = database.write(
        lambda c: [pragma(c, name) for name in ("journal_mode", "synchronous", "foreign_keys", "query_only")]
    )
    assert settings == ["wal", 2, 1, 0]  # 2 is FULL


def test_readers_may_only_read_and_never_checkpoint(database: Database) -> None:
    with database.read() as connection:
        names = ("journal_mode", "foreign_keys", "query_only", "wal_autocheckpoint")
        assert [pragma(connection, name) for name in names] == ["wal", 1, 1, 0]


def test_every_pooled_reader_is_configured(database: Database) -> None:
    """A pragma set on one connection only would show on the second, opened at the same time."""
    with database.read() as first, database.read() as second:
        assert pragma(first, "query_only") == pragma(second, "query_only") == 1


def test_a_reader_cannot_write(database: Database) -> None:
    with database.read() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(text("DELETE FROM release"))


def test_foreign_keys_are_checked(database: Database) -> None:
    orphan = text("INSERT INTO passage (document_pk, ordinal, passage_id, payload) VALUES (99, 0, 'p', '{}')")
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        database.write(lambda connection: connection.execute(orphan).rowcount)


def test_a_write_locks_from_its_first_moment(database: Database) -> None:
    """`BEGIN IMMEDIATE`: a deferred begin lets a second writer in between this one's read and write."""
    other = sqlite3.connect(database.data_dir / DATABASE_NAME, timeout=0, isolation_level=None, check_same_thread=False)

    def job(_connection: Connection) -> None:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")

    try:
        database.write(job)
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    finally:
        other.close()


def test_a_writer_waits_for_a_short_lock(database: Database) -> None:
    other = sqlite3.connect(database.data_dir / DATABASE_NAME, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    def give_way() -> None:
        time.sleep(0.2)
        other.execute("ROLLBACK")

    thread = threading.Thread(target=give_way)
    thread.start()
    assert database.write(lambda connection: pragma(connection, "busy_timeout")) == 5000
    thread.join()
    other.close()


def test_the_writer_has_one_connection(tmp_path: Path) -> None:
    engine: Engine = open_engine(sqlite_url(tmp_path), "write")
    raw = [engine.raw_connection() for _ in range(2)]
    assert raw[0].driver_connection is raw[1].driver_connection
    for connection in raw:
        connection.close()
    engine.dispose()


@pytest.mark.parametrize("name", ["数据", "with space", "100%25", "a#b", "a?b"])
def test_any_folder_name_works(tmp_path: Path, name: str) -> None:
    with Database(tmp_path / name, write=True):
        assert (tmp_path / name / DATABASE_NAME).is_file()
