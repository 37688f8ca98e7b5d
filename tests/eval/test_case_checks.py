"""Case dialogues at work: how facts travel through a call, how each expectation is judged, what the totals count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from eval.case_checks import KINDS
from eval.cases import Total, Verdict, by_axis, by_case, load_cases, run_case, run_cases
from kb.domain.errors import NotFound
from kb.domain.suggestion import Suggestion, WorkOrderAdvice
from tests.eval.dialogues import SUGGESTION, Checker, Fake, Writer, one, row, turn


def test_facts_are_carried_from_turn_to_turn_and_the_newest_wins(write: Writer) -> None:
    case = one(
        write,
        turn(caller="一"),
        turn(caller="二", gives={"用户类别": "合表"}),
        turn(caller="三", gives={"区域": "城区"}),
        turn(caller="四", gives={"用户类别": "一户一表"}),
    )
    fake = Fake()
    run_case(case, fake, as_of="2025-03-01")
    assert fake.asked == [
        ("一", {}, "2025-03-01"),
        ("二", {"用户类别": "合表"}, "2025-03-01"),
        ("三", {"用户类别": "合表", "区域": "城区"}, "2025-03-01"),
        ("四", {"用户类别": "一户一表", "区域": "城区"}, "2025-03-01"),
    ]


def test_no_case_inherits_facts_from_another(write: Writer) -> None:
    first, second = row(turn(gives={"区域": "城区"}), turn()), row(case="02 甲")
    fake = Fake()
    verdicts = run_cases(load_cases(write(first, second)), fake)
    assert [facts for _, facts, _ in fake.asked] == [{"区域": "城区"}, {"区域": "城区"}, {}, {}]
    assert [(verdict.case, verdict.turn) for verdict in verdicts] == [
        ("01 电表", 1),
        ("01 电表", 2),
        ("02 甲", 1),
        ("02 甲", 2),
    ]


GREEN: dict[str, object] = {
    "call_type": ["咨询", "服务申请"],
    "category": ["计量装置"],
    "band": ["high", "medium"],
    "must_ask": ["用户类别"],
    "identity": True,
    "order": True,
    "form": "业务申请单",
    "answers": ["M01-1", "M03-1"],
    "answer_has": [["免费", "不收费"], ["5个工作日"]],
    "never": ["您自己去"],
    "missing": ["户号", "联系电话"],
    "hints": ["M03-4"],
    "say": [["对不起", "抱歉"], ["感谢"]],
    "avoid": ["凭什么"],
    "script": {"text": "凭什么说它坏了？再见", "marks": ["反问", "缺结束语"]},
}
RED: dict[str, object] = {
    "call_type": ["咨询"],
    "category": ["收费标准"],
    "band": ["low"],
    "must_ask": ["产权"],
    "identity": False,
    "order": False,
    "form": "投诉单",
    "answers": ["M01-1"],
    "answer_has": [["120元"]],
    "never": ["不收费"],
    "missing": ["用电地址"],
    "hints": ["M03-1"],
    "say": [["马上为您催办"]],
    "avoid": ["您等着吧"],
    "script": {"text": "凭什么说它坏了？", "marks": ["反问", "警告"]},
}


def verdicts_on(write: Writer, expect: Mapping[str, object], fake: Callable[..., Suggestion]) -> list[Verdict]:
    axes = {KINDS[kind].axes[0]: "测" for kind in expect}
    case = one(write, turn(expect=dict(expect), axes=axes), turn())
    return [verdict for verdict in run_case(case, fake, checker=Checker()) if verdict.turn == 1]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_hold_and_can_fail(write: Writer, kind: str) -> None:
    held = verdicts_on(write, {kind: GREEN[kind]}, Fake())
    assert [verdict.passed for verdict in held] == [True] * len(held)
    (failed,) = verdicts_on(write, {kind: RED[kind]}, Fake())
    assert failed.passed is False
    assert (failed.case, failed.axis, failed.caller) == ("01 电表", KINDS[kind].axes[0], "表不走了")
    assert failed.expectation.kind == kind
    assert failed.seen


@pytest.mark.parametrize(
    "hidden", ["少计的电量", "电表停走", "派人核实", "非常抱歉"], ids=["hint", "title", "answer", "say"]
)
def test_never_reads_everything_an_agent_could_say(write: Writer, hidden: str) -> None:
    assert [verdict.passed for verdict in verdicts_on(write, {"never": [hidden]}, Fake())] == [False]


def test_what_is_seen_is_what_the_agent_saw(write: Writer) -> None:
    seen = {verdict.expectation.kind: verdict.seen for verdict in verdicts_on(write, RED, Fake())}
    assert seen["category"] == ("计量装置",)
    assert seen["order"] == ("是",)
    assert seen["missing"] == ("户号", "联系电话")
    assert seen["script"] == ("反问",)
    nothing = replace(SUGGESTION, categories=(), answers=(), work_order=WorkOrderAdvice())
    seen = {verdict.expectation.kind: verdict.seen for verdict in verdicts_on(write, RED, Fake(nothing))}
    assert (seen["category"], seen["answers"], seen["form"], seen["order"]) == ((), (), ("不开单",), ("否",))


@pytest.mark.parametrize(("text", "passed"), [("感谢您，再见", True), ("知道了，再见", False)])
def test_a_good_reply_must_raise_no_mark_at_all(write: Writer, text: str, *, passed: bool) -> None:
    (verdict,) = verdicts_on(write, {"script": {"text": text, "marks": []}}, Fake())
    assert verdict.passed is passed


def test_without_a_checker_a_script_is_not_tested_and_never_passed(write: Writer) -> None:
    case = one(write, turn(expect={"script": GREEN["script"]}, axes={"语言": "说"}), turn())
    script, order = run_case(case, Fake())
    assert (script.passed, script.seen, order.passed) == (None, (), True)
    assert by_axis([script, order])["语言"] == Total(untested=1)


def test_a_failure_fails_what_needed_it_and_the_call_goes_on(write: Writer) -> None:
    class Broken:
        def check(self, text: str) -> Sequence[str]:
            raise ValueError(text)

    def suggest(text: str, *, facts: Mapping[str, str] | None = None, as_of: str | None = None) -> Suggestion:
        if text == "坏":
            raise NotFound("没有发布")
        return SUGGESTION

    script = {"script": GREEN["script"]}
    case = one(write, turn(caller="坏"), turn(expect=script | {"order": True}, axes={"语言": "说", "业务": "派"}))
    failed, marks, order = run_case(case, suggest, checker=Broken())
    assert (failed.passed, marks.passed, order.passed) == (False, False, True)
    assert "没有发布" in failed.seen[0]
    assert "ValueError" in marks.seen[0]


def test_totals_per_axis_and_case(write: Writer) -> None:
    mixed = turn(expect={"order": False, "must_ask": ["用户类别"]}, axes={"业务": "派", "判断": "问"})
    verdicts = run_cases(load_cases(write(row(mixed, turn()), row(case="02 甲"))), Fake())
    assert by_axis(verdicts) == {
        "语言": Total(),
        "判断": Total(passed=1),
        "业务": Total(passed=3, failed=1),
        "主动": Total(),
    }
    assert by_case(verdicts) == {"01 电表": Total(passed=2, failed=1), "02 甲": Total(passed=2)}
