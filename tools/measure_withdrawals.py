"""Ask for what was taken down: `python -m tools.measure_withdrawals [--queries 10000] [--write]`.

On the bundled knowledge, entries are withdrawn and others expire while askers keep asking for exactly those. A query
that starts after the acknowledgement must not name or quote what is gone, on any path of the suggestion. `--write` puts
the figures into `docs/guide/curation-figures.md`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from assistant.accounts.policy import load_policy
from assistant.accounts.types import Account
from assistant.jobs import BUNDLED, ingest_and_publish
from assistant.runtime import Runtime, open_runtime
from assistant.settings import load_settings
from eval.machine import machine_name
from kb.curation.lifecycle import Ref
from kb.domain.clock import CHINA, FixedClock, SystemClock
from kb.domain.knowledge import Entry
from kb.domain.validity import Validity
from kb.text.rulefiles import RuleFiles
from tools.figures_page import write_figures

ASKERS = 3
WITHDRAWN, EXPIRING = 30, 10
SHORTEST_QUOTE = 12


@dataclass
class Gone:
    """What may not be answered any more, grown by acknowledgements, and the entries that will follow."""

    entries: dict[str, Entry] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, entry: Entry) -> None:
        """Note an acknowledgement."""
        with self.lock:
            self.entries[entry.entry_id] = entry

    def now(self) -> dict[str, Entry]:
        """Return what is gone at this moment."""
        with self.lock:
            return dict(self.entries)


@dataclass
class Tally:
    """Queries begun after an acknowledgement of what they ask for, and those that still showed something of it."""

    queries: int = 0
    leaks: list[str] = field(default_factory=list)
    over: bool = False


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print one JSON object; leave with 1 when anything leaked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="zhida-withdrawn-") as place:
        clock = FixedClock(SystemClock().now().astimezone(CHINA))
        with open_runtime(load_settings(data=Path(place)), write=True, clock=clock) as runtime:
            ingest_and_publish(runtime, [BUNDLED], note="bundled")
            tally = measure(runtime, clock, given.queries)
    figures = {
        "machine": machine_name(), "askers": ASKERS, "withdrawn": WITHDRAWN, "expired": EXPIRING,
        "queries": tally.queries, "leaks": len(tally.leaks),
    }  # fmt: skip
    print(json.dumps({**figures, "first": tally.leaks[:5]}, ensure_ascii=False))
    if given.write:
        write_figures("withdrawn", figures)
    if tally.leaks:
        raise SystemExit(1)


def measure(runtime: Runtime, clock: FixedClock, queries: int) -> Tally:
    """Take entries down one by one while askers ask for what is gone and what will be."""
    chosen = _chosen(runtime)
    gone, tally = Gone(), Tally()
    per_step = queries // (WITHDRAWN + 2) + 1
    step = threading.Condition()
    askers = [threading.Thread(target=_ask, args=(runtime, chosen, gone, tally, step, seed)) for seed in range(ASKERS)]
    for asker in askers:
        asker.start()
    boss = load_policy(RuleFiles()).equip(Account(name="王", role="reviewer", disabled=False, created_at=clock.now()))
    for number, entry in enumerate(chosen, start=1):
        runtime.desk.withdraw_now(boss, entry.entry_id, reason="量测")
        gone.add(entry)
        _wait(step, tally, number * per_step)
    for entry in _expire(runtime, clock, boss):
        gone.add(entry)
        chosen.append(entry)
    _wait(step, tally, queries)
    tally.over = True
    for asker in askers:
        asker.join()
    return tally


def _wait(step: threading.Condition, tally: Tally, queries: int) -> None:
    with step:
        step.wait_for(lambda: tally.queries >= queries)


def _chosen(runtime: Runtime) -> list[Entry]:
    """Return entries to take down."""
    return random.Random(7).sample(_telling(runtime), WITHDRAWN)


def _telling(runtime: Runtime) -> list[Entry]:
    """Return the entries in force that say what no other knowledge says: quoting one of them is a leak for sure."""
    held = runtime.library.shelf.catalogue
    answers = [branch.answer for entry in held.entries.values() for branch in entry.branches]
    every = "\n".join([*answers, *(found.passage.text for found in held.passages.values())])
    return [
        entry
        for entry in held.entries.values()
        if entry.kind != "guard" and entry.phrasings and all(every.count(b.answer) == 1 for b in entry.branches)
    ]


def _expire(runtime: Runtime, clock: FixedClock, boss: Account) -> list[Entry]:
    """Publish entries that end tomorrow, then let tomorrow come."""
    hand = load_policy(RuleFiles()).equip(Account(name="李", role="curator", disabled=False, created_at=clock.now()))
    ending = random.Random(11).sample(_telling(runtime), EXPIRING)
    tomorrow = clock.now().date() + dt.timedelta(days=1)
    refs = []
    for entry in ending:
        head = runtime.desk.standings([entry.entry_id])[0].head.version
        until = replace(entry, validity=Validity(valid_from=entry.validity.valid_from, valid_to=tomorrow))
        version = runtime.desk.save(hand, until, expected=head, reason="明天失效")
        refs.append(Ref(kind="entry", item_id=entry.entry_id, version=version))
    runtime.desk.submit(hand, refs)
    runtime.desk.approve(boss, refs)
    runtime.desk.publish(boss, override="量测")
    for entry in ending:
        runtime.assistant.suggest(entry.question)
    clock.moment += dt.timedelta(days=1)
    return ending


def _ask(runtime: Runtime, chosen: list[Entry], gone: Gone, tally: Tally, step: threading.Condition, seed: int) -> None:
    generator = random.Random(seed)
    while not tally.over:
        before = gone.now()
        entry = generator.choice(list(before.values()) if before and generator.random() < 0.9 else chosen)
        said = generator.choice([entry.question, *entry.phrasings, entry.branches[0].answer[:60]])
        found = asdict(runtime.assistant.suggest(said, explain=True))
        leak = leaked(found, before)
        with step:
            tally.queries += entry.entry_id in before
            if leak:
                tally.leaks.append(f"{said} → {leak}")
            step.notify_all()


def leaked(found: Mapping[str, Any], gone: Mapping[str, Entry]) -> str:
    """Return what a suggestion still shows of entries that are gone; empty when nothing."""
    named = [*found["answers"], *(found["candidates"] or ()), *found["nearby"], *found["hints"]]
    for one in named:
        if one["entry_id"] in gone:
            return str(one["entry_id"])
    shown = json.dumps([{k: v for k, v in one.items() if k != "why"} for one in named], ensure_ascii=False)
    for entry in gone.values():
        for branch in entry.branches:
            if len(branch.answer) >= SHORTEST_QUOTE and json.dumps(branch.answer, ensure_ascii=False)[1:-1] in shown:
                return f"{entry.entry_id} 的答案"
    return ""


if __name__ == "__main__":
    main()
