"""The gap list counts calls, not key presses; groups what asks the same; shows nothing personal."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assistant.errors import NotAllowed, RequestInvalid
from assistant.learning.cluster import Known, groups, likeness
from assistant.learning.gaps import GapQuery
from assistant.learning.heard import Heard, questions
from kb.domain.errors import NotFound
from kb.encode.protocol import unit_rows
from tests.assistant.editing.conftest import LI, ZHAO
from tests.assistant.editing.test_gate import OUT, PAY, issue
from tests.assistant.learning.conftest import School
from tests.conftest import NOON
from tests.kb.builders import entry

SOLAR = "屋顶光伏怎么并网发电"


def listed(school: School, **query: Any) -> list[dict[str, Any]]:
    return list(school.learning.gaps.report(GapQuery(**query))["gaps"])


def rows(*said: tuple[int, str], account: str = "张三", call: str = "") -> list[Heard]:
    return [
        Heard(number=n, at=NOON + dt.timedelta(seconds=at), account=account, call_id=call, text=text, band="low")
        for n, (at, text) in enumerate(said)
    ]


def test_typing_one_question_is_one_question() -> None:
    pause = dt.timedelta(seconds=90)
    typed = questions(rows((0, "屋顶"), (1, "屋顶光"), (2, "屋顶光伏"), (3, "屋顶光"), (4, SOLAR)), pause)
    assert [one.last.text for one in typed] == [SOLAR]
    again = questions(rows((0, SOLAR), (300, SOLAR)), pause)
    assert len({one.key for one in again}) == 2
    other = questions(rows((0, SOLAR), (5, "电费怎么交")), pause)
    assert len(other) == 2
    same_call = questions(rows((0, SOLAR), (300, "电费怎么交"), call="c-1"), pause)
    assert {one.key for one in same_call} == {"c-1"}


def test_a_question_answered_in_the_end_is_no_gap(school: School) -> None:
    issue(school.office, PAY, OUT)
    school.log("屋顶光伏")
    school.later(seconds=2)
    school.log(SOLAR, band="high")
    assert listed(school) == []


def test_gaps_are_ranked_by_calls_with_the_nearest_entries(school: School) -> None:
    issue(school.office, PAY, OUT)
    for account in ("张三", "李四", "王五"):
        school.log(SOLAR, account=account)
    school.log("充电桩报装要多久", account="张三")
    for _ in range(5):
        school.later(seconds=1)
        school.log("充电桩报装要多久", account="张三")
    found = listed(school)
    assert [(gap["text"], gap["calls"]) for gap in found] == [(SOLAR, 3), ("充电桩报装要多久", 1)]
    assert {near["entry_id"] for near in found[0]["nearest"]} <= {"A", "B"}
    assert found[0]["kinds"] == {"低把握": 3}
    assert [gap["text"] for gap in listed(school, min_calls=2)] == [SOLAR]


def test_what_agents_do_counts_with_the_call_it_belongs_to(school: School) -> None:
    issue(school.office, PAY, OUT)
    school.log(SOLAR)
    school.later(minutes=1)
    school.tell("no_answer", SOLAR)
    school.tell("wrong", "停电了找谁", entry_id="B")
    school.tell("chosen", "电费怎么交", entry_id="A")
    found = {gap["text"]: gap for gap in listed(school)}
    assert set(found) == {SOLAR, "停电了找谁"}
    assert (found[SOLAR]["calls"], found[SOLAR]["kinds"]) == (1, {"低把握": 1, "没有答案": 1})
    assert found["停电了找谁"]["entries"] == ["B"]


def test_what_is_answered_by_now_is_left_out_and_counted(school: School) -> None:
    issue(school.office, PAY, OUT)
    school.log("电费怎么交")
    assert len(listed(school)) == 1, "the release it was asked of did not answer it"
    issue(school.office, entry("C", "怎么过户"))
    report = school.learning.gaps.report(GapQuery())
    assert (report["gaps"], report["answered"], report["groups"]) == ([], 1, 1)
    assert [gap["answered"] for gap in listed(school, everything=True)] == [True]


def test_nothing_personal_and_no_greeting_is_listed(school: School) -> None:
    """The journal masks; a row from before a mask was added is masked again."""
    school.log("户号3101234567的光伏怎么并网")
    school.log("喂，你好")
    [gap] = listed(school)
    assert "3101234567" not in str(gap)
    assert gap["text"] == "户号〔户号〕的光伏怎么并网"


def test_old_calls_are_not_counted(school: School) -> None:
    school.log(SOLAR)
    school.later(days=31)
    assert listed(school) == []
    assert [gap["text"] for gap in listed(school, days=60)] == [SOLAR]


def test_groups_hold_together_and_empty_texts_stand_alone() -> None:
    near, far = np.array([1.0, 0.1, 0.0]), np.array([0.0, 0.1, 1.0])
    vectors = unit_rows(np.array([near, far, near * 1.01, np.zeros(3), np.zeros(3)]))
    assert groups(vectors, 0.2) == [0, 1, 0, 2, 3]
    assert groups(vectors[:1], 0.2) == [0]


def test_questions_nearest_to_the_same_knowledge_are_one_group() -> None:
    """Two wordings of one thing share few words, but both are nearest to entry 0; the third is nearest to entry 1."""
    rows = unit_rows(np.array([[1, 0, 1, 0], [0, 0, 0, 1], [0.1, 0, 0, 1]], dtype=np.float32))
    vectors = unit_rows(np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0.6, 0, 0, 0.8]], dtype=np.float32))
    known = Known(rows=rows, starts=np.array([0, 1]), nearest=1, warmth=0.1)
    assert groups(vectors, 0.55) == [0, 1, 0]
    assert groups(vectors, 0.55, known) == [0, 0, 1]
    assert groups(vectors, 0.55, replace(known, nearest=0)) == [0, 1, 0]


def test_many_known_questions_of_one_entry_count_by_the_nearest() -> None:
    rows = unit_rows(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float32))
    vectors = unit_rows(np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]], dtype=np.float32))
    known = Known(rows=rows, starts=np.array([0, 2]), nearest=1, warmth=0.1)
    assert likeness(vectors, known).round(2).tolist() == [[1, 0.6, 0.22], [0.6, 1, 0.22], [0.22, 0.22, 1]]


def test_a_gap_is_set_aside_with_a_reason_until_enough_calls_ask_again(school: School) -> None:
    issue(school.office, PAY, OUT)
    aside = school.learning.aside
    for account in ("张三", "李四"):
        school.log(SOLAR, account=account)
    with pytest.raises(NotAllowed):
        aside.put(ZHAO, SOLAR, reason="不归我们管")
    with pytest.raises(RequestInvalid):
        aside.put(LI, SOLAR, reason="  ")
    with pytest.raises(NotFound):
        aside.put(LI, "没人问过的话怎么办", reason="x")
    assert [gap["text"] for gap in listed(school)] == [SOLAR]
    aside.put(LI, SOLAR, reason="不归我们管")
    assert listed(school) == []
    assert school.learning.gaps.report(GapQuery())["aside"] == 1
    [shown] = listed(school, everything=True)
    assert (shown["aside"]["account"], shown["aside"]["reason"]) == (LI.name, "不归我们管")
    most = school.learning.gaps.rules.gaps.reopen
    for number in range(most):
        assert listed(school) == [], number
        school.later(minutes=5)
        school.log(f"{SOLAR}啊", account=f"坐席{number}")
    [again] = listed(school)
    assert again["calls"] == most + 2
    assert school.audited("gap.aside") == ["不归我们管"]


def test_a_gap_taken_back_is_listed_again_once(school: School) -> None:
    issue(school.office, PAY, OUT)
    school.log(SOLAR)
    gap_id = school.learning.aside.put(LI, SOLAR, reason="看错了")["gap_id"]
    with pytest.raises(NotAllowed):
        school.learning.aside.take_back(ZHAO, gap_id)
    for _ in range(2):
        school.learning.aside.take_back(LI, gap_id)
    assert [gap["text"] for gap in listed(school)] == [SOLAR]
    assert len(school.audited("gap.back")) == 1
