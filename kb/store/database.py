"""One data folder's records: a pool of readers and, for the one writing process, a queue of writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine

from kb.domain.errors import KbError, NoData
from kb.store.engine import DATABASE_NAME, open_engine, sqlite_url
from kb.store.lock import WriterLock

T = TypeVar("T")


class _Rehearsed(Exception):
    """Ends a rehearsal's transaction without keeping it."""


class Database:
    """Reads from any thread; writes go one by one through a single thread and connection.

    Args:
        data_dir: the data folder.
        url: a SQLAlchemy URL; the folder's SQLite file when empty.
        write: take the writer lock and bring the schema up to date.

    Raises:
        WriterBusy: `write` is asked for and another process writes.
        NoData: the folder has no database yet and `write` is not asked for.
    """

    def __init__(self, data_dir: Path, *, url: str = "", write: bool = False) -> None:
        self.data_dir = data_dir
        self._url = url or sqlite_url(data_dir)
        self._lock: WriterLock | None = None
        self._queue: ThreadPoolExecutor | None = None
        self._write_engine: Engine | None = None
        if write:
            self._open_writer()
        elif not url and not (data_dir / DATABASE_NAME).is_file():
            raise NoData(f"数据目录还没有初始化：{data_dir}")
        self._read_engine = open_engine(self._url, "read")

    def _open_writer(self) -> None:
        from kb.store.migrate import upgrade

        self.data_dir.mkdir(parents=True, exist_ok=True)
        lock = WriterLock(self.data_dir)
        lock.acquire()
        try:
            engine = open_engine(self._url, "write")
            upgrade(engine)
        except BaseException:
            lock.release()
            raise
        self._lock, self._write_engine = lock, engine
        self._queue = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")

    @property
    def writable(self) -> bool:
        """Whether this process is the writer."""
        return self._queue is not None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a read-only connection in one consistent snapshot."""
        with self._read_engine.begin() as connection:
            yield connection

    def write(self, job: Callable[[Connection], T]) -> T:
        """Run `job` in one `BEGIN IMMEDIATE` transaction on the writer thread; commit, or roll back and re-raise.

        Raises:
            KbError: this process opened the records read-only.
        """
        if self._queue is None or self._write_engine is None:
            raise KbError("这个进程只有读权限，不能写入")
        engine = self._write_engine

        def run() -> T:
            with engine.begin() as connection:
                return job(connection)

        return self._queue.submit(run).result()

    def rehearse(self, job: Callable[[Connection], T]) -> T:
        """Run `job` as `write` does and return its result, but keep nothing of what it changed.

        Raises:
            KbError: this process opened the records read-only.
        """
        results: list[T] = []

        def run(connection: Connection) -> None:
            results.append(job(connection))
            raise _Rehearsed

        with suppress(_Rehearsed):
            self.write(run)
        return results[0]

    def write_later(self, job: Callable[[Connection], object]) -> None:
        """Queue a write whose outcome nobody waits for (the suggestion log)."""
        if self._queue is None or self._write_engine is None:
            return
        engine = self._write_engine

        def run() -> None:
            with engine.begin() as connection:
                job(connection)

        self._queue.submit(run)

    def close(self) -> None:
        """Finish queued writes, close connections, release the lock."""
        if self._queue is not None:
            self._queue.shutdown(wait=True)
        if self._write_engine is not None:
            self._write_engine.dispose()
        self._read_engine.dispose()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
