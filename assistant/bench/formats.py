"""How many passages a second each file format brings, from file to answerable, on an empty base."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

from assistant.bench.filling import ingest_timed
from assistant.bench.measuring import Job, gather
from assistant.jobs import BUNDLED
from assistant.runtime import open_runtime
from assistant.settings import load_settings
from eval.bench.texts import entries_of
from kb.domain.codec import entry_to_dict
from kb.domain.knowledge import Entry

Writer = Callable[[Path, Sequence[Entry]], None]


def clauses_of(entries: Sequence[Entry]) -> list[str]:
    """Return each entry's answer as a numbered clause, as a policy writes it."""
    return [f"第{number}条 {entry.branches[0].answer}" for number, entry in enumerate(entries, 1)]


def write_jsonl(path: Path, entries: Sequence[Entry]) -> None:
    """Write our own export format."""
    lines = (json.dumps(entry_to_dict(entry), ensure_ascii=False) for entry in entries)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_csv(path: Path, entries: Sequence[Entry]) -> None:
    """Write a sheet of questions and answers."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_sheet(entries))


def write_xlsx(path: Path, entries: Sequence[Entry]) -> None:
    """Write a workbook of questions and answers."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("问答")
    for row in _sheet(entries):
        sheet.append(row)
    book.save(path)


def write_markdown(path: Path, entries: Sequence[Entry]) -> None:
    """Write a policy of numbered clauses."""
    path.write_text("# 测速办法\n\n" + "\n\n".join(clauses_of(entries)) + "\n", encoding="utf-8")


def write_text(path: Path, entries: Sequence[Entry]) -> None:
    """Write the same policy as plain text."""
    path.write_text("测速办法\n" + "\n".join(clauses_of(entries)) + "\n", encoding="utf-8")


def write_html(path: Path, entries: Sequence[Entry]) -> None:
    """Write the same policy as a page."""
    body = "".join(f"<p>{escape(text)}</p>" for text in clauses_of(entries))
    head = "<head><meta charset='utf-8'><title>测速办法</title></head>"
    path.write_text(f"<html>{head}<body><h1>测速办法</h1>{body}</body></html>", encoding="utf-8")


def write_docx(path: Path, entries: Sequence[Entry]) -> None:
    """Write the same policy as a Word file."""
    from docx import Document

    document = Document()
    document.add_heading("测速办法", 1)
    for text in clauses_of(entries):
        document.add_paragraph(text)
    document.save(str(path))


def write_pptx(path: Path, entries: Sequence[Entry]) -> None:
    """Write one slide per entry."""
    from pptx import Presentation

    deck: Any = Presentation()
    for entry in entries:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = entry.question
        slide.placeholders[1].text = entry.branches[0].answer
    deck.save(str(path))


WRITERS: Mapping[str, Writer] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "xlsx": write_xlsx,
    "md": write_markdown,
    "txt": write_text,
    "html": write_html,
    "docx": write_docx,
    "pptx": write_pptx,
}
BUNDLED_ONLY = "pdf"
FORMATS = (*WRITERS, BUNDLED_ONLY)


def ingest_format(job: Job) -> dict[str, Any]:
    """Write one format (PDF: take the bundled ones, nothing here writes PDF) and ingest it into an empty base."""
    name, folder = job["format"], Path(job["folder"])
    source = folder / name
    source.mkdir(parents=True)
    with open_runtime(load_settings(data=folder / f"{name}.data"), write=True) as runtime:
        if name == BUNDLED_ONLY:
            paths = sorted(BUNDLED.glob("*.pdf"))
        else:
            entries = list(islice(entries_of(gather(runtime, job.get("texts")), job["entries"]), job["entries"]))
            paths = [source / f"测速.{name}"]
            WRITERS[name](paths[0], entries)
        megabytes = sum(path.stat().st_size for path in paths) / 1024**2
        return {"files": len(paths), "file_mb": round(megabytes, 2), **ingest_timed(runtime, paths)}


def _sheet(entries: Sequence[Entry]) -> list[list[str]]:
    rows = [[e.entry_id, e.question, "；".join(e.phrasings), e.branches[0].answer] for e in entries]
    return [["编号", "标准问题", "相似问", "答案"], *rows]
