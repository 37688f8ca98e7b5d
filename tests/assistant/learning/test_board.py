"""The outage board: what it says is answered when the call returns, and nobody keeps an old promise unnoticed."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.errors import NotAllowed, RequestInvalid
from assistant.learning.errors import NoticeMissing
from assistant.suggest.request import SuggestRequest
from kb.domain.errors import StaleVersion
from kb.domain.knowledge import Document, Passage
from kb.store import records
from kb.store.releases import list_releases
from kb.store.versions import Change
from tests.assistant.editing.conftest import LI, ZHAO, person
from tests.assistant.learning.conftest import School, confined

LEAD = person("孙", "lead")
ASKED = "幸福里小区怎么停电了"
FAULT = {
    "kind": "故障停电",
    "place": "幸福里小区、青山镇柳河村",
    "line": "10千伏幸福线",
    "scope": "约 320 户",
    "cause": "树木碰线",
    "starts": "2026-11-22 09:30",
    "promised": "2026-11-22 14:00",
}


def said(school: School, text: str = ASKED) -> list[tuple[str, str]]:
    answer = school.office.assistant.answer(SuggestRequest(text=text))
    return [(one.notice_id, one.ends) for one in answer.outages]


def added(school: School, **more: str) -> str:
    made = school.learning.board.add(LEAD, {**FAULT, **more})
    return str(made["notice"]["notice_id"])


def from_file(school: School, number: str = "JH1") -> None:
    """A notice that a file brought."""
    cells = {"编号": number, "类型": "计划停电", "区域": "幸福里小区", "停电时间": "2026-11-22T08:00",
             "送电时间": "2026-11-22T18:00"}  # fmt: skip
    passage = Passage(passage_id=f"d#{number}", kind="notice", locator=number, text="停电", cells=cells)
    document = Document(document_id="d", title="公告", kind="停电公告", passages=(passage,), file="公告.html")
    at = school.office.clock.now()

    def job(connection: Any) -> None:
        records.put_document(connection, document, Change(author="导入", reason="导入", at=at), expected=0)

    school.database.write(job)
    school.office.library.publish(at=at, note="导入")


def test_a_notice_is_told_to_callers_when_the_call_returns(school: School) -> None:
    assert said(school) == []
    number = added(school)
    assert number == "TD20261122-01"
    assert said(school) == [(number, "2026-11-22T14:00")]
    assert said(school, "我们柳河村没电了") == [(number, "2026-11-22T14:00")]
    assert added(school, place="和平街道") == "TD20261122-02"


def test_a_change_is_told_at_once_and_the_history_keeps_every_promise(school: School) -> None:
    number = added(school)
    school.later(hours=1)
    done = school.learning.board.change(LEAD, number, {"promised": "2026-11-22 17:00"}, expected=1, reason="要换电杆")
    assert said(school) == [(number, "2026-11-22T17:00")]
    assert done["version"] == 2
    shown = school.learning.board.show(LEAD, number)
    assert [(row["promised"], row["planned"], row["author"], row["reason"]) for row in shown["history"]] == [
        ("2026-11-22T14:00", "2026-11-22T14:00", "孙", "登记停电公告"),
        ("2026-11-22T17:00", "2026-11-22T14:00", "孙", "要换电杆"),
    ]


def test_calls_that_were_told_the_old_time_are_listed(school: School) -> None:
    number = added(school)
    old, new = {number: "2026-11-22T14:00"}, {number: "2026-11-22T17:00"}
    school.log(ASKED, call="c-1", band="high", told=old)
    school.log("幸福里停", account="李四", told=old)
    school.log("幸福里停电多久", account="李四", told=old)
    school.log("电费怎么交", call="c-3", band="high")
    school.later(minutes=5)
    done = school.learning.board.change(LEAD, number, {"promised": "2026-11-22 17:00"}, expected=1, reason="延时")
    assert [(one["call"], one["account"], one["told"], one["text"]) for one in done["told"]] == [
        ("", "李四", "2026-11-22T14:00", "幸福里停电多久"),
        ("c-1", "张三", "2026-11-22T14:00", ASKED),
    ]
    school.log(ASKED, call="c-1", band="high", told=new)
    assert [one["account"] for one in school.learning.board.told(LEAD, number)] == ["李四"]


def test_a_change_that_keeps_the_promise_lists_nobody(school: School) -> None:
    number = added(school)
    school.log(ASKED, told={number: "2026-11-22T14:00"})
    done = school.learning.board.change(LEAD, number, {"cause": "车辆撞杆"}, expected=1, reason="查明原因")
    assert done["told"] == []


def test_an_ended_notice_is_told_to_nobody_and_stays_in_the_history(school: School) -> None:
    number = added(school)
    school.learning.board.end(LEAD, number, expected=1)
    assert said(school) == []
    assert [row["state"] for row in school.learning.board.show(LEAD, number)["history"]] == ["有效", "已送电"]
    with pytest.raises(RequestInvalid, match="已经结束"):
        school.learning.board.end(LEAD, number, expected=2)


def test_two_people_do_not_overwrite_each_other(school: School) -> None:
    number, board = added(school), school.learning.board
    board.change(LEAD, number, {"promised": "2026-11-22 17:00"}, expected=1, reason="延时")
    with pytest.raises(StaleVersion) as caught:
        board.change(LI, number, {"promised": "2026-11-22 15:00"}, expected=1, reason="提前")
    assert caught.value.current == 2
    assert said(school) == [(number, "2026-11-22T17:00")]


def test_the_board_has_the_last_word_on_a_notice_from_a_file(school: School) -> None:
    from_file(school)
    assert said(school) == [("JH1", "2026-11-22T18:00")]
    board = school.learning.board
    school.log(ASKED, told={"JH1": "2026-11-22T18:00"})
    done = board.change(LEAD, "JH1", {"promised": "2026-11-22 20:00"}, expected=0, reason="延时")
    assert said(school) == [("JH1", "2026-11-22T20:00")]
    assert [one["told"] for one in done["told"]] == ["2026-11-22T18:00"]
    history = board.show(LEAD, "JH1")["history"]
    assert [(row["author"], row["promised"]) for row in history] == [
        ("公告.html", "2026-11-22T18:00"),
        ("孙", "2026-11-22T20:00"),
    ]
    board.end(LEAD, "JH1", expected=1)
    assert said(school) == []
    assert [row["state"] for row in board.rows(LEAD)] == ["ended"]


def test_who_may_keep_the_board(school: School) -> None:
    number = added(school)
    with pytest.raises(NotAllowed):
        school.learning.board.add(ZHAO, FAULT)
    with pytest.raises(NotAllowed):
        school.learning.board.end(ZHAO, number, expected=1)
    elsewhere = confined(LEAD, region="乙市")
    with pytest.raises(NotAllowed):
        school.learning.board.add(elsewhere, {**FAULT, "region": "甲市"})
    own = school.learning.board.add(confined(LEAD, region="甲市"), FAULT)["notice"]
    assert own["region"] == "甲市"
    with pytest.raises(NoticeMissing):
        school.learning.board.change(elsewhere, own["notice_id"], {"cause": "x"}, expected=1, reason="x")


def test_every_change_is_a_release_and_audited(school: School) -> None:
    number = added(school)
    school.learning.board.change(LEAD, number, {"promised": "2026-11-22 17:00"}, expected=1, reason="延时")
    with school.database.read() as connection:
        made = [(release.note, origin.account if origin else "") for release, origin in list_releases(connection)]
    assert made == [(f"停电公告 {number}：延时", "孙"), (f"停电公告 {number}：登记停电公告", "孙")]
    assert school.audited("release.outage") == [note for note, _account in reversed(made)]


@pytest.mark.parametrize(
    ("fields", "said_"),
    [
        ({"place": "", "line": " "}, "区域或线路"),
        ({"starts": ""}, "没有写停电时间"),
        ({"starts": "明天上午"}, "认不出来"),
        ({"promised": "2026-11-22 08:00"}, "不晚于停电时间"),
        ({"kind": "欠费停电"}, "停电类型不认识"),
        ({"visibility": "内 部"}, "可见范围"),
        ({"cause": "x" * 401}, "400 字"),
        ({"notice_id": "TD20261122-01"}, "编号已经有了"),
    ],
)
def test_a_notice_that_cannot_be_right_is_refused(school: School, fields: dict[str, str], said_: str) -> None:
    added(school, place="和平街道")
    with pytest.raises(RequestInvalid, match=said_):
        school.learning.board.add(LEAD, {**FAULT, **fields})
    assert said(school) == []


def test_a_change_needs_a_reason_and_something_to_change(school: School) -> None:
    number, board = added(school), school.learning.board
    with pytest.raises(RequestInvalid, match="原因"):
        board.change(LEAD, number, {"cause": "x"}, expected=1, reason=" ")
    with pytest.raises(RequestInvalid, match="没有改动"):
        board.change(LEAD, number, {"promised": FAULT["promised"]}, expected=1, reason="x")


def test_a_notice_without_a_promise_says_so_and_stays_until_it_ends(school: School) -> None:
    number = added(school, promised="")
    school.later(days=3)
    assert said(school) == [(number, "")]
    assert "送电时间：待定" in school.office.assistant.answer(SuggestRequest(text=ASKED)).outages[0].text
