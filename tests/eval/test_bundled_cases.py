"""The seventeen calls that went wrong, put to the assistant with the bundled knowledge, turn by turn."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import eval as package
from assistant.judge.script import load_script_checker
from assistant.runtime import open_runtime
from assistant.settings import Settings
from assistant.walkthrough import MOMENT, chosen, walk
from eval.cases import Verdict, by_axis, load_cases, run_cases
from kb.domain.clock import FixedClock

CASES = Path(str(package.__file__)).parent / "gold" / "cases.jsonl"
# What is judged may not fail, these apart. (case, turn, kind) -> why.
OPEN = {
    ("10", 2, "call_type"): "训练标注把“银行要先存钱才代扣”一类来电标成咨询、知识可答，案例要求按意见受理",
    ("10", 2, "order"): "同上",
    ("10", 2, "form"): "同上",
    ("12", 2, "order"): "检索没有把握时按规定派咨询单；找到“怎样降低力调”以后就不派",
}
# What hangs on which stored answer is found first: it changes with every retraining, so it is held by its share.
FOUND = {"answers", "answer_has", "band", "avoid", "hints"}
LEAST_FOUND = 0.85
pytestmark = pytest.mark.slow


WALK = Path(__file__).parents[2] / "docs" / "guide" / "walk"


@dataclass(frozen=True, slots=True)
class Replayed:
    """The cases as judged, and those of them that the documentation walks through."""

    verdicts: tuple[Verdict, ...]
    walked: dict[str, str]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory, bundled: Path) -> Replayed:
    settings = Settings(data=Path(shutil.copytree(bundled, tmp_path_factory.mktemp("replay") / "data")))
    with open_runtime(settings, clock=FixedClock(MOMENT)) as runtime:
        checker, cases = load_script_checker(runtime.files), load_cases(CASES)
        return Replayed(
            verdicts=run_cases(cases, runtime.assistant.suggest, checker=checker),
            walked={c.name[:2]: walk(c, runtime.assistant.suggest, checker.check) for c in chosen(cases)},
        )


@pytest.fixture(scope="module")
def verdicts(replayed: Replayed) -> tuple[Verdict, ...]:
    return replayed.verdicts


def key(verdict: Verdict) -> tuple[str, int, str]:
    return verdict.case[:2], verdict.turn, verdict.expectation.kind


def told(verdicts: Sequence[Verdict]) -> list[str]:
    return [f"{v.case} 第 {v.turn} 轮〔{v.axis}〕应有 {v.expectation}，实际 {v.seen}" for v in verdicts]


def test_every_turn_asks_checks_says_and_files_what_it_must(verdicts: tuple[Verdict, ...]) -> None:
    judged = [verdict for verdict in verdicts if verdict.expectation.kind not in FOUND]
    assert len(judged) > 200
    assert told([verdict for verdict in judged if not verdict.passed and key(verdict) not in OPEN]) == []


def test_most_turns_find_the_right_answer_and_guard(verdicts: tuple[Verdict, ...]) -> None:
    found = [verdict for verdict in verdicts if verdict.expectation.kind in FOUND]
    assert len(found) > 140
    missed = told([verdict for verdict in found if not verdict.passed])
    assert 1 - len(missed) / len(found) >= LEAST_FOUND, missed


def test_nothing_is_left_untested_on_any_axis(verdicts: tuple[Verdict, ...]) -> None:
    for total in by_axis(verdicts).values():
        assert total.passed > 0
        assert total.untested == 0


def test_nothing_forbidden_is_ever_offered(verdicts: tuple[Verdict, ...]) -> None:
    never = [verdict for verdict in verdicts if verdict.expectation.kind == "never"]
    assert len(never) >= 30
    assert told([verdict for verdict in never if not verdict.passed]) == []


def test_the_walk_in_the_documentation_is_what_the_assistant_says_now(replayed: Replayed) -> None:
    stored = {path.stem: path.read_text(encoding="utf-8") for path in sorted(WALK.glob("*.json"))}
    stale = [number for number, text in replayed.walked.items() if stored.get(number) != text]
    assert stale == [], "run `zhida eval walk docs/guide/walk` on a fresh data folder"
    assert set(stored) == set(replayed.walked)
