"""Seconds of each report over a large base: `python -m tools.measure_watchers [--entries 50000]`.

Fills a data folder with real entries and recombinations of real sentences (see `eval/bench/texts.py`), every figure of
a recombined answer replaced by one drawn at random, so that sides agree and disagree as they please.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.bench.measuring import gather
from assistant.runtime import Runtime, open_runtime
from assistant.settings import load_settings
from eval.bench.texts import Material, entries_of
from kb.curation.watch.rules import load_watch_rules
from kb.curation.watch.run import Watchers
from kb.curation.watch.types import KINDS, Kind
from kb.domain.knowledge import Branch, Entry
from kb.store import records
from kb.store.versions import Change

NUMBER = re.compile(r"(?<![\d.])\d{1,3}(?![\d.])")
USED: tuple[Kind, ...] = ("never_shown", "not_chosen")


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill a folder and time every report over it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=50_000)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="zhida-watch-") as place:
        settings = load_settings(data=Path(place) / "data")
        with open_runtime(settings, write=True) as runtime:
            material = gather(runtime, None)
            fill(runtime, material, given.entries)
            report(runtime)


def fill(runtime: Runtime, material: Material, size: int) -> None:
    """Publish a base of `size` entries."""
    change = Change(author="bench", reason="bench", at=runtime.clock.now())
    made = [(entry, 0) for entry in shaken(entries_of(material, size), seed=95598)]
    runtime.database.write(lambda connection: records.put_entries(connection, made, change))
    started = time.perf_counter()
    runtime.library.publish(at=change.at, note="bench")
    print(f"published {size} entries in {time.perf_counter() - started:.0f} s")


def shaken(entries: Iterator[Entry], *, seed: int) -> Iterator[Entry]:
    """Yield entries with other figures in recombined answers."""
    generator = random.Random(seed)
    for entry in entries:
        if not entry.entry_id.startswith("M"):
            yield entry
            continue
        answer = NUMBER.sub(lambda _match: str(generator.randint(1, 60)), entry.branches[0].answer)
        yield replace(entry, branches=(Branch(answer=answer),))


def report(runtime: Runtime) -> None:
    """Print how long each report takes from a cold start, and how much it finds."""
    rules, today = load_watch_rules(runtime.files), runtime.clock.now().date()
    shelf = runtime.library.shelf
    for kind in KINDS:
        started = time.perf_counter()
        if kind in USED:
            made = runtime.watch.report(None, kind)
            count = made.total if made is not None else 0
        else:
            count = len(Watchers(shelf, rules, today).report(kind))
        print(f"{kind}: {time.perf_counter() - started:.1f} s, {count} findings", flush=True)


if __name__ == "__main__":
    main()
