"""Cached vectors: each text encoded once, no other model's vectors ever, damage and kills cost only time."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kb.encode import segments as stored
from kb.encode.cache import CachedEncoder, last_report
from kb.encode.protocol import Matrix, TinyEncoder
from kb.encode.segments import PENDING, SMALL_FILES, SUFFIX, Segments, key_of

ROOT = Path(__file__).parents[3]
TEXTS = ["电费怎么交", "停电了找谁", "过户带什么", "电费怎么交", ""]
DIFFERENT = len(set(TEXTS))


class Counting(TinyEncoder):
    """Remembers what it was asked to encode; `name` can be another model's."""

    def __init__(self, name: str = "counting", dim: int = 8) -> None:
        super().__init__(dim)
        self.name = name
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Matrix:
        self.asked += texts
        return super().encode(texts)


def files(root: Path) -> list[Path]:
    return sorted(root.rglob(f"*{SUFFIX}"))


def encode(root: Path, texts: Sequence[str] = TEXTS, name: str = "counting", **more: int) -> list[str]:
    """Encode through the cache, check the vectors, and return what the encoder itself was asked."""
    encoder = Counting(name)
    vectors = CachedEncoder(encoder, root, **more).encode(texts)
    assert vectors.dtype == np.float32
    assert np.array_equal(vectors, TinyEncoder(8).encode(texts))
    return encoder.asked


def test_an_unchanged_text_is_encoded_once(tmp_path: Path) -> None:
    assert sorted(encode(tmp_path)) == sorted(set(TEXTS))
    assert encode(tmp_path) == []
    assert encode(tmp_path, [*TEXTS, "新的一句"]) == ["新的一句"]


def test_the_hit_rate_is_measured(tmp_path: Path) -> None:
    assert last_report(tmp_path) is None
    encode(tmp_path)
    encode(tmp_path, [*TEXTS, "新的一句"])
    report = last_report(tmp_path)
    assert report is not None
    assert (report.encoder, report.texts, report.found, report.damaged) == ("counting", DIFFERENT + 1, DIFFERENT, 0)
    assert report.hit_rate == DIFFERENT / (DIFFERENT + 1)
    assert report.held == sum(path.stat().st_size for path in files(tmp_path))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"texts": 1}'])
def test_a_broken_report_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "last.json").write_text(content, encoding="utf-8")
    assert last_report(tmp_path) is None


def test_no_texts(tmp_path: Path) -> None:
    assert CachedEncoder(Counting(), tmp_path).encode([]).shape == (0, 8)


def test_another_models_vectors_are_never_reused(tmp_path: Path) -> None:
    encode(tmp_path, name="one")
    assert sorted(encode(tmp_path, name="other")) == sorted(set(TEXTS))
    assert encode(tmp_path, name="one") == []


def test_a_file_moved_over_from_another_model_is_not_believed(tmp_path: Path) -> None:
    """The encoder's name is part of the checksum: a folder copied by hand does not turn into this model's vectors."""
    encode(tmp_path, name="one")
    (theirs,) = files(tmp_path)
    encode(tmp_path, ["别的"], name="other")
    (ours,) = set(files(tmp_path)) - {theirs}
    shutil.copy(theirs, ours.parent)
    assert sorted(encode(tmp_path, name="other")) == sorted(set(TEXTS))


def flipped(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize(
    "damage", [flipped, lambda c: c[:-5], lambda _c: b"", lambda c: c + c, lambda _c: b"\xff" * 77], ids=range(5)
)
def test_a_damaged_file_is_encoded_again(tmp_path: Path, damage: object) -> None:
    encode(tmp_path)
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))  # type: ignore[operator]
    assert sorted(encode(tmp_path)) == sorted(set(TEXTS))
    report = last_report(tmp_path)
    assert report is not None
    assert report.damaged == 1
    assert [found.read_bytes() for found in files(tmp_path)] == [whole]
    assert encode(tmp_path) == []


def test_vectors_of_another_length_are_not_read(tmp_path: Path) -> None:
    Segments(tmp_path, "same", 8, 10**6).add([key_of("停电")], np.ones((1, 8), dtype=np.float32))
    assert Segments(tmp_path, "same", 6, 10**6).find([key_of("停电")]).vectors == {}


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    for _time in range(2):
        assert sorted(encode(tmp_path / "file")) == sorted(set(TEXTS))


