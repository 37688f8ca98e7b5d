"""A request goes 坐席 → 班组长 → 知识采编 and back, each step by whom it is for, by the clock, and masked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import insert, select

from assistant.accounts.types import Account
from assistant.errors import NotAllowed, RequestInvalid
from assistant.learning.errors import RequestMissing, StepInvalid
from assistant.learning.request_rules import load_request_rules
from assistant.learning.request_store import RequestFilter
from assistant.learning.requests import NewRequest
from assistant.workorder.calendar import load_workdays
from kb.domain.clock import CHINA
from kb.domain.errors import RuleFileInvalid, StaleVersion
from kb.store.engine import open_engine, sqlite_url
from kb.store.migrate import config_for, upgrade
from kb.store.schema import feedback, knowledge_request
from kb.text.rulefiles import RuleFiles
from tests.assistant.editing.conftest import LI, ZHAO, person
from tests.assistant.learning.conftest import School, confined

LEAD, OTHER = person("孙", "lead"), person("周", "agent")
EVERY = RequestFilter()


def asked(school: School, account: Account = ZHAO, kind: str = "答案错", text: str = "电表走得快") -> str:
    return school.learning.requests.submit(account, NewRequest(kind=kind, text=text, entry_id="A")).number


def step(school: School, account: Account, number: str, name: str, *, note: str = "") -> int:
    requests = school.learning.requests
    version = requests.show(account, number)["version"]
    return requests.step(account, number, name, version=version, note=note).version


def limit(school: School, number: str) -> str:
    return str(school.learning.requests.show(ZHAO, number)["limit_at"])[:16]


def test_the_whole_way_and_who_did_what(school: School) -> None:
    number = asked(school)
    assert number == "X2026112200001"
    step(school, LEAD, number, "转采编")
    school.later(hours=20)
    step(school, LI, number, "采编答复", note="已改 M01 的答案")
    shown = school.learning.requests.show(ZHAO, number)
    assert (shown["stage"], shown["reply"]) == ("坐席确认", "已改 M01 的答案")
    step(school, ZHAO, number, "不满意", note="阶梯还没写")
    step(school, LI, number, "采编答复", note="补了阶梯")
    step(school, ZHAO, number, "满意办结")
    shown = school.learning.requests.show(ZHAO, number)
    assert (shown["stage"], shown["version"], shown["steps"]) == ("办结", 6, [])
    assert [(e["account"], e["step"], e["stage_to"]) for e in shown["events"]] == [
        ("赵", "提交", "班组长审核"), ("孙", "转采编", "知识采编"), ("李", "采编答复", "坐席确认"),
        ("赵", "不满意", "知识采编"), ("李", "采编答复", "坐席确认"), ("赵", "满意办结", "办结"),
    ]  # fmt: skip
    assert len(school.audited("request.step")) == 6


def test_every_stage_belongs_to_somebody(school: School) -> None:
    """Neither agent nor curator does the lead's part, nor the lead the curator's, nor a colleague the agent's."""
    number = asked(school)
    for account in (ZHAO, LI):
        with pytest.raises(NotAllowed):
            step(school, account, number, "转采编")
    step(school, LEAD, number, "转采编")
    for account in (ZHAO, LEAD):
        with pytest.raises(NotAllowed):
            step(school, account, number, "采编答复", note="x")
    step(school, LI, number, "采编答复", note="改好了")
    with pytest.raises(NotAllowed):
        step(school, LI, number, "满意办结")
    with pytest.raises(RequestMissing):
        step(school, OTHER, number, "满意办结")
    steps = school.learning.requests.show(ZHAO, number)["steps"]
    assert [one["name"] for one in steps] == ["满意办结", "不满意"]


def test_a_step_starts_where_the_request_stands(school: School) -> None:
    number = asked(school)
    with pytest.raises(StepInvalid):
        step(school, LI, number, "采编答复", note="x")


def test_a_reply_needs_words(school: School) -> None:
    number = asked(school)
    with pytest.raises(RequestInvalid, match="要写几句"):
        step(school, LEAD, number, "直接答复", note=" ")
    assert school.learning.requests.show(LEAD, number)["version"] == 1


def test_clocks_run_by_stage_on_the_working_calendar(school: School) -> None:
    """Noon on Sunday, 22 November 2026: one working day is Monday, four from Monday noon are Friday."""
    number = asked(school)
    assert limit(school, number) == "2026-11-23T12:00"
    school.later(hours=24)
    step(school, LEAD, number, "转采编")
    assert limit(school, number) == "2026-11-27T12:00"
    row = school.learning.requests.show(ZHAO, number)
    assert (row["target_at"][:16], row["limit_text"]) == ("2026-11-25T12:00", "4个工作日内完成编辑、审核")
    step(school, LI, number, "采编答复", note="x")
    step(school, ZHAO, number, "满意办结")
    assert school.learning.requests.show(ZHAO, number)["limit_at"] is None


