from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, Delete, Update, delete, update
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner

from assistant.audit import chain, store
from assistant.audit.chain import Event
from assistant.cli.main import app
from kb.domain.clock import CHINA
from kb.store.database import Database
from kb.store.engine import DATABASE_NAME
from kb.store.schema import audit_event
from tests.records import lay_records

NOON = dt.datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=CHINA)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with seven events."""
    with Database(lay_records(tmp_path), write=True) as database:
        for number in range(1, 8):
            event = Event(
                actor="张三", action="entry.edit", target=f"e-{number}", version=number, release=3, detail="改"
            )
            database.write(partial(store.append, event=event, at=NOON))
    return tmp_path


def tamper(folder: Path, *statements: str) -> None:
    """Change the file behind the program's back, guards off."""
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
        for trigger in ("update", "delete"):
            connection.execute(f"DROP TRIGGER audit_event_no_{trigger}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def verdict(folder: Path, head: tuple[int, str] | None = None) -> chain.Verdict:
    with Database(folder) as database, database.read() as connection:
        return chain.verify(store.walk(connection), head)


def test_a_whole_chain_verifies(folder: Path) -> None:
    found = verdict(folder)
    assert (found.events, found.broken_at) == (7, None)
    assert verdict(folder, (7, found.head)).broken_at is None


@pytest.mark.parametrize(
    ("statement", "broken", "reason"),
    [
        ("UPDATE audit_event SET actor='李四' WHERE number=3", 3, "内容被改过"),
        ("UPDATE audit_event SET release=4 WHERE number=1", 1, "内容被改过"),
        ("UPDATE audit_event SET at='2026-11-22 11:00:00.000000' WHERE number=7", 7, "内容被改过"),
        ("DELETE FROM audit_event WHERE number=4", 5, "第 4 条缺失"),
        ("DELETE FROM audit_event WHERE number=1", 2, "第 1 条缺失"),
        ("UPDATE audit_event SET previous='0' WHERE number=5", 5, "接不上"),
        ("UPDATE audit_event SET hash='0' WHERE number=5", 5, "内容被改过"),
    ],
)
def test_the_first_break_is_named(folder: Path, statement: str, broken: int, reason: str) -> None:
    tamper(folder, statement)
    found = verdict(folder)
    assert found.broken_at == broken
    assert reason in found.reason
    done = CliRunner().invoke(app, ["audit", "verify", "--data", str(folder)])
    assert done.exit_code == 1
    assert f"从第 {broken} 条起断了" in done.output


def test_a_cut_off_end_shows_against_a_noted_head(folder: Path) -> None:
    head = verdict(folder).head
    tamper(folder, "DELETE FROM audit_event WHERE number>5")
    assert verdict(folder).broken_at is None
    assert verdict(folder, (7, head)).broken_at == 6


def test_a_rewritten_chain_shows_against_a_noted_head(folder: Path) -> None:
    head = verdict(folder).head
    tamper(folder, "DELETE FROM audit_event")
    with Database(folder, write=True) as database:
        for number in range(7):
            event = Event(actor="贼", action="x", target=str(number))
            database.write(partial(store.append, event=event, at=NOON))
    assert verdict(folder).broken_at is None
    assert verdict(folder, (7, head)).broken_at == 7


def execute(connection: Connection, statement: Update | Delete) -> None:
    connection.execute(statement)


def test_the_database_itself_refuses_to_change_or_delete(folder: Path) -> None:
    with Database(folder, write=True) as database:
        for statement in (update(audit_event).values(actor="李四"), delete(audit_event)):
            with pytest.raises(IntegrityError, match="append-only"):
                database.write(partial(execute, statement=statement))


def test_an_event_falls_with_its_transaction(folder: Path) -> None:
    def job(connection: object) -> None:
        store.append(connection, Event(actor="张三", action="x"), at=NOON)  # type: ignore[arg-type]
        raise ValueError("the act failed")

    with Database(folder, write=True) as database, pytest.raises(ValueError, match="act failed"):
        database.write(job)
    assert verdict(folder).events == 7


def test_the_command_prints_a_head_that_verifies_later(folder: Path) -> None:
    runner = CliRunner()
    done = runner.invoke(app, ["audit", "verify", "--json", "--data", str(folder)])
    found = json.loads(done.stdout)
    assert done.exit_code == 0
    head = f"{found['events']}:{found['head']}"
    assert runner.invoke(app, ["audit", "verify", "--head", head, "--data", str(folder)]).exit_code == 0
    assert runner.invoke(app, ["audit", "verify", "--head", "x", "--data", str(folder)]).exit_code == 2


def test_the_list_names_who_did_what(folder: Path) -> None:
    done = CliRunner().invoke(app, ["audit", "list", "--limit", "2", "--json", "--data", str(folder)])
    assert [(row["number"], row["target"]) for row in json.loads(done.stdout)] == [(7, "e-7"), (6, "e-6")]


def pages(folder: Path) -> Iterator[int]:
    with Database(folder) as database, database.read() as connection:
        yield from (noted.number for noted in store.walk(connection))


def test_a_long_chain_is_walked_page_by_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAGE", 3)
    assert list(pages(folder)) == [1, 2, 3, 4, 5, 6, 7]
