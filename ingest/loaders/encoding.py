"""Bytes to text: strict decoders first, guessing last."""

from __future__ import annotations

import codecs
import re

from ingest.errors import FileRefused

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_MAX_CONTROL = 0.02
MAX_BROKEN = 0.02
SAMPLE = 20_000
COMMON_SHARE = 0.85  # real texts here measure 0.999, Big5 misread as GB18030 0.4 to 0.65
_TRIED = ["utf_8", "gb18030", "gbk", "gb2312"]
_PLAUSIBLE = re.compile(r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffefA-Za-z0-9\s!-/:-@\[-`{-~“”‘’…—·×°±≤≥①-⑳Ⅰ-Ⅻ√→℃‰㎡]")


def decode(data: bytes) -> str:
    """Return the text of UTF-8, UTF-16 or GB18030 bytes, newlines as LF.

    Raises:
        FileRefused: `binary` when the bytes are no text in any of them.
    """
    text = _decode(data)
    if len(_CONTROL.findall(text)) > _MAX_CONTROL * len(text):
        raise binary()
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(data: bytes) -> str:
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _strict(data, name) or _guess(data)
    wide = _wide(data)
    if wide:
        return _strict(data, wide) or _guess(data)
    if b"\x00" in data:
        raise binary()
    for name in ("utf-8", "gb18030"):
        text = _strict(data, name)
        if text is not None and (name == "utf-8" or (_reads_well(text) and _is_common(text))):
            return text
    refuse_damaged(data)
    return _guess(data)


def refuse_damaged(data: bytes) -> None:
    """Refuse UTF-8 with a few broken bytes, and say where: a guess would turn all of it into other words.

    Raises:
        FileRefused: `bad_encoding`.
    """
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken > 3 + MAX_BROKEN * len(text) or not _reads_well(text):
        return
    row = text[: text.index("\ufffd")].count("\n") + 1
    raise FileRefused(
        "bad_encoding",
        f"文字编码有损坏：第 {row} 行有读不出来的字节（共 {broken} 处）",
        hint="请用记事本或 WPS 打开，改好这些乱码后另存为 UTF-8",
    )


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _wide(data: bytes) -> str | None:
    """Tell UTF-16 without a BOM by where its zero bytes (of ASCII and line ends) stand."""
    head = data[:4096]
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if max(odd, even) * 20 < len(head) or min(odd, even) * 4 > max(odd, even):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _reads_well(text: str) -> bool:
    """Whether nearly all characters are those of Chinese office text."""
    sample = text[:SAMPLE]
    return len(_PLAUSIBLE.findall(sample)) >= 0.9 * len(sample)


def _is_common(text: str) -> bool:
    """Whether most Chinese characters are of the 3,755 common ones; GB18030 turns almost any bytes into rare ones."""
    chinese = [char.encode("gb2312", "ignore") for char in text[:SAMPLE] if "\u4e00" <= char <= "\u9fff"]
    return sum(b"\xb0" <= code[:1] <= b"\xd7" for code in chinese) >= COMMON_SHARE * len(chinese)


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000], threshold=0.2, cp_exclusion=_TRIED).best()
    text = _strict(data, best.encoding) if best else None
    if text is None or not _reads_well(text):
        raise binary()
    return text


def binary() -> FileRefused:
    """Return the refusal of bytes that are no text and no known format."""
    return FileRefused(
        "binary", "不是文本，也不是认识的文档格式", hint="支持 xlsx、xls、csv、docx、pptx、pdf、html、md、txt、jsonl"
    )