def test_it_is_bounded_and_the_longest_unused_go_first(tmp_path: Path) -> None:
    for place in range(4):
        encode(tmp_path, [f"第{place}句"], name=f"model {place}")
        os.utime(max(files(tmp_path), key=lambda path: path.stat().st_mtime), (place, place))
    size = files(tmp_path)[0].stat().st_size
    assert encode(tmp_path, ["第0句"], name="model 0") == []
    assert encode(tmp_path, ["新"], name="model 4", limit=3 * size) == ["新"]
    assert len(files(tmp_path)) == 3
    assert encode(tmp_path, ["第0句"], name="model 0") == [], "used a moment ago"
    assert encode(tmp_path, ["第1句"], name="model 1") == ["第1句"], "longest unused"


def test_many_small_files_become_one(tmp_path: Path) -> None:
    texts = [f"第{place}句" for place in range(SMALL_FILES)]
    for text in texts[:-1]:
        encode(tmp_path, [text])
    assert len(files(tmp_path)) == SMALL_FILES - 1
    encode(tmp_path, texts[-1:])
    assert len(files(tmp_path)) == 1
    assert encode(tmp_path, texts) == []


def test_joining_drops_damage_and_keeps_the_rest(tmp_path: Path) -> None:
    """One sound file among damaged ones joins to itself; it must not be removed as one of the joined."""
    folder = Segments(tmp_path, "counting", 8, 10**6)
    kept = folder.add([key_of("停电")], np.ones((1, 8), dtype=np.float32))
    for place in range(SMALL_FILES):
        (kept.parent / f"{place}{SUFFIX}").write_bytes(b"torn")
    folder.tidy()
    assert files(tmp_path) == [kept]


def test_what_a_killed_writer_left_is_swept_up(tmp_path: Path) -> None:
    encode(tmp_path)
    old, fresh = (files(tmp_path)[0].parent / f"{name}{PENDING}" for name in ("old", "fresh"))
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    encode(tmp_path)
    assert (old.exists(), fresh.exists()) == (False, True)


KILLED = """
import sys, time
from pathlib import Path
from kb.encode.cache import CachedEncoder
from kb.encode.protocol import TinyEncoder

class Slow(TinyEncoder):
    def encode(self, texts):
        time.sleep(0.02)
        return super().encode(texts)

slow = Slow(8)
slow.name = "counting"
CachedEncoder(slow, Path(sys.argv[1]), block=1).encode([f"第{n}句" for n in range(100000)])
"""


def test_a_build_killed_half_way_goes_on_where_it_stopped(tmp_path: Path) -> None:
    texts = [f"第{place}句" for place in range(200)]
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT) as process:
        while process.poll() is None and len(files(tmp_path)) < 5:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    kept = len(files(tmp_path))
    assert process.returncode == -signal.SIGKILL
    assert kept >= 5
    assert encode(tmp_path, texts) == texts[kept:]


def _work(root: Path, seed: int) -> None:
    """One process of several on one cache: encode overlapping texts under a limit that evicts all the time."""
    chance = np.random.default_rng(seed)
    for _round in range(30):
        encode(root, [f"第{n}句" for n in chance.integers(0, 60, 12).tolist()], limit=2_000, block=3)


def test_many_processes_at_once_always_get_the_right_vectors(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_work, args=(tmp_path, seed)) for seed in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert Segments(tmp_path, "counting", 8, 2_000).tidy() <= 2_000
    assert list(tmp_path.rglob(f"*{PENDING}")) == []


def test_a_file_that_vanishes_while_it_is_read_is_a_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encode(tmp_path)
    (path,) = files(tmp_path)
    read = Segments._read

    def vanishing(self: Segments, found: Path) -> object:
        found.unlink(missing_ok=True)
        return read(self, found)

    monkeypatch.setattr(stored.Segments, "_read", vanishing)
    assert sorted(encode(tmp_path)) == sorted(set(TEXTS))
    report = last_report(tmp_path)
    assert report is not None
    assert report.damaged == 0
    assert path.exists()
