"""Minimal OLE containers and BIFF8 workbooks, written byte by byte: no installed library writes the old format."""

from __future__ import annotations

import struct

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def container(streams: dict[str, bytes]) -> bytes:
    """Return a compound file with some streams; each is padded to leave the mini stream unused."""
    bodies = {name: pad(data, max(4096, len(data))) for name, data in streams.items()}
    fat = [FAT]
    directory_start = 1
    directory = entry("Root Entry", 5, child=1, start=END, size=0)
    sectors = b""
    next_sector = 2
    for index, (name, data) in enumerate(bodies.items(), start=1):
        following = index + 1 if index < len(bodies) else FREE
        directory += entry(name, 2, child=FREE, start=next_sector, size=len(data), right=following)
        count = len(data) // SECTOR
        next_sector += count
        sectors += data
    fat.append(END)
    for data in bodies.values():
        count = len(data) // SECTOR
        first = len(fat)
        fat += [*range(first + 1, first + count), END]
    fat += [FREE] * (SECTOR // 4 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, directory_start, 0, 4096, END, 0, END, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", FREE) * 108
    return header + struct.pack(f"<{len(fat)}I", *fat) + pad(directory, SECTOR) + sectors


def entry(name: str, kind: int, *, child: int, start: int, size: int, right: int = FREE) -> bytes:
    """Return one directory entry of 128 bytes."""
    raw = name.encode("utf-16-le") + b"\0\0"
    head = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def pad(data: bytes, size: int) -> bytes:
    """Return data padded with zeros to a whole number of sectors, at least `size`."""
    size = (max(size, len(data)) + SECTOR - 1) // SECTOR * SECTOR
    return data.ljust(size, b"\0")


def record(kind: int, body: bytes = b"") -> bytes:
    """Return one BIFF record."""
    return struct.pack("<HH", kind, len(body)) + body


def workbook(sheets: dict[str, list[list[str | float]]]) -> bytes:
    """Return an .xls file with text and number cells."""
    bof = record(0x809, struct.pack("<HHHHII", 0x600, 0x5, 0, 0, 0, 0))
    bodies = {name: sheet(rows) for name, rows in sheets.items()}
    bounds = {name: record(0x85, bytes(6) + short_text(name)) for name in sheets}
    position = len(bof) + sum(map(len, bounds.values())) + len(record(0x0A))
    head = bof
    for name, body in bodies.items():
        head += record(0x85, struct.pack("<IH", position, 0) + short_text(name))
        position += len(body)
    return container({"Workbook": head + record(0x0A) + b"".join(bodies.values())})


def short_text(text: str) -> bytes:
    """Return a BIFF8 string with a length of one byte."""
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def sheet(rows: list[list[str | float]]) -> bytes:
    """Return the records of one sheet."""
    data = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    width = max(len(row) for row in rows)
    data += record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                data += record(0x204, struct.pack("<HHH", y, x, 0) + text)
            else:
                data += record(0x203, struct.pack("<HHHd", y, x, 0, value))
    return data + record(0x0A)
