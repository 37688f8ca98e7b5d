"""The lock that keeps a second writing process out of a data folder."""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock, Timeout

from kb.domain.errors import WriterBusy

LOCK_NAME = "writer.lock"
HOLDER_NAME = "writer.pid"


class WriterLock:
    """An exclusive operating-system lock on one data folder, released by the kernel when its process dies.

    It belongs to the process, not to a thread: a server may open in one thread and close in another.
    """

    def __init__(self, data_dir: Path) -> None:
        self._holder = data_dir / HOLDER_NAME
        self._lock = FileLock(data_dir / LOCK_NAME, timeout=0, thread_local=False)

    def acquire(self) -> None:
        """Take the lock or fail at once.

        Raises:
            WriterBusy: another process holds it; the message names that process.
        """
        try:
            self._lock.acquire()
        except Timeout:
            raise WriterBusy(f"数据目录正被另一个进程写入（进程号 {self._holder_pid()}）") from None
        self._holder.write_text(str(os.getpid()), encoding="ascii")

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._lock.is_locked:
            self._holder.unlink(missing_ok=True)
            self._lock.release()

    def _holder_pid(self) -> str:
        try:
            return self._holder.read_text(encoding="ascii").strip() or "未知"
        except OSError:
            return "未知"
