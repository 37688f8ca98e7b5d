"""Filling a base of a given size from files, the way a customer's files come in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from assistant.bench.measuring import Job, gather, peak_mb, seconds
from assistant.jobs import apply, plan_paths, publish_drafts
from assistant.runtime import Runtime, open_runtime
from assistant.settings import load_settings
from eval.bench.texts import entries_of, fresh_question
from kb.domain.codec import entry_to_dict
from kb.domain.knowledge import Entry

PER_FILE = 20_000
SOURCES = "texts"
FRESH = "fresh.json"
FRESH_QUESTIONS = 20


def write_texts(job: Job) -> dict[str, Any]:
    """Write a base's entries as JSON Lines files under `folder`; say what they are made of."""
    target = Path(job["folder"]) / SOURCES
    target.mkdir(parents=True, exist_ok=True)
    with open_runtime(load_settings(data=Path(job["folder"])), write=True) as runtime:
        material = gather(runtime, job.get("texts"))
    size = int(job["entries"])
    entries, characters = entries_of(material, size), 0
    for number in range(0, size, PER_FILE):
        characters += _write(target / f"{number:07d}.jsonl", islice(entries, PER_FILE))
    fresh = [fresh_question(material, number) for number in range(FRESH_QUESTIONS)]
    (Path(job["folder"]) / FRESH).write_text(json.dumps(fresh, ensure_ascii=False), encoding="utf-8")
    return {
        "real": material.real(size),
        "recombined": size - material.real(size),
        "made_of": material.statement(size),
        "characters_per_entry": round(characters / size, 1),
    }


def _write(path: Path, entries: Iterable[Entry]) -> int:
    """Write entries; return how many characters of text they hold."""
    characters = 0
    with path.open("w", encoding="utf-8") as file:
        for entry in entries:
            file.write(json.dumps(entry_to_dict(entry), ensure_ascii=False) + "\n")
            characters += sum(map(len, (entry.question, *entry.phrasings, *(b.answer for b in entry.branches))))
    return characters


def fill(job: Job) -> dict[str, Any]:
    """Ingest and publish the written files into `data`: read, store, publish, and the peak of memory."""
    with open_runtime(load_settings(data=Path(job["data"])), write=True) as runtime:
        figures = ingest_timed(runtime, [Path(job["folder"]) / SOURCES])
    return {**figures, "peak_mb": peak_mb(), "disk_mb": _disk_mb(Path(job["data"]))}


def ingest_timed(runtime: Runtime, paths: list[Path]) -> dict[str, Any]:
    """Ingest and publish, each step timed; `per_second` counts entries and passages over all steps together."""
    figures: dict[str, Any] = {}
    with seconds(figures, "read_s"):
        job, plan = plan_paths(runtime, paths)
    with seconds(figures, "store_s"):
        apply(runtime, job, plan)
    rejected = plan.rejected
    del plan
    with seconds(figures, "publish_s"):
        release = publish_drafts(runtime, note="bench")
    total = figures["read_s"] + figures["store_s"] + figures["publish_s"]
    passages = release.entries + release.passages
    counted = {"passages": passages, "rejected": rejected, "total_s": round(total, 3)}
    return {**figures, **counted, "per_second": round(passages / total, 1) if total else None}


def _disk_mb(folder: Path) -> float:
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1024**2, 1)
