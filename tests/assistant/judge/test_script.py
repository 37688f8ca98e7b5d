"""Drafted replies: each mark is found in a bad reply and not in its good twin; stored answers are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import RequestInvalid
from assistant.judge.script import MARKS, ScriptChecker, load_script_checker
from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles


@pytest.fixture(scope="module")
def checker(rule_files: RuleFiles) -> ScriptChecker:
    return load_script_checker(rule_files)


@pytest.mark.parametrize(
    ("bad", "good", "mark"),
    [
        ("您凭什么说它坏了？", "请您说说看到的情况，我来核实。", "反问"),
        ("您怎么知道他多收了？", "请您告诉我收了多少，我来登记核实。", "反问"),
        ("不然我们会停您的电。", "为不影响用电，建议您尽快办理。", "警告"),
        ("我们也没办法。", "我来为您登记，马上核实。", "推诿"),
        ("您自己去营业厅申请吧。", "请您在网上国网申请，去营业厅也可以。", "推诿"),
        ("多少钱我也不知道。", "请您稍等，我帮您查一下标准。", "推诿"),
        ("不行您找所长吧。", "这件事由我登记，有人主动联系您。", "推诿"),
        ("你叫什么？住哪？", "请问您贵姓？请说一下用电地址。", "缺请"),
        ("你等下。", "请您稍等。", "缺请"),
        ("开关还没修好。", "非常抱歉，开关还没修好，请您稍等。", "缺致歉"),
        ("请您稍等，再见。", "感谢您拨打95598，请不要挂机，请对我的服务进行评价，再见！", "缺结束语"),
    ],
)
def test_a_fault_is_found_and_its_twin_is_not(checker: ScriptChecker, bad: str, good: str, mark: str) -> None:
    assert mark in checker.check(bad)
    assert mark not in checker.check(good)


def test_a_remark_quotes_the_sentence_and_gives_another(checker: ScriptChecker) -> None:
    (remark,) = checker.review("请您稍等。您凭什么说它坏了？")
    assert (remark.mark, remark.quote) == ("反问", "您凭什么说它坏了?")
    assert remark.why
    assert checker.check(remark.instead) == ()


def test_every_replacement_is_itself_fit_to_be_said(checker: ScriptChecker, rule_files: RuleFiles) -> None:
    faults = rule_files.toml("script.toml")["faults"]
    assert {fault["mark"] for fault in faults} == set(MARKS)
    assert [fault["id"] for fault in faults if checker.check(fault["instead"])] == []


def test_an_angry_caller_is_owed_an_apology(checker: ScriptChecker) -> None:
    reply = "请您稍等，我马上核实。"
    assert checker.review(reply) == ()
    assert [remark.mark for remark in checker.review(reply, "等了两小时还没人来")] == ["缺致歉"]
    assert checker.review("非常抱歉，" + reply, "等了两小时还没人来") == ()


def test_blanks_and_width_hide_nothing(checker: ScriptChecker) -> None:
    assert "反问" in checker.check("您 凭　什 么说它坏了?")


@pytest.mark.parametrize("text", ["", " \x00", "请" * 2001])
def test_what_cannot_be_read_is_refused(checker: ScriptChecker, text: str) -> None:
    with pytest.raises(RequestInvalid):
        checker.review(text)


def test_an_unknown_mark_is_refused(tmp_path: Path) -> None:
    rule = '[[faults]]\nid = "X"\nmark = "发火"\nsaid = ["哼"]\nwhy = "a"\ninstead = "b"\n'
    (tmp_path / "script.toml").write_text(rule, encoding="utf-8")
    with pytest.raises(RuleFileInvalid, match="发火"):
        load_script_checker(RuleFiles(override=tmp_path))
