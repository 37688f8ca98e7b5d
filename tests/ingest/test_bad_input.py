"""Whatever is wrong with a file: exactly one clear finding that says where and how to cure it, and no exception."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest

from ingest.discover import discover
from ingest.types import Finding, Limits, ParsedFile
from tests.ingest.conftest import Parse
from tests.ingest.ole import container, workbook
from tests.ingest.pdfs import pdf, picture_only


def refused(parsed: ParsedFile) -> Finding:
    """Return the only finding of a file that was refused as a whole."""
    (finding,) = parsed.findings
    assert (finding.severity, parsed.rejected, parsed.entries, parsed.documents) == ("error", 1, (), ())
    assert finding.file == parsed.name
    assert finding.hint
    return finding


def good_xlsx() -> bytes:
    """Return a small workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["标准问题", "答案"])
    sheet.append(["怎么交", "网上"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def good_docx() -> bytes:
    """Return a small Word file."""
    document = docx.Document()
    document.add_paragraph("客户可以在网上国网交费。")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a deflated zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def password_zip() -> bytes:
    """Return a zip whose members claim to be encrypted."""
    data = bytearray(zipped({"word/document.xml": b"x"}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + offset] |= 1
    return bytes(data)


def empty_workbook() -> bytes:
    """Return a workbook with a blank sheet."""
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    return stream.getvalue()


def empty_document() -> bytes:
    """Return a Word file without text."""
    stream = io.BytesIO()
    docx.Document().save(stream)
    return stream.getvalue()


REFUSED: list[tuple[str, str, bytes | Callable[[], bytes]]] = [
    ("空.xlsx", "empty", b""),
    ("空白.txt", "empty", b" \n\n\t"),
    ("只有标记.csv", "empty", b"\xef\xbb\xbf"),
    ("截断.xlsx", "corrupt", lambda: good_xlsx()[:700]),
    ("截断.docx", "corrupt", lambda: good_docx()[:-400]),
    ("缺件.xlsx", "corrupt", lambda: zipped({"xl/workbook.xml": b"<broken"})),
    ("缺件.docx", "corrupt", lambda: zipped({"word/document.xml": b"<broken"})),
    ("缺件.pptx", "corrupt", lambda: zipped({"ppt/presentation.xml": b"<broken"})),
    ("坏.pdf", "corrupt", b"%PDF-1.7\nnothing of the kind"),
    ("坏.xls", "corrupt", lambda: workbook({"a": [["x"]]})[:1200]),
    ("加密.xlsx", "encrypted", lambda: container({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"y" * 5000})),
    ("加密.docx", "encrypted", lambda: container({"EncryptedPackage": b"x" * 5000})),
    ("加密.pdf", "encrypted", lambda: pdf([[(100, 11, "秘密")]], encrypt="pw")),
    ("加密包.docx", "encrypted", password_zip),
    ("扫描.pdf", "scanned", picture_only),
    ("旧版.doc", "unsupported", lambda: container({"WordDocument": b"x" * 5000})),
    ("旧版.ppt", "unsupported", lambda: container({"PowerPoint Document": b"x" * 5000})),
    ("包.zip", "unsupported", lambda: zipped({"a.txt": b"x"})),
    ("图.txt", "binary", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
    ("乱.csv", "binary", lambda: bytes(range(1, 256)) * 40),
    (
        "乱码.txt",
        "bad_encoding",
        "标题\n客户可以在网上国网和营业厅交纳电费".encode() + b"\xff.",
    ),
    ("控制符.txt", "binary", bytes(range(1, 32)) * 20),
    ("空表.xlsx", "no_content", empty_workbook),
    ("空文.docx", "no_content", empty_document),
    ("只有广告.txt", "no_content", "点击查看更多>>\n相关资源\n".encode()),
    ("头错值.md", "front_matter", "+++\ntitle = \n+++\n正文内容在这里。".encode()),
    ("头错日.md", "front_matter", "+++\nvalid_from = '明天'\n+++\n正文内容在这里。".encode()),
    ("头错词.md", "front_matter", "+++\nvisibility = '都行'\n+++\n正文内容在这里。".encode()),
]


@pytest.mark.parametrize(("name", "code", "make"), REFUSED, ids=[f"{n}-{c}" for n, c, _ in REFUSED])
def test_refused_with_one_finding(parse: Parse, name: str, code: str, make: bytes | Callable[[], bytes]) -> None:
    finding = refused(parse(name, make if isinstance(make, bytes) else make()))
    assert finding.code == code
    assert any("\u4e00" <= char <= "\u9fff" for char in finding.message)


def test_a_200_megabyte_file_is_refused_unread(parse: Parse, tmp_path: Path) -> None:
    with (tmp_path / "大.csv").open("wb") as stream:
        stream.truncate(200 * 1024 * 1024)
    finding = refused(parse("大.csv"))
    assert (finding.code, "200 MB" in finding.message) == ("too_large", True)


def test_a_file_that_grows_while_it_is_read(parse: Parse, monkeypatch: pytest.MonkeyPatch) -> None:
    small = os.stat_result((0o100644, 0, 0, 1, 0, 0, 10, 0, 0, 0))
    monkeypatch.setattr(Path, "lstat", lambda _: small)
    assert refused(parse("长.txt", "客户可以交费。" * 10, limits=Limits(file_bytes=100))).code == "too_large"


def test_archive_bombs_by_ratio_by_size_and_by_lying(parse: Parse) -> None:
    bomb = zipped({"xl/workbook.xml": bytes(64 * 1024 * 1024)})
    assert refused(parse("炸弹.xlsx", bomb)).code == "archive_bomb"
    plain = zipped({"xl/workbook.xml": os.urandom(200_000)})
    assert refused(parse("大包.xlsx", plain, limits=Limits(unpacked_bytes=100_000))).code == "archive_bomb"
    position = bomb.index(b"PK\x01\x02") + 24
    lying = bomb[:position] + struct.pack("<I", 1000) + bomb[position + 4 :]
    assert refused(parse("谎报.xlsx", lying)).code == "archive_bomb"


def test_symbolic_links_are_not_followed(parse: Parse, tmp_path: Path) -> None:
    (tmp_path / "真.txt").write_text("客户可以在网上国网交费。", encoding="utf-8")
    (tmp_path / "链接.txt").symlink_to(tmp_path / "真.txt")
    assert refused(parse("链接.txt")).code == "symlink"


def test_a_file_that_vanished(parse: Parse) -> None:
    parsed = parse("不在.txt")
    assert (refused(parsed).code, parsed.digest) == ("gone", "")


def test_a_folder_or_pipe_is_no_file(parse: Parse, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管道.txt")
    (tmp_path / "目录.txt").mkdir()
    assert refused(parse("管道.txt")).code == "not_a_file"
    assert refused(parse("目录.txt")).code == "not_a_file"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("问答.csv", good_xlsx(), "xlsx"),
        ("问答.txt", good_xlsx(), "xlsx"),
        ("问答.xls", good_xlsx(), "xlsx"),
        ("问答.xlsx", b"question,answer\nhow,so\n", "csv"),
        (
            "问答.docx",
            "<html><body><table><tr><td>问题</td><td>答案</td></tr><tr><td>甲</td><td>乙</td></tr></table></body>".encode(),
            "html",
        ),
    ],
)
def test_a_wrong_suffix_loads_by_content_with_a_warning(parse: Parse, name: str, data: bytes, kind: str) -> None:
    parsed = parse(name, data)
    (finding,) = parsed.findings
    assert (finding.code, finding.severity, parsed.rejected) == ("wrong_suffix", "warning", 0)
    assert kind in finding.message
    assert len(parsed.entries) == 1


def test_digests_are_those_of_the_bytes(parse: Parse) -> None:
    assert parse("a.txt", "abc").digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_discovery_is_ordered_and_leaves_out_what_is_not_for_reading(tmp_path: Path) -> None:
    for name in ("b.txt", "a/2.csv", "a/1.csv", ".hidden", "~$x.xlsx", "x.tmp", "zhida.toml", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "link.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    found = discover([tmp_path, tmp_path / "b.txt", tmp_path / "nothing"])
    assert [file.name for file in found.files] == ["a/1.csv", "a/2.csv", "b.txt"]
    assert [(f.code, f.file) for f in found.findings] == [
        ("symlink", "a/up"),
        ("symlink", "link.txt"),
        ("gone", "nothing"),
    ]


def test_a_file_given_by_itself_goes_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.txt").write_text("x", encoding="utf-8")
    assert [file.name for file in discover([tmp_path / "x" / "a.txt"]).files] == ["a.txt"]
