"""Looks into zip and OLE containers before any library opens them: what kind, encrypted, or a bomb."""

from __future__ import annotations

import io
import zipfile
import zlib

from ingest.errors import FileRefused
from ingest.types import FileKind, Limits

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
SMALL_ENOUGH = 32 * 1024 * 1024
_CHUNK = 1024 * 1024
_STEP = 64 * 1024
_OFFICE: tuple[tuple[str, FileKind], ...] = (("xl/", "xlsx"), ("word/", "docx"), ("ppt/", "pptx"))


def zip_kind(data: bytes, limits: Limits) -> FileKind:
    """Tell which office format a zip holds, after refusing bombs and passwords.

    Raises:
        FileRefused: `corrupt`, `archive_bomb`, `encrypted` or `unsupported`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
        if any(member.flag_bits & 0x1 for member in members):
            raise encrypted()
        refuse_bomb(data, members, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        raise corrupt(type(error).__name__) from None
    for folder, kind in _OFFICE:
        if any(member.filename.startswith(folder) for member in members):
            return kind
    raise FileRefused("unsupported", "这是压缩包或不支持的格式", hint="请先解压，再导入里面的文档")


def refuse_bomb(data: bytes, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse an archive that unpacks to too much, by what it declares and by what it really holds.

    Raises:
        FileRefused: `archive_bomb`.
    """
    declared = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if declared > limits.unpacked_bytes or (declared > SMALL_ENOUGH and declared / packed > limits.unpack_ratio):
        raise bomb(declared)
    for member in members:
        if member.compress_type == zipfile.ZIP_DEFLATED and not honest(data, member):
            raise bomb(limits.unpacked_bytes)


def honest(data: bytes, member: zipfile.ZipInfo) -> bool:
    """Whether a member unpacks to no more than the central directory says; stops as soon as it does not."""
    name_and_extra = data[member.header_offset + 26 : member.header_offset + 30]
    start = member.header_offset + 30 + sum(int.from_bytes(name_and_extra[i : i + 2], "little") for i in (0, 2))
    unpacker, seen = zlib.decompressobj(-15), 0
    for offset in range(start, start + member.compress_size, _STEP):
        pending = data[offset : min(offset + _STEP, start + member.compress_size)]
        while pending and not unpacker.eof:
            seen += len(unpacker.decompress(pending, _CHUNK))
            if seen > member.file_size:
                return False
            pending = unpacker.unconsumed_tail
    return True


def ole_kind(data: bytes) -> FileKind:
    """Tell what an OLE container holds; its directory names are UTF-16.

    Raises:
        FileRefused: `encrypted` for protected office files, `unsupported` for .doc and .ppt, `corrupt` otherwise.
    """
    if _utf16("EncryptedPackage") in data:
        raise encrypted()
    if _utf16("Workbook") in data or _utf16("Book") in data:
        return "xls"
    for stream, old, new in (("WordDocument", ".doc", ".docx"), ("PowerPoint Document", ".ppt", ".pptx")):
        if _utf16(stream) in data:
            raise FileRefused("unsupported", f"不支持旧版 {old} 格式", hint=f"请用 Office 或 WPS 另存为 {new} 后再导入")
    raise corrupt("OLE")


def encrypted() -> FileRefused:
    """Return the refusal of a file behind a password."""
    return FileRefused("encrypted", "文件设有密码，打不开", hint="请去掉密码另存一份再导入")


def corrupt(detail: str) -> FileRefused:
    """Return the refusal of a damaged file."""
    return FileRefused("corrupt", f"文件已损坏，打不开（{detail}）", hint="请用原来的软件打开，另存一份再导入")


def bomb(size: int) -> FileRefused:
    """Return the refusal of an archive that unpacks to too much."""
    return FileRefused(
        "archive_bomb",
        f"文件解压后过大（超过 {size / 1024 / 1024:.0f} MB 或压缩比异常），不打开",
        hint="请确认来源可靠；可靠的话另存为较小的文件再导入",
    )


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")
