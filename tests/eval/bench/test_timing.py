"""Timing with a clock that we turn ourselves, and the name of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.bench.timing import measure
from eval.errors import BadArgument
from eval.machine import code_version, machine_name


class Stopwatch:
    """Time that passes only when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_latency_by_hand() -> None:
    watch = Stopwatch()
    asked: list[str] = []

    def suggest(text: str) -> None:
        asked.append(text)
        watch.seconds += len(text) / 1000

    found = measure(suggest, ["一", "一二三"], 50, warm_up=3, timer=watch)
    assert (found.n, len(asked)) == (100, 103)
    assert found.p50_ms == pytest.approx(2.0)
    assert found.p99_ms == pytest.approx(3.0)
    assert [found.mean_ms, found.max_ms, found.first_ms] == pytest.approx([2.0, 3.0, 1.0])
    assert found.per_second == pytest.approx(500)
    assert found.to_dict()["machine"] == machine_name()


def test_a_few_calls_have_no_99th_percentile() -> None:
    assert measure(len, ["话"], 99).p99_ms is None
    assert measure(len, ["话"], 100).p99_ms is not None


def test_a_budget_ends_the_calls_and_one_is_always_made() -> None:
    watch = Stopwatch()

    def slow(_text: str) -> None:
        watch.seconds += 2

    assert measure(slow, ["话"], 50, budget=5, timer=watch).n == 3
    assert measure(slow, ["话"], 50, budget=0, timer=watch).n == 1


@pytest.mark.parametrize(("texts", "repeats"), [([], 1), (["一"], 0)])
def test_nothing_to_time_is_refused(texts: list[str], repeats: int) -> None:
    with pytest.raises(BadArgument):
        measure(len, texts, repeats)


def test_errors_of_the_timed_function_are_not_hidden() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        measure(int, ["话"])


def test_machine_is_named_from_cpuinfo(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor : 0\nmodel name\t: Kirin 9000\n", encoding="utf-8")
    assert machine_name(cpuinfo).startswith("Kirin 9000, ")
    assert " 核, " in machine_name(tmp_path / "none")


def test_code_version_reads_the_commit(tmp_path: Path) -> None:
    git = tmp_path / ".git"
    (git / "refs").mkdir(parents=True)
    assert "+" not in code_version(tmp_path)
    (git / "HEAD").write_text("ref: refs/x\n", encoding="utf-8")
    (git / "packed-refs").write_text("# pack\n" + "b" * 40 + " refs/x\n", encoding="utf-8")
    assert code_version(tmp_path).endswith("+" + "b" * 12)
    (git / "refs" / "x").write_text("a" * 40 + "\n", encoding="utf-8")
    assert code_version(tmp_path).endswith("+" + "a" * 12)
    (git / "HEAD").write_text("c" * 40 + "\n", encoding="utf-8")
    assert code_version(tmp_path).endswith("+" + "c" * 12)
