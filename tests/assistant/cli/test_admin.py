"""`zhida backup`, `restore`, `doctor`, and the one writer a data folder has."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kb.encode.cache import CACHED, CachedEncoder
from kb.encode.protocol import TinyEncoder
from tests.assistant.cli.conftest import Zhida

ROOT = Path(__file__).parents[3]
WRITER = """
import sys
from pathlib import Path
from kb.store.database import Database
with Database(Path(sys.argv[1]), write=True):
    print("ready", flush=True)
    sys.stdin.read()
"""


def exported(zhida: Zhida, data: Path) -> str:
    return zhida("kb", "export", "--data", data).out


def checks(zhida: Zhida, data: Path) -> tuple[int, dict[str, dict[str, Any]]]:
    done = zhida("doctor", "--json", "--data", data)
    return done.code, {check["name"]: check for check in done.json}


@pytest.fixture
def writer(own: Path) -> Iterator[Path]:
    """Another process that writes to `own` while the test runs."""
    command = [sys.executable, "-c", WRITER, str(own)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "ready\n"
        yield own
        process.stdin.close()


def test_a_backup_restores_to_the_same_base(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    (own / "rules").mkdir(exist_ok=True)
    (own / "rules" / "workdays.toml").write_text('source = "x"\nholidays = []\nworkdays = []\n', encoding="utf-8")
    made = zhida("backup", tmp_path / "b.zip", "--json", "--data", own)
    assert (made.code, made.json["release"]) == (0, 1)
    done = zhida("restore", tmp_path / "b.zip", "--json", "--data", tmp_path / "new")
    assert (done.code, done.json["release"], done.json["kept"]) == (0, 1, "")
    assert exported(zhida, tmp_path / "new") == exported(zhida, own)
    rule = "rules/workdays.toml"
    assert (tmp_path / "new" / rule).read_bytes() == (own / rule).read_bytes()
    found = zhida("suggest", "在哪里缴费", "--json", "--data", tmp_path / "new")
    assert found.json["answers"][0]["entry_id"] == "Q1"
    assert "重建索引" not in found.err, "a restored folder answers from an index of its own"
    assert zhida("doctor", "--data", tmp_path / "new").code == 0


def test_what_was_there_is_moved_aside(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    zhida("backup", tmp_path / "b.zip", "--data", own)
    before = exported(zhida, own)
    assert zhida("restore", tmp_path / "b.zip", "--data", own, stdin="n\n").code == 1
    kept = [zhida("restore", tmp_path / "b.zip", "--yes", "--json", "--data", own).json["kept"] for _time in range(2)]
    assert kept == [str(own) + ".before-restore-1", str(own) + ".before-restore-2"]
    assert exported(zhida, Path(kept[0])) == exported(zhida, own) == before


def junk(folder: Path) -> dict[str, Path]:
    """Files that are no backup, each in its own way."""
    paths = {name: folder / f"{name}.zip" for name in ("missing", "text", "other", "damaged", "strange")}
    paths["text"].write_text("不是 zip", encoding="utf-8")
    contents = {"other": ("readme.txt", b"hi"), "damaged": ("zhida.sqlite3", b"SQLite format 3\x00" + b"x" * 9000)}
    with closing(sqlite3.connect(folder / "strange.db")) as connection:
        connection.execute("CREATE TABLE t (x)")
    contents["strange"] = ("zhida.sqlite3", (folder / "strange.db").read_bytes())
    for name, (inside, data) in contents.items():
        with zipfile.ZipFile(paths[name], "w") as archive:
            archive.writestr(inside, data)
    return paths


@pytest.mark.parametrize("kind", ["missing", "text", "other", "damaged", "strange"])
def test_what_is_no_backup_is_refused_and_nothing_moves(zhida: Zhida, own: Path, tmp_path: Path, kind: str) -> None:
    done = zhida("restore", junk(tmp_path)[kind], "--yes", "--data", own)
    assert done.code == 2
    assert "办法" in done.err
    assert zhida("kb", "stats", "--json", "--data", own).json["release"] == 1
    assert not list(tmp_path.glob("*.before-restore-*"))


def test_a_backup_cannot_reach_out_of_its_folder(zhida: Zhida, own: Path, tmp_path: Path) -> None:
    zhida("backup", tmp_path / "b.zip", "--data", own)
    with zipfile.ZipFile(tmp_path / "b.zip", "a") as archive:
        archive.writestr("rules/../../evil.toml", "x")
        archive.writestr("../evil.toml", "x")
    assert zhida("restore", tmp_path / "b.zip", "--data", tmp_path / "deep" / "new").code == 0
    assert not list(tmp_path.rglob("evil.toml"))


def test_backing_up_nothing_or_nowhere_is_refused(zhida: Zhida, base: Path, tmp_path: Path) -> None:
    assert zhida("backup", tmp_path / "b.zip", "--data", tmp_path / "none").code == 2
    assert zhida("backup", tmp_path / "no" / "b.zip", "--data", base).code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_well_base_is_well(zhida: Zhida, base: Path, tmp_path: Path) -> None:
    code, found = checks(zhida, base)
    assert (code, {check["ok"] for check in found.values()}) == (0, {True})
    assert set(found) == {"Python", "SQLite", "规则与词典", "记录", "索引", "向量缓存"}
    assert "没有用到" in found["向量缓存"]["detail"]
    zhida("init", "--empty", "--data", tmp_path / "d")
    assert checks(zhida, tmp_path / "d")[0] == 0


def test_the_vector_cache_tells_its_hit_rate(zhida: Zhida, own: Path) -> None:
    for texts in (["电费", "停电", "过户"], ["电费", "停电", "过户", "报修"]):
        CachedEncoder(TinyEncoder(), own / CACHED).encode(texts)
    detail = checks(zhida, own)[1]["向量缓存"]["detail"]
    assert "4 种文本，命中 3（75.0%）" in detail
    assert "tiny-64" in detail


def test_a_damaged_index_is_named_and_repaired(zhida: Zhida, own: Path) -> None:
    victim = max((own / "index").rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0)
    data = victim.read_bytes()
    victim.write_bytes(data[:-8] + b"\x00" * 8)
    code, found = checks(zhida, own)
    assert (code, found["索引"]["ok"], found["记录"]["ok"]) == (1, False, True)
    assert "doctor --repair" in found["索引"]["detail"]
    assert zhida("doctor", "--repair", "--data", own).code == 0


def test_an_index_of_another_release_is_named(zhida: Zhida, own: Path) -> None:
    with closing(sqlite3.connect(own / "zhida.sqlite3")) as connection, connection:
        connection.execute("INSERT INTO release SELECT 2, created_at, note, entries, passages FROM release")
    code, found = checks(zhida, own)
    assert (code, found["索引"]["ok"]) == (1, False)


def test_broken_rules_and_records_do_not_stop_the_other_checks(zhida: Zhida, own: Path) -> None:
    (own / "rules").mkdir(exist_ok=True)
    (own / "rules" / "workorder.toml").write_text("[[rules", encoding="utf-8")
    (own / "zhida.sqlite3").write_bytes(b"this is no database at all" * 400)
    code, found = checks(zhida, own)
    assert code == 1
    assert [name for name, check in found.items() if not check["ok"]] == ["规则与词典", "记录", "索引"]


@pytest.mark.parametrize(
    "command",
    [
        ["init", "--empty"],
        ["ingest", "x.csv"],
        ["doctor", "--repair"],
        ["user", "add", "甲"],
        ["restore", "b.zip", "--yes"],
    ],
)
def test_a_second_writer_is_refused_at_once(zhida: Zhida, writer: Path, tmp_path: Path, command: list[str]) -> None:
    zhida("backup", tmp_path / "b.zip", "--data", writer)
    named = [str(tmp_path / "b.zip") if part == "b.zip" else part for part in command]
    done = zhida(*named, "--data", writer)
    assert done.code == 2
    assert "正被另一个进程写入" in done.err
    assert writer.is_dir()


def test_reading_works_beside_a_writer(zhida: Zhida, writer: Path, files: Path, tmp_path: Path) -> None:
    assert zhida("suggest", "在哪里缴费", "--json", "--data", writer).json["answers"][0]["entry_id"] == "Q1"
    for command in (["kb", "export"], ["kb", "check"], ["doctor"], ["user", "list"], ["backup", tmp_path / "c.zip"]):
        assert zhida(*command, "--data", writer).code == 0
    assert zhida("ingest", files, "--dry-run", "--data", writer).code == 0
