"""The seventeen calls that went wrong, put to the assistant with the bundled knowledge, turn by turn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import eval as package
from assistant.jobs import BUNDLED, ingest_and_publish
from assistant.judge.script import load_script_checker
from assistant.runtime import open_runtime
from assistant.settings import Settings
from eval.cases import Verdict, by_axis, load_cases, run_cases
from kb.domain.clock import FixedClock
from tests.conftest import NOON

CASES = Path(str(package.__file__)).parent / "gold" / "cases.jsonl"
# Expectations that hang on which stored answer is found first, not on judging; each may close when retrieval is
# retrained, so this list may only shrink. (case, turn, kind) -> why.
OPEN = {
    ("01", 2, "answers"): "费用与时限合在一句里问，把握为低，不给答案",
    ("01", 2, "answer_has"): "同上",
    ("03", 1, "answer_has"): "找到的是零度与抄表方式，没有“先问有没有人用电”那条",
    ("04", 1, "answers"): "“用不成了”没有找到换表条目，把握为低",
    ("04", 1, "avoid"): "同上：没有找到换表主题，就没有它的护栏",
    ("05", 1, "answers"): "变压器巨响没有找到应急条目，把握为低（安全指引与派单不受影响）",
    ("08", 2, "avoid"): "找到的是电价条目，不是行风条目",
    ("09", 2, "answers"): "把握为低，不给答案（派单不受影响）",
    ("13", 2, "avoid"): "“省得我来回跑”找到的是一次性告知条目，不是新装条目",
    ("15", 1, "answers"): "把握为低，不给答案",
    ("15", 4, "answers"): "投诉时限条目没有进前三（时限由“先说”告知）",
    ("16", 2, "answers"): "户号查询条目没有进前三（改按户名查由核身提示告知）",
    ("16", 4, "avoid"): "找到的是抄表差错条目，它的主题没有护栏",
    ("17", 2, "answers"): "没有点明要电话，把握为低（拒绝话术由“先说”给出）",
    ("17", 2, "answer_has"): "同上",
}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Verdict, ...]:
    settings = Settings(data=tmp_path_factory.mktemp("replay"))
    with open_runtime(settings, write=True, clock=FixedClock(NOON)) as runtime:
        ingest_and_publish(runtime, [BUNDLED], note="自带知识")
        checker = load_script_checker(runtime.files)
        return run_cases(load_cases(CASES), runtime.assistant.suggest, checker=checker)


def key(verdict: Verdict) -> tuple[str, int, str]:
    return verdict.case[:2], verdict.turn, verdict.expectation.kind


def told(verdicts: Sequence[Verdict]) -> list[str]:
    return [f"{v.case} 第 {v.turn} 轮〔{v.axis}〕应有 {v.expectation}，实际 {v.seen}" for v in verdicts]


def test_every_turn_asks_checks_says_and_files_what_it_must(verdicts: tuple[Verdict, ...]) -> None:
    assert told([v for v in verdicts if v.passed is False and key(v) not in OPEN]) == []


def test_nothing_is_left_untested_on_any_axis(verdicts: tuple[Verdict, ...]) -> None:
    for total in by_axis(verdicts).values():
        assert total.passed > 0
        assert total.untested == 0


def test_only_what_hangs_on_retrieval_may_be_open() -> None:
    assert {kind for _case, _turn, kind in OPEN} <= {"answers", "answer_has", "avoid"}


def test_nothing_forbidden_is_ever_offered(verdicts: tuple[Verdict, ...]) -> None:
    never = [verdict for verdict in verdicts if verdict.expectation.kind == "never"]
    assert len(never) >= 30
    assert told([verdict for verdict in never if not verdict.passed]) == []