def test_what_is_overdue_is_found_and_stays_noted_as_late(school: School) -> None:
    late, fresh = asked(school), ""
    school.later(hours=5)
    assert [school.learning.requests.show(LEAD, late)[key] for key in ("behind", "overdue")] == [True, False]
    school.later(hours=20)
    fresh = asked(school)
    wanted = RequestFilter(overdue=True)
    assert [row["number"] for row in school.learning.requests.list(LEAD, wanted)] == [late]
    assert [row["number"] for row in school.learning.requests.list(LEAD, EVERY)] == [late, fresh]
    step(school, LEAD, late, "转采编")
    assert school.learning.requests.list(LEAD, wanted) == []
    assert [event["late"] for event in school.learning.requests.show(LEAD, late)["events"]] == [False, True]


def test_two_people_do_not_both_take_a_request(school: School) -> None:
    number, requests = asked(school), school.learning.requests
    requests.step(LEAD, number, "转采编", version=1)
    with pytest.raises(StaleVersion) as caught:
        requests.step(LEAD, number, "直接答复", version=1, note="不用改")
    assert caught.value.current == 2
    assert len(requests.show(LEAD, number)["events"]) == 2


def test_nothing_personal_is_kept(school: School) -> None:
    requests = school.learning.requests
    new = NewRequest(kind="没有答案", text="我户号３１０１２３４５６７问电费", note="回拨13812345678")
    made = requests.submit(ZHAO, new)
    requests.step(LEAD, made.number, "直接答复", version=1, note="请打 13812345678")
    shown = str(requests.show(ZHAO, made.number))
    assert "3101234567" not in shown
    assert "13812345678" not in shown
    assert "〔手机号〕" in shown


def test_an_agent_sees_own_requests_and_a_team_its_departments(school: School) -> None:
    east, west = confined(ZHAO, department="城东"), confined(OTHER, department="城西")
    mine, theirs = asked(school, east), asked(school, west)
    requests = school.learning.requests
    assert [row["number"] for row in requests.list(east, EVERY)] == [mine]
    assert [row["number"] for row in requests.list(confined(LEAD, department="城西"), EVERY)] == [theirs]
    assert {row["number"] for row in requests.list(LEAD, EVERY)} == {mine, theirs}
    for account in (east, confined(LEAD, department="城东")):
        with pytest.raises(RequestMissing):
            requests.show(account, theirs)


@pytest.mark.parametrize("wanted", [RequestFilter(stage="处理"), RequestFilter(kind="展现形式")])
def test_filters_that_do_not_exist_are_refused(school: School, wanted: RequestFilter) -> None:
    with pytest.raises(RequestInvalid, match="不认识"):
        school.learning.requests.list(LEAD, wanted)


def test_unknown_kinds_and_empty_words_are_refused(school: School) -> None:
    for kind, text in (("展现形式", "x"), ("不全", " \u200b ")):
        with pytest.raises(RequestInvalid):
            asked(school, kind=kind, text=text)


@pytest.mark.parametrize(
    ("old", "new"),
    [('who = "triage"', 'who = "everyone"'), ('to = "知识采编"', 'to = "编辑部"'), ("[[steps]]", "[[step]]")],
)
def test_rules_that_cannot_work_are_refused(tmp_path: Path, old: str, new: str) -> None:
    text = RuleFiles().path("requests.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "requests.toml").write_text(text.replace(old, new), encoding="utf-8")
    files = RuleFiles(tmp_path)
    with pytest.raises(RuleFileInvalid, match=r"requests\.toml"):
        load_request_rules(files, load_workdays(files))


def test_feedback_from_before_becomes_requests_without_a_clock(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path), "write")
    upgrade(engine)
    command.downgrade(config_for(engine), "0004")
    at = dt.datetime(2026, 10, 1, 9, 0, tzinfo=CHINA).replace(tzinfo=None)
    row = {"at": at, "account": "赵", "department": "城东", "text_masked": "电表快", "facts": "{}", "release": 3,
           "as_of": "", "entry_id": "M01", "note": "不对"}  # fmt: skip
    with engine.begin() as connection:
        for kind in ("wrong", "no_answer", "label"):
            connection.execute(insert(feedback).values(token=f"old-{kind}", kind=kind, **row))
    upgrade(engine)
    with engine.begin() as connection:
        found = connection.execute(select(knowledge_request)).all()
        assert len(connection.execute(select(feedback)).all()) == 3
    assert [(one.number, one.kind, one.stage, one.limit_at, one.entry_id) for one in found] == [
        ("F1", "答案错", "班组长审核", None, "M01"),
        ("F2", "没有答案", "班组长审核", None, "M01"),
    ]
    engine.dispose()
