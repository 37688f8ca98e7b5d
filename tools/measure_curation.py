"""Time what curators wait for on a large base: `python -m tools.measure_curation [--entries 50000] [--write]`.

One data folder of recombined real texts: an import of 20,000 rows beside 50,000 entries, the pages that list and show
them, then the base grown to 100,000 and published one entry at a time. `--write` puts the figures into
`docs/guide/curation-figures.md`.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from assistant.accounts import service, store
from assistant.accounts.policy import load_policy
from assistant.accounts.types import Account
from assistant.api.app import create_app
from assistant.bench.measuring import gather, peak_mb
from assistant.editing import views
from assistant.jobs import apply, plan_paths, plan_sheets, publish_drafts
from assistant.runtime import Runtime, open_runtime
from assistant.services import services_of
from assistant.settings import load_settings
from eval.bench.texts import entries_of
from eval.machine import machine_name
from ingest.exchange.writing import fits_a_sheet, write_entries
from kb.curation.lifecycle import Ref
from kb.domain.codec import entry_to_dict
from kb.domain.knowledge import Branch, Entry
from kb.text.rulefiles import RuleFiles
from tools.figures_page import write_figures

CURATOR, REVIEWER = "采编甲", "审核乙"
REPEATS = 15
Figures = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=50_000)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--publish-at", type=int, default=100_000)
    parser.add_argument("--publications", type=int, default=40)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    figures: Figures = {"machine": machine_name(), "entries": given.entries}
    with tempfile.TemporaryDirectory(prefix="zhida-curation-") as place:
        folder = Path(place)
        with open_runtime(load_settings(data=folder / "data"), write=True) as runtime:
            people(runtime)
            texts = _texts(runtime, given.entries + given.rows + given.publish_at)
            fill(runtime, folder / "base.jsonl", islice(texts, given.entries))
            figures["import"] = import_rows(runtime, folder / "rows.xlsx", list(islice(texts, given.rows)))
            print(json.dumps(figures, ensure_ascii=False), flush=True)
            figures["pages"] = pages(runtime)
            print(json.dumps(figures["pages"], ensure_ascii=False), flush=True)
            rest = given.publish_at - given.entries
            if rest > 0:
                fill(runtime, folder / "more.jsonl", islice(texts, rest))
            figures["publish"] = publish_one_by_one(runtime, given.publications)
    figures["peak_mb"] = peak_mb()
    print(json.dumps(figures, ensure_ascii=False))
    if given.write:
        write_figures("volume", figures)


def people(runtime: Runtime) -> None:
    """Open the two accounts."""
    at = runtime.clock.now()
    runtime.database.write(lambda c: service.create_account(c, CURATOR, "curator", at=at))
    runtime.database.write(lambda c: service.create_account(c, REVIEWER, "reviewer", at=at))


def person(runtime: Runtime, name: str) -> Account:
    """Return one of them with its permissions."""
    with runtime.database.read() as connection:
        found = store.find_account(connection, name)
    if found is None:
        raise LookupError(name)
    return load_policy(RuleFiles()).equip(found)


def _texts(runtime: Runtime, size: int) -> Iterator[Entry]:
    material = gather(runtime, None)
    return entries_of(material, size)


def fill(runtime: Runtime, path: Path, entries: Iterator[Entry]) -> None:
    """Ingest and publish entries."""
    with path.open("w", encoding="utf-8") as file:
        for entry in entries:
            file.write(json.dumps(entry_to_dict(entry), ensure_ascii=False) + "\n")
    job, plan = plan_paths(runtime, [path])
    apply(runtime, job, plan)
    publish_drafts(runtime, note="base", override="measure")


def import_rows(runtime: Runtime, path: Path, entries: Sequence[Entry]) -> Figures:
    """Import a workbook as a curator does: read, compare with what is stored, store as drafts."""
    write_entries([one for one in entries if fits_a_sheet(one)], path)
    begin = time.perf_counter()
    plan = plan_sheets(runtime, path, {})
    planned = time.perf_counter()
    ticks: list[int] = []
    decisions = runtime.desk.bring_in(person(runtime, CURATOR), plan, reason="导入", tick=ticks.append)
    stored = time.perf_counter()
    return {
        "rows": len(entries), **plan.counts(), "ticks": sum(ticks),
        "failed": sum(one.error is not None for one in decisions),
        "plan_s": round(planned - begin, 1), "store_s": round(stored - planned, 1),
        "total_s": round(stored - begin, 1),
    }  # fmt: skip


def pages(runtime: Runtime) -> Figures:
    """Time each page of the console and each list of the command line, milliseconds."""
    at = runtime.clock.now()
    key = runtime.database.write(lambda c: service.issue_key(c, CURATOR, "measure", at=at))
    services = replace(services_of(runtime), settings=replace(runtime.settings, key_rate=10_000))
    client = TestClient(create_app(services))
    headers = {"Authorization": f"Bearer {key}"}
    one = next(iter(runtime.library.shelf.catalogue.entries))

    def search(**query: str | int) -> Callable[[], object]:
        return lambda: client.post("/api/v1/entries/search", headers=headers, json=query).raise_for_status()

    def get(path: str) -> Callable[[], object]:
        return lambda: client.get(path, headers=headers).raise_for_status()

    release = runtime.library.shelf.release
    steps: dict[str, Callable[[], object]] = {
        "条目列表 第一页": search(limit=50),
        "条目列表 最后几页": search(limit=50, offset=60_000),
        "按词搜索": search(q="电费"),
        "按两个词搜索": search(q="电表 走得快"),
        "搜不到的词": search(q="没有这样的词语"),
        "按类别": search(category="电价电费"),
        "只看草稿": search(stage="草稿"),
        "一个条目": get(f"/api/v1/entries/{one}"),
        "一个条目的历史": get(f"/api/v1/entries/{one}/versions"),
        "命令行 条目列表": lambda: runtime.desk.page(stage="", search="", limit=50),
        "命令行 按字搜索": lambda: runtime.desk.page(stage="", search="电费", limit=50),
        "命令行 已过期": lambda: runtime.desk.page(stage="已过期", search="", limit=50),
        "待审队列": runtime.desk.waiting,
        "发布列表": lambda: views.release_rows(runtime.database),
        "两版比较": lambda: views.release_diff(runtime.database, release - 1 or 1, release),
    }
    return {name: _timed(step) for name, step in steps.items()}


def publish_one_by_one(runtime: Runtime, count: int) -> Figures:
    """Publish one changed entry at a time; each is asked for right after, and must be there."""
    hand, boss = person(runtime, CURATOR), person(runtime, REVIEWER)
    took, missed = [], 0
    for number in range(count):
        sign = f"量测{number}号口径"
        new = Entry(
            entry_id=f"P{number:04d}", kind="标问", question=f"{sign}是什么", branches=(Branch(answer=f"{sign}在此。"),)
        )
        version = runtime.desk.save(hand, new, expected=0, reason="量测")
        ref = Ref(kind="entry", item_id=new.entry_id, version=version)
        runtime.desk.submit(hand, [ref])
        runtime.desk.approve(boss, [ref])
        begin = time.perf_counter()
        runtime.desk.publish(boss, override="量测")
        took.append(time.perf_counter() - begin)
        found = runtime.assistant.suggest(new.question, explain=True).candidates or ()
        missed += new.entry_id not in {one.entry_id for one in found}
    held = runtime.library.shelf.catalogue
    return {
        "passages": len(held.entries) + len(held.passages), "publications": count, "not_answerable": missed,
        **_spread([second * 1000 for second in took]),
    }  # fmt: skip


def _timed(step: Callable[[], object]) -> Figures:
    took = []
    for _turn in range(REPEATS):
        begin = time.perf_counter()
        step()
        took.append((time.perf_counter() - begin) * 1000)
    return _spread(took)


def _spread(took: Sequence[float]) -> Figures:
    ordered = sorted(took)
    return {
        "first_ms": round(took[0], 1), "p50_ms": round(statistics.median(ordered), 1),
        "p99_ms": round(ordered[math.ceil(len(ordered) * 0.99) - 1], 1),
    }  # fmt: skip


if __name__ == "__main__":
    main()
