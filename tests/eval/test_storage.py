"""Runs survive the disk, are found again, and damaged files are named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.errors import RunBroken, RunNotFound
from eval.runner import Run
from eval.storage import find_run, list_runs, load_run, save_run


def test_a_run_comes_back_equal(done: Run, tmp_path: Path) -> None:
    path = save_run(done, tmp_path)
    assert path == tmp_path / "eval" / f"{done.run_id}.json"
    assert load_run(path) == done
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_lone_surrogates_survive(done: Run, tmp_path: Path) -> None:
    odd = replace(done.outcomes[0], question=replace(done.outcomes[0].question, text="停电\ud83d了"))
    made = replace(done, outcomes=(odd,))
    assert load_run(save_run(made, tmp_path)) == made


def test_saving_twice_keeps_both_and_finds_the_newest(done: Run, tmp_path: Path) -> None:
    paths = [save_run(done, tmp_path) for _ in range(11)]
    assert [path.stem for path in list_runs(tmp_path)] == [path.stem for path in paths]
    assert find_run(tmp_path).run_id == f"{done.run_id}-11"
    assert find_run(tmp_path, "previous").run_id == f"{done.run_id}-10"


def test_previous_is_the_one_before_of_the_same_set(done: Run, tmp_path: Path) -> None:
    save_run(done, tmp_path)
    save_run(replace(done, run_id="20250302-000000-别的-r7", set_name="别的"), tmp_path)
    with pytest.raises(RunNotFound, match="别的"):
        find_run(tmp_path, "previous")
    save_run(replace(done, run_id="20250303-000000-小题集-r8"), tmp_path)
    assert find_run(tmp_path, "previous").run_id == done.run_id


def test_find_by_id_start_or_path(done: Run, tmp_path: Path) -> None:
    later = replace(done, run_id="20250302-000000-小题集-r8")
    path = save_run(done, tmp_path)
    save_run(later, tmp_path)
    assert find_run(tmp_path, done.run_id) == done
    assert find_run(tmp_path, "20250302") == later
    assert find_run(tmp_path / "elsewhere", str(path)) == done
    assert find_run(tmp_path, "latest") == later


@pytest.mark.parametrize("name", ["latest", "previous", "20991231"])
def test_nothing_stored(tmp_path: Path, name: str) -> None:
    with pytest.raises(RunNotFound) as caught:
        find_run(tmp_path, name)
    assert caught.value.hint


def test_an_ambiguous_name_lists_the_matches(done: Run, tmp_path: Path) -> None:
    save_run(done, tmp_path)
    save_run(replace(done, run_id="20250302-000000-x-r8"), tmp_path)
    with pytest.raises(RunNotFound, match="多次"):
        find_run(tmp_path, "2025")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"format": 99}', b'{"format": 1}', b"\xff\xfe", b'{"format": 1, "outcomes": 3}'],
)
def test_damaged_runs_are_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(RunBroken, match=r"bad\.json"):
        load_run(path)


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(RunNotFound):
        load_run(tmp_path / "gone.json")
