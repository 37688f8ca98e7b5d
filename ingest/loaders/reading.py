"""Takes a file's bytes off the disk, and refuses what should not be read at all."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.errors import FileRefused
from ingest.types import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file's bytes and the name it goes by."""

    name: str
    data: bytes

    @property
    def suffix(self) -> str:
        """The name's suffix in lower case, with its dot."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        """The name without folder and suffix."""
        return PurePosixPath(self.name).stem

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


def read_source(path: Path, *, name: str, limits: Limits) -> Source:
    """Read a regular file of acceptable size.

    Raises:
        FileRefused: `symlink`, `gone`, `not_a_file`, `unreadable`, `too_large` or `empty`.
    """
    try:
        status = path.lstat()
        refuse_unusual(path, status.st_mode)
        if status.st_size > limits.file_bytes:
            raise too_large(status.st_size, limits)
        with path.open("rb") as stream:
            data = stream.read(limits.file_bytes + 1)
    except FileNotFoundError:
        raise FileRefused("gone", "文件不见了：读取时已被移走或删除", hint="请确认文件还在原处，再导入一次") from None
    except OSError as error:
        raise FileRefused(
            "unreadable", f"文件读不出来：{error.strerror or error}", hint="请检查文件的读取权限"
        ) from None
    if len(data) > limits.file_bytes:
        raise too_large(len(data), limits)
    if not data.strip(b"\x00\t\r\n\x0b\x0c \xef\xbb\xbf"):
        raise FileRefused("empty", "文件是空的", hint="请确认文件已保存完整，或从导入目录中删掉它")
    return Source(name=name, data=data)


def refuse_unusual(path: Path, mode: int) -> None:
    """Refuse links, devices, pipes and folders.

    Raises:
        FileRefused: `symlink` or `not_a_file`.
    """
    if stat.S_ISLNK(mode) or path.is_symlink():
        raise FileRefused("symlink", "这是一个符号链接，不读取", hint="请把链接指向的文件复制过来再导入")
    if not stat.S_ISREG(mode):
        raise FileRefused("not_a_file", "这不是普通文件，不读取", hint="请只放入普通文件")


def too_large(size: int, limits: Limits) -> FileRefused:
    """Return the refusal of a file above the size limit."""
    return FileRefused(
        "too_large",
        f"文件过大：{size / 1024 / 1024:.0f} MB，上限 {limits.file_bytes / 1024 / 1024:.0f} MB",
        hint="请拆成几个小文件，或删掉图片后另存",
    )
