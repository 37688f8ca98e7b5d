"""Killed in the middle of a publication, an import or a roll-back: the old release or the new one, nothing between."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from kb.store.database import Database
from kb.store.lineage import in_release, newest
from kb.store.releases import list_releases
from kb.store.versions import ENTRIES
from tests.assistant.editing.conftest import Office

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("KILLS", "5"))  # `KILLS=50 python -m pytest tests/assistant/editing/test_kill.py`

WORKER = """
import datetime as dt, sys
from contextlib import ExitStack
from pathlib import Path
from assistant.accounts.policy import load_policy
from assistant.accounts.types import Account
from assistant.editing.desk import Desk
from assistant.editing.gate import Gate
from ingest.exchange.planning import ImportPlan, Line
from ingest.exchange.reading import Sheets
from kb.curation.encoders import EncoderChoice
from kb.curation.library import Library
from kb.curation.lifecycle import Ref
from kb.domain.clock import SystemClock
from kb.domain.knowledge import Branch, Entry
from kb.search.ranker import load_ranker
from kb.store.database import Database
from kb.store.versions import ENTRIES
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import load_analyser
import kb.search
data, cache, job = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
clock = SystemClock()
policy = load_policy(RuleFiles())
boss = policy.equip(Account(name="王", role="reviewer", disabled=False, created_at=clock.now()))
hand = policy.equip(Account(name="李", role="curator", disabled=False, created_at=clock.now()))
ranker = load_ranker(Path(kb.search.__file__).parent / "models" / "ranker.json")
with Database(data, write=True) as database:
    library = Library(database, load_analyser(RuleFiles(), cache), ranker, EncoderChoice("tiny"))
    gate = Gate(lambda shelf: None, data, clock, bundled=cache)
    desk = Desk(library, clock, str, gate)
    print("ready", flush=True)
    number = library.shelf.release
    for turn in range(10_000):
        if job == "import":
            heads = desk.known()
            signs = {int(one.entry.branches[0].answer) for one in heads.values()}
            sign = str(max(signs, default=0) + 1)
            lines = [
                Line(
                    step="changed", entry_id=f"E{place:03}", question="问", sheet="", row=place,
                    expected=heads[f"E{place:03}"].version if heads else 0,
                    entry=Entry(
                        entry_id=f"E{place:03}", kind="标问", question=f"第{place}问", branches=(Branch(answer=sign),)
                    ),
                )
                for place in range(200)
            ]
            plan = ImportPlan(sheets=Sheets(name="a.xlsx"), lines=tuple(lines))
            assert all(one.error is None for one in desk.bring_in(hand, plan, reason="导入"))
            print(f"{sign} {sign}", flush=True)
            continue
        if job == "rollback" and number >= 2:
            done = desk.roll_back(boss, number - 1, reason="试").release
        else:
            heads = {one.entry_id: one.head.version for one in desk.standings()}
            refs = []
            for place in range(5):
                item, sign = f"E{place:02}", f"{number + 1}"
                new = Entry(entry_id=item, kind="标问", question=f"第{place}问", branches=(Branch(answer=sign),))
                version = desk.save(hand, new, expected=heads.get(item, 0), reason="改")
                refs.append(Ref(kind="entry", item_id=item, version=version))
            desk.submit(hand, refs)
            desk.approve(boss, refs)
            done = desk.publish(boss).release
        number = done.number
        answers = sorted({entry.branches[0].answer for entry in library.shelf.catalogue.entries.values()})
        print(f"{number} {','.join(answers)}", flush=True)
"""
pytestmark = pytest.mark.slow


def killed(data: Path, cache: Path, job: str, delay: float) -> list[tuple[int, str]]:
    """Run a worker, kill it `delay` seconds after its first acknowledgement, and return all it acknowledged."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(data), str(cache), job], cwd=ROOT, text=True, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    first = process.stdout.readline()
    time.sleep(delay)
    process.kill()
    rest, _ = process.communicate()
    lines = [line.split(" ", 1) for line in (first + rest).split("\n")[:-1] if line]
    return [(int(number), said) for number, said in lines]


@pytest.mark.parametrize("job", ["publish", "rollback"])
def test_a_kill_leaves_the_old_release_or_the_new(
    job: str, tmp_path: Path, open_office: Callable[[ExitStack, Path, Path], Office]
) -> None:
    data, cache = tmp_path / "data", tmp_path / "cache"
    cache.mkdir()
    acknowledged: dict[int, str] = {}
    for turn in range(KILLS):
        acknowledged |= dict(killed(data, cache, job, 0.01 + 0.13 * (turn % 8) + 0.007 * (turn // 8)))
        with ExitStack() as stack:
            office = open_office(stack, data, cache)
            release = office.library.shelf.release
            answers = {entry.branches[0].answer for entry in office.library.shelf.catalogue.entries.values()}
            assert release >= max(acknowledged, default=0), "an acknowledged release was lost"
            assert len(answers) == (1 if release else 0), "a release between two releases"
            found = office.assistant.suggest("第3问", explain=True)
            assert {one.answer for one in found.candidates or ()} <= answers
    assert len(acknowledged) >= KILLS
    with Database(data) as database, database.read() as connection:
        for number, said in acknowledged.items():
            held = {v.payload["branches"][0]["answer"] for v in in_release(connection, ENTRIES, number).values()}
            assert ",".join(sorted(held)) == said
        numbers = [release.number for release, origin in list_releases(connection) if origin is not None]
    assert numbers == list(range(len(numbers), 0, -1))


def test_a_kill_leaves_an_import_whole_or_not_begun(tmp_path: Path) -> None:
    data, cache = tmp_path / "data", tmp_path / "cache"
    cache.mkdir()
    for turn in range(KILLS):
        acknowledged = killed(data, cache, "import", 0.01 + 0.09 * (turn % 8) + 0.005 * (turn // 8))
        with Database(data) as database, database.read() as connection:
            heads = newest(connection, ENTRIES)
        answers = {int(head.payload["branches"][0]["answer"]) for head in heads.values()}
        assert (len(heads), len(answers)) == (200, 1), "half an import"
        assert answers.pop() >= acknowledged[-1][0], "an acknowledged import was lost"
