"""Entries as a workbook, as CSV or as JSON Lines, so that importing the file gives the same entries."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ingest.chunk import fields
from ingest.errors import CannotExport
from ingest.exchange.columns import field_names, tamed
from kb.domain.codec import entry_to_dict
from kb.domain.knowledge import Entry

ORDER = (
    "id", "kind", "question", "phrasings", "when", "answer", "categories", "sources", "visibility", "valid_from",
    "valid_to", "flags", "hints", "topics", "owner", "region",
)  # fmt: skip
FORMATS = (".xlsx", ".csv", ".jsonl")
NOTES = {
    "id": "必填，保持不变；再导入时按它认出同一条",
    "question": "必填",
    "phrasings": "客户真会说的话，一行一句",
    "when": "名称=取值；同一编号写几行就是几个分支",
    "answer": "必填，可以直接念的话",
    "visibility": "对外 或 内部",
    "valid_to": "从这一天起不再答；留空为不限",
}
Rows = list[list[str]]


def write_entries(entries: Sequence[Entry], path: Path) -> int:
    """Write entries to `.xlsx`, `.csv` or `.jsonl`; the file appears only when complete. Return how many.

    Raises:
        CannotExport: another suffix, an entry a sheet cannot hold unchanged, or the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise CannotExport(f"不认识的格式：{path.name}", hint=f"可用：{'、'.join(FORMATS)}")
    if suffix == ".jsonl":
        lines = (json.dumps(entry_to_dict(entry), ensure_ascii=False) + "\n" for entry in entries)
        return _save(path, "".join(lines).encode(), len(entries))
    bad = [entry.entry_id for entry in entries if not fits_a_sheet(entry)]
    if bad:
        named = "、".join(bad[:5])
        raise CannotExport(
            f"{len(bad)} 条放不进表格而不走样（护栏，或内容里有分隔符）：{named}",
            hint="请导出为 .jsonl，或先改这些条目",
        )
    rows = [header(), *(row for entry in entries for row in entry_rows(entry))]
    return _save(path, _workbook(rows) if suffix == ".xlsx" else _csv(rows), len(entries))


def write_template(path: Path) -> None:
    """Write an empty workbook with every column and a note on what to put there.

    Raises:
        CannotExport: not `.xlsx`, or the file cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise CannotExport(f"模板是 .xlsx 文件，写的是 {path.name}")
    _save(path, _workbook([header()], notes=True), 0)


def header() -> list[str]:
    """Return the column names of an export."""
    names = field_names()
    return [names[field] for field in ORDER]


def entry_rows(entry: Entry) -> Iterator[list[str]]:
    """Yield one row per branch; what belongs to the entry stands in the first."""
    for place, branch in enumerate(entry.branches):
        cells = cells_of(entry) if place == 0 else {"id": entry.entry_id}
        cells["when"] = "；".join(f"{name}={value}" for name, value in branch.when.items())
        cells["answer"] = branch.answer
        yield [cells.get(field, "") for field in ORDER]


def cells_of(entry: Entry) -> dict[str, str]:
    """Return what stands in an entry's first row."""
    validity = entry.validity
    return {
        "id": entry.entry_id,
        "kind": entry.kind,
        "question": entry.question,
        "phrasings": "\n".join(entry.phrasings),
        "categories": "、".join(entry.categories),
        "sources": "\n".join(source.document + source.locator for source in entry.sources),
        "visibility": entry.visibility,
        "valid_from": validity.valid_from.isoformat() if validity.valid_from else "",
        "valid_to": validity.valid_to.isoformat() if validity.valid_to else "",
        "flags": "、".join(entry.flags),
        "hints": "、".join(entry.hints),
        "topics": "、".join(entry.topics),
        "owner": entry.owner,
        "region": entry.region or "",
    }


def fits_a_sheet(entry: Entry) -> bool:
    """Whether reading the entry's cells gives back the same values."""
    cells = cells_of(entry)
    lists = ((cells["flags"], entry.flags), (cells["hints"], entry.hints), (cells["topics"], entry.topics))
    texts = [entry.question, entry.owner, *(branch.answer for branch in entry.branches)]
    return (
        entry.kind != "guard"
        and fields.phrasings(cells["phrasings"]) == entry.phrasings
        and fields.sources(cells["sources"]) == entry.sources
        and all(fields.several(text) == values for text, values in lists)
        and fields.several(cells["categories"].replace("/", "、")) == entry.categories
        and all(text == text.strip() and "\r" not in text and _printable(text) for text in texts)
        and all(_condition(branch.when) for branch in entry.branches)
        and len({tuple(sorted(branch.when.items())) for branch in entry.branches}) == len(entry.branches)
        and entry.question not in entry.phrasings
    )


def _condition(when: object) -> bool:
    facts = dict(when) if isinstance(when, dict) else {}
    try:
        return fields.conditions("；".join(f"{name}={value}" for name, value in facts.items())) == facts
    except fields.UnknownValue:
        return False


def _printable(text: str) -> bool:
    return all(char in {"\n", "\t"} or ord(char) >= 32 for char in text)


def _csv(rows: Rows) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows([tamed(text) for text in row] for row in rows)
    return ("\ufeff" + stream.getvalue()).encode()


def _workbook(rows: Iterable[Sequence[str]], *, notes: bool = False) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.comments import Comment

    book = Workbook(write_only=True)
    sheet = book.create_sheet("条目")
    for number, row in enumerate(rows):
        cells = []
        for field, text in zip(ORDER, row, strict=True):
            cell = WriteOnlyCell(sheet, value=text or None)
            if text:
                cell.data_type = "s"  # a text that begins with = stays a text
            if notes and number == 0 and field in NOTES:
                cell.comment = Comment(NOTES[field], "zhida")
            cells.append(cell)
        sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _save(path: Path, data: bytes, count: int) -> int:
    pending = path.with_name(path.name + ".part")
    try:
        pending.write_bytes(data)
        pending.replace(path)
    except OSError as error:
        raise CannotExport(f"写不进去：{path}（{error.strerror}）", hint="请换一个可写的位置") from None
    return count
