"""Connections. One writing process with one write connection; readers are `query_only` (design, ground rule 4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.pool import QueuePool, StaticPool

DATABASE_NAME = "zhida.sqlite3"
Mode = Literal["write", "read"]


def sqlite_url(data_dir: Path) -> URL:
    """Return the default database URL of a data folder, whatever characters its name holds."""
    return URL.create("sqlite", database=str((data_dir / DATABASE_NAME).resolve()))


def open_engine(url: str | URL, mode: Mode) -> Engine:
    """Open an engine for one mode.

    SQLite runs in WAL with `synchronous=FULL`: NORMAL lost acknowledged commits in simulated power cuts, FULL none.
    SQLite before 3.51.3 can corrupt a WAL that two connections reset at once, so only the write connection checkpoints.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if mode == "write":
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False, "timeout": 5})
    else:
        engine = create_engine(
            url, poolclass=QueuePool, pool_size=8, connect_args={"check_same_thread": False, "timeout": 5}
        )
    _configure(engine, mode)
    return engine


def _configure(engine: Engine, mode: Mode) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection has no public type
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _pragmas(mode):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:  # noqa: ANN401 - see above
        connection.connection.dbapi_connection.execute("BEGIN IMMEDIATE" if mode == "write" else "BEGIN")


def _pragmas(mode: Mode) -> list[str]:
    common = ["PRAGMA foreign_keys=ON", "PRAGMA busy_timeout=5000"]
    if mode == "write":
        return ["PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", *common]
    return [*common, "PRAGMA wal_autocheckpoint=0", "PRAGMA query_only=ON"]
