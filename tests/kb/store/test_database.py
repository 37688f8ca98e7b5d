"""Writes go one by one and whole; reads see one moment."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select

from kb.domain.errors import StaleVersion
from kb.store import records, schema
from kb.store.database import Database
from kb.store.versions import ENTRIES
from tests.kb.builders import AT, CHANGE, entry


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(schema.entry_version)).scalar_one()


def draft(connection: Connection, entry_id: str, expected: int = 0) -> int:
    return records.put_entry(connection, entry(entry_id, f"问题{entry_id}"), CHANGE, expected=expected)


def test_a_failed_job_rolls_back_whole(database: Database) -> None:
    def job(connection: Connection) -> None:
        draft(connection, "B01")
        draft(connection, "B02")
        draft(connection, "B01", expected=7)

    with pytest.raises(StaleVersion):
        database.write(job)
    with database.read() as connection:
        assert count(connection) == 0
    database.write(lambda c: draft(c, "B01"))
    with database.read() as connection:
        assert count(connection) == 1


def test_a_publication_that_fails_half_way_leaves_no_release(database: Database) -> None:
    database.write(lambda c: draft(c, "B01"))

    def job(connection: Connection) -> None:
        records.publish(connection, at=AT, note="一")
        raise RuntimeError("power")

    with pytest.raises(RuntimeError, match="power"):
        database.write(job)
    with database.read() as connection:
        assert records.current_release(connection) == 0
        assert ENTRIES.drafts(connection) == [(1, "B01", 1, False)]


def test_what_write_returned_is_seen_by_the_next_read(database: Database) -> None:
    for number in range(1, 4):
        database.write(lambda c, n=number: draft(c, f"B{n}"))  # type: ignore[misc]
        with database.read() as connection:
            assert count(connection) == number


def test_a_read_sees_one_moment_while_writes_go_on(database: Database) -> None:
    with database.read() as connection:
        before = count(connection)
        database.write(lambda c: draft(c, "B01"))
        assert count(connection) == before == 0
    with database.read() as connection:
        assert count(connection) == 1


def test_a_write_is_not_seen_before_it_commits(database: Database) -> None:
    seen: list[int] = []

    def job(connection: Connection) -> None:
        draft(connection, "B01")
        with database.read() as other:
            seen.append(count(other))

    database.write(job)
    assert seen == [0]


def test_many_threads_lose_no_write(database: Database) -> None:
    def work(name: str) -> None:
        for number in range(10):
            database.write(lambda c, n=number: draft(c, f"{name}-{n}"))  # type: ignore[misc]

    threads = [threading.Thread(target=work, args=(f"T{i}",)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert count(connection) == 60


def test_racing_editors_have_one_winner(database: Database) -> None:
    """Compare-and-set: six editors start from version 0, five learn that somebody was first."""
    outcomes: list[int] = []

    def work() -> None:
        try:
            outcomes.append(database.write(lambda c: draft(c, "B01")))
        except StaleVersion as stale:
            outcomes.append(-stale.current)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [-1, -1, -1, -1, -1, 1]


def test_queued_writes_are_finished_before_closing(tmp_path: Path) -> None:
    row = {"number": 1, "created_at": AT.replace(tzinfo=None), "note": "", "entries": 0, "passages": 0}
    with Database(tmp_path, write=True) as database:
        database.write_later(lambda _c: time.sleep(0.2))
        database.write_later(lambda c: c.execute(insert(schema.release).values(**row)))
    with Database(tmp_path) as database, database.read() as connection:
        assert records.current_release(connection) == 1


def test_a_queued_write_that_fails_stops_nothing(database: Database) -> None:
    database.write_later(lambda c: draft(c, "B01", expected=9))
    assert database.write(lambda c: draft(c, "B01")) == 1
