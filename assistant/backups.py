"""Backup and restore: the records through SQLite's online backup, the rules beside them; the index is rebuilt."""

from __future__ import annotations

import sqlite3
import tempfile
import zipfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

from assistant.errors import RequestInvalid
from kb.domain.errors import NoData
from kb.store.engine import DATABASE_NAME
from kb.store.lock import WriterLock

RULES = "rules"


def make_backup(data: Path, target: Path) -> dict[str, Any]:
    """Write a zip with a consistent copy of the records and the rule overrides; it appears only when complete.

    Raises:
        NoData: the folder has no records.
        RequestInvalid: the target cannot be written.
    """
    source = data / DATABASE_NAME
    if not source.is_file():
        raise NoData(f"数据目录还没有初始化：{data}")
    pending = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(pending, "w", zipfile.ZIP_DEFLATED) as archive:
            copy = Path(scratch) / DATABASE_NAME
            release = _copy_database(source, copy)
            archive.write(copy, DATABASE_NAME)
            for rule in sorted((data / RULES).glob("*")):
                archive.write(rule, f"{RULES}/{rule.name}")
        pending.replace(target)
    except OSError as error:
        raise RequestInvalid(f"备份写不进去：{target}（{error.strerror}）", hint="请换一个可写的位置") from None
    except sqlite3.DatabaseError as error:
        raise RequestInvalid(f"记录读不出来：{source}（{error}）", hint="请用 zhida restore 从以前的备份恢复") from None
    return {"file": str(target), "release": release}


def restore_backup(source: Path, data: Path) -> dict[str, Any]:
    """Put a backup into a data folder; whatever was there is moved aside first.

    Raises:
        RequestInvalid: not a backup, or its records are damaged.
        WriterBusy: a process is writing to the folder.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _unpack(source, folder)
        release = _check_database(folder / DATABASE_NAME, source)
        kept = _move_aside(data)
        data.mkdir(parents=True, exist_ok=True)
        _copy_database(folder / DATABASE_NAME, data / DATABASE_NAME)
        (data / RULES).mkdir(exist_ok=True)
        for rule in sorted((folder / RULES).glob("*")):
            (data / RULES / rule.name).write_bytes(rule.read_bytes())
    return {"data": str(data), "release": release, "kept": str(kept) if kept else ""}


def _copy_database(source: Path, target: Path) -> int:
    with closing(sqlite3.connect(source)) as left, closing(sqlite3.connect(target)) as right:
        left.backup(right)
        return int(right.execute("SELECT coalesce(max(number), 0) FROM release").fetchone()[0])


def _unpack(source: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            wanted = [n for n in archive.namelist() if n == DATABASE_NAME or _is_rule(n)]
            archive.extractall(folder, wanted)
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError):
        raise RequestInvalid(f"备份文件读不出来：{source}", hint="请检查路径，或换一份备份") from None
    if not (folder / DATABASE_NAME).is_file():
        raise RequestInvalid(f"不是知答的备份：{source}", hint="备份由 zhida backup 生成")


def _is_rule(name: str) -> bool:
    return name.startswith(f"{RULES}/") and "/" not in name.removeprefix(f"{RULES}/") and ".." not in name


def _check_database(path: Path, source: Path) -> int:
    try:
        with closing(sqlite3.connect(path)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            release = int(connection.execute("SELECT coalesce(max(number), 0) FROM release").fetchone()[0])
    except sqlite3.DatabaseError:
        sound, release = False, 0
    if not sound:
        raise RequestInvalid(f"备份里的记录已损坏：{source}", hint="请换一份备份")
    return release


def _move_aside(data: Path) -> Path | None:
    if not data.is_dir() or not any(data.iterdir()):
        return None
    lock = WriterLock(data)
    lock.acquire()
    lock.release()
    number = 1
    while (kept := data.with_name(f"{data.name}.before-restore-{number}")).exists():
        number += 1
    data.rename(kept)
    return kept
