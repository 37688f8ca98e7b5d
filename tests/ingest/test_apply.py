"""Applying: a transaction per file, cut anywhere and run again, with real files and a real killed process."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.apply import apply_plan
from ingest.errors import NothingToDo
from ingest.job import Job, plan_job, run_job
from ingest.plan import Plan
from kb.domain.errors import StaleVersion
from kb.store import records
from kb.store.database import Database
from kb.store.versions import ENTRIES
from tests.kb.builders import AT, CHANGE, entry
from tests.records import lay_records

ROOT = Path(__file__).parents[2]
TODAY = dt.date(2026, 11, 22)
KILLED = """
import os, signal, sys
from pathlib import Path
from ingest.job import plan_job
from ingest.apply import apply_plan
from kb.store.database import Database
from tests.ingest.test_apply import CHANGE, job_of
def die(name):
    if name == "b.csv":
        os.kill(os.getpid(), signal.SIGKILL)
with Database(Path(sys.argv[1]), write=True) as database:
    job = job_of(Path(sys.argv[2]))
    apply_plan(plan_job(job, database), database, CHANGE, settings=job.settings, tick=die)
"""


def job_of(*paths: Path) -> Job:
    return Job(paths=paths, categories=("电价电费",), today=TODAY)


def sheet(folder: Path, name: str, **rows: str) -> Path:
    """Write a Q&A sheet of id=answer pairs."""
    folder.mkdir(exist_ok=True)
    body = "".join(f"{key},问题{key},{answer}\n" for key, answer in rows.items())
    (folder / name).write_text("编号,标准问题,答案\n" + body, encoding="utf-8")
    return folder / name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in "abc":
        sheet(tmp_path / "in", f"{name}.csv", **{f"{name}1": "甲", f"{name}2": "乙"})
    return tmp_path / "in"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(lay_records(tmp_path / "data"), write=True) as opened:
        yield opened


def ingest(database: Database, folder: Path) -> Plan:
    job = job_of(folder)
    plan = plan_job(job, database)
    run_job(job, plan, database, CHANGE)
    return plan


def published(database: Database) -> dict[str, str]:
    """Publish, and return what answers: id -> answer."""
    database.write(lambda connection: records.publish(connection, at=AT, note=""))
    with database.read() as connection:
        number = records.current_release(connection)
        return {e.entry_id: e.branches[0].answer for e in records.entries_in(connection, number)}


def ids(database: Database) -> set[str]:
    with database.read() as connection:
        return set(ENTRIES.heads(connection))


def test_a_plan_writes_nothing(database: Database, folder: Path) -> None:
    assert plan_job(job_of(folder), database).counts()["created"] == 6
    assert ids(database) == set()


def test_a_second_ingest_skips_every_file(database: Database, folder: Path) -> None:
    ingest(database, folder)
    again = plan_job(job_of(folder), database)
    assert (again.skipped, again.files, again.rejected) == (3, (), 0)


def test_other_categories_read_every_file_again_and_find_it_unchanged(database: Database, folder: Path) -> None:
    ingest(database, folder)
    again = plan_job(Job(paths=[folder], categories=("停电信息",), today=TODAY), database)
    assert (again.skipped, again.counts()["unchanged"]) == (0, 6)


def test_a_changed_row_changes_and_a_removed_row_is_withdrawn(database: Database, folder: Path) -> None:
    ingest(database, folder)
    assert published(database)["a2"] == "乙"
    sheet(folder, "a.csv", a1="丙")
    counts = ingest(database, folder).counts()
    assert (counts["changed"], counts["removed"], counts["created"]) == (1, 1, 0)
    after = published(database)
    assert after["a1"] == "丙"
    assert "a2" not in after
    assert len(after) == 5


def test_cut_between_files_leaves_whole_files_and_a_rerun_finishes(database: Database, folder: Path) -> None:
    job = job_of(folder)

    def cut(_name: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_plan(plan_job(job, database), database, CHANGE, settings=job.settings, tick=cut)
    assert ids(database) == {"a1", "a2"}
    assert ingest(database, folder).skipped == 1
    assert len(published(database)) == 6


def test_a_killed_process_leaves_whole_files_and_a_rerun_finishes(tmp_path: Path, folder: Path) -> None:
    script = [sys.executable, "-c", KILLED, str(tmp_path / "data"), str(folder)]
    done = subprocess.run(script, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with Database(tmp_path / "data", write=True) as database:
        assert ids(database) == {"a1", "a2", "b1", "b2"}
        assert ingest(database, folder).skipped == 2
        assert len(published(database)) == 6


def test_somebody_elses_edit_stops_its_file_whole_and_keeps_the_ones_before(database: Database, folder: Path) -> None:
    job = job_of(folder)
    plan = plan_job(job, database)
    edit = entry("b2", "问题b2", answer="采编改过")
    database.write(lambda connection: records.put_entry(connection, edit, CHANGE, expected=0))
    with pytest.raises(StaleVersion):
        run_job(job, plan, database, CHANGE)
    assert ids(database) == {"a1", "a2", "b2"}


def test_one_broken_file_leaves_the_others_and_is_reported_again(database: Database, folder: Path) -> None:
    (folder / "b.csv").write_bytes(b"\x00\x01\x02\xff" * 50)
    for created, skipped in ((4, 0), (0, 2)):
        plan = ingest(database, folder)
        assert (plan.counts()["created"], plan.rejected, plan.skipped) == (created, 1, skipped)
        assert [finding.file for finding in plan.findings] == ["b.csv"]
    assert set(published(database)) == {"a1", "a2", "c1", "c2"}


def test_a_conflict_loads_once_the_other_file_gives_way(database: Database, folder: Path) -> None:
    ingest(database, folder)
    sheet(folder, "b.csv", b1="甲", b2="乙", a2="另一个答案")
    assert ingest(database, folder).counts()["conflict"] == 1
    assert published(database)["a2"] == "乙"
    sheet(folder, "a.csv", a1="甲")
    ingest(database, folder)
    assert published(database)["a2"] == "另一个答案"


def test_a_row_moved_to_another_file_stays(database: Database, folder: Path) -> None:
    ingest(database, folder)
    sheet(folder, "a.csv", a1="甲")
    sheet(folder, "c.csv", c1="甲", c2="乙", a2="乙")
    ingest(database, folder)
    assert published(database)["a2"] == "乙"
    sheet(folder, "a.csv", a1="改")
    ingest(database, folder)
    assert published(database)["a2"] == "乙"


def test_a_sidecar_added_later_is_noticed(database: Database, folder: Path) -> None:
    (folder / "d.md").write_text("# 办法\n\n第一条 总则。\n\n第二条 细则。\n", encoding="utf-8")
    ingest(database, folder)
    (folder / "zhida.toml").write_text('[files."d.md"]\nvisibility = "内部"\n', encoding="utf-8")
    assert ingest(database, folder).counts()["changed"] == 1
    assert plan_job(job_of(folder), database).skipped == 4


def test_what_cannot_be_opened_is_reported_not_skipped(database: Database, folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(os.path.relpath(folder / "door.csv"))
        os.mkfifo(folder / "pipe.csv")
        plan = plan_job(job_of(folder), database)
    assert {(finding.file, finding.code) for finding in plan.findings} == {
        ("door.csv", "not_a_file"),
        ("pipe.csv", "not_a_file"),
    }
    assert (plan.rejected, plan.skipped) == (2, 0)


def test_a_known_file_that_became_a_pipe_does_not_hang(database: Database, folder: Path) -> None:
    ingest(database, folder)
    (folder / "a.csv").unlink()
    os.mkfifo(folder / "a.csv")

    def too_long(_signal: int, _frame: object) -> None:
        raise AssertionError("it waits for somebody to write")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(10)
    try:
        plan = plan_job(job_of(folder), database)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert [(finding.file, finding.code) for finding in plan.findings] == [("a.csv", "not_a_file")]
    assert (plan.skipped, plan.counts()["removed"]) == (2, 0)


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_nothing_to_read_is_an_error(database: Database, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingToDo) as caught:
        plan_job(job_of(tmp_path / name), database)
    assert caught.value.hint
