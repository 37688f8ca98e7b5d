"""Files somebody is importing: kept for an hour, for whoever sent them, with the plan they were shown."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest.exchange.planning import ImportPlan
from ingest.loaders.sniff import SUFFIXES
from kb.domain.errors import NotFound
from kb.text.normalise import printable

LIFETIME = 3_600.0
MOST_OF_ONE = 5
MAX_NAME = 80
TABLES = frozenset({"xlsx", "xls", "csv", "jsonl"})


@dataclass(slots=True)
class Upload:
    """One file and what would come of it. `since` is in monotonic seconds."""

    upload_id: str
    account: str
    path: Path
    since: float
    plan: ImportPlan | None = None


class Uploads:
    """The uploads of one application, in a folder of their own that goes with the process."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[str, Upload] = {}
        self._folder: Path | None = None

    def keep(self, account: str, name: str, data: bytes) -> Upload:
        """Store a file and return what names it; the oldest of the account's goes when there are too many."""
        upload_id = secrets.token_hex(12)
        with self._lock:
            self._sweep(account)
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="zhida-uploads-"))
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            path = self._folder / upload_id / plain_name(name)
            path.parent.mkdir()
            path.write_bytes(data)
            upload = Upload(upload_id, account, path, self._now())
            self._kept[upload_id] = upload
        return upload

    def of(self, account: str, upload_id: str) -> Upload:
        """Return an upload to whoever sent it.

        Raises:
            NotFound: there is none, it is somebody else's, or its hour is over.
        """
        with self._lock:
            self._sweep("")
            upload = self._kept.get(upload_id)
        if upload is None or upload.account != account:
            raise NotFound("没有这个上传的文件", hint="文件只留一小时；请重新选择文件上传")
        return upload

    def forget(self, upload: Upload) -> None:
        """Drop a file that was imported."""
        with self._lock:
            self._drop(upload)

    def _sweep(self, account: str) -> None:
        for upload in [one for one in self._kept.values() if self._now() - one.since > LIFETIME]:
            self._drop(upload)
        mine = [one for one in self._kept.values() if account and one.account == account]
        for upload in mine[: max(0, len(mine) - MOST_OF_ONE + 1)]:
            self._drop(upload)

    def _drop(self, upload: Upload) -> None:
        shutil.rmtree(upload.path.parent, ignore_errors=True)
        self._kept.pop(upload.upload_id, None)


def plain_name(name: str) -> str:
    """Return a file name that stays in its folder and keeps its suffix."""
    last = printable(name).replace("\\", "/").rpartition("/")[2].strip(". ")
    stem, _, suffix = last.rpartition(".")
    known = SUFFIXES.get(f".{suffix.lower()}") in TABLES
    return f"{stem[:MAX_NAME] or '上传'}.{suffix.lower()}" if known else f"{last[:MAX_NAME] or '上传'}.txt"
