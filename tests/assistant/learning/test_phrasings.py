"""What agents chose becomes a phrasing only when no golden question pays for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.errors import NotAllowed, RequestInvalid
from kb.domain.errors import NotFound
from tests.assistant.editing.conftest import LI, ZHAO
from tests.assistant.editing.test_gate import OUT, PAY, golden, issue
from tests.assistant.learning.conftest import School

WORDS = "交钱在哪儿交"


def suggested(school: School) -> list[tuple[str, str, int, str]]:
    found = school.learning.phrasings.report()["phrasings"]
    return [(one["entry_id"], one["text"], one["calls"], one["problem"]) for one in found]


def chosen(school: School, text: str, entry_id: str, times: int = 2) -> None:
    for n in range(times):
        school.tell("chosen", text, account=f"坐席{n}", entry_id=entry_id)


def settled(school: School) -> list[dict[str, Any]]:
    return list(school.learning.phrasings.report()["settled"])


def test_what_agents_chose_is_drafted_and_put_forward(school: School, gold: Path) -> None:
    golden(gold, 电费怎么交=["A"], 停电了找谁=["B"])
    issue(school.office, PAY, OUT)
    chosen(school, WORDS, "A")
    assert suggested(school) == [("A", WORDS, 2, "")]
    done = school.learning.phrasings.accept(LI, "A", WORDS)
    assert (done["state"], done["submitted"], done["gate"]["questions"]) == ("已采用", True, 2)
    [waiting] = school.office.desk.waiting()
    [standing] = school.office.desk.standings(["A"])
    assert (waiting.item_id, waiting.version) == ("A", standing.head.version)
    assert standing.head.payload["phrasings"][-1] == WORDS
    assert suggested(school) == []
    assert school.audited("phrasing.verdict") == ["已采用"]


def test_a_phrasing_that_makes_a_golden_question_worse_is_refused_with_the_reason(school: School, gold: Path) -> None:
    golden(gold, 电费怎么交=["A"], 家里没电如何报修呢=["B"])
    issue(school.office, PAY, OUT)
    words = "家里没电如何报修呢"
    chosen(school, words, "A", times=3)
    done = school.learning.phrasings.accept(LI, "A", words)
    assert done["state"] == "未采用"
    [verdict] = settled(school)
    assert words in verdict["detail"]
    assert "不再排第一" in verdict["detail"]
    assert school.office.desk.waiting() == []
    [standing] = school.office.desk.standings(["A"])
    assert words not in standing.head.payload["phrasings"]
    assert school.office.library.shelf.release == 1
    assert list((school.database.data_dir / "index").glob("000002*")) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("户号〔户号〕在哪里交电费呢", "个人信息"),
        ("交" * 61, "话太长"),
        ("停电了找谁", "已经是 B 的相似问"),
    ],
)
def test_words_that_cannot_be_a_phrasing_say_why(school: School, text: str, problem: str) -> None:
    issue(school.office, PAY, OUT)
    chosen(school, text, "A")
    [(_entry, _text, _calls, said)] = suggested(school)
    assert problem in said
    with pytest.raises(RequestInvalid, match=problem):
        school.learning.phrasings.accept(LI, "A", text)


def test_words_chosen_for_two_entries_suggest_neither(school: School) -> None:
    issue(school.office, PAY, OUT)
    chosen(school, WORDS, "A", times=3)
    chosen(school, WORDS, "B")
    assert [problem for *_rest, problem in suggested(school)] == ["同一句话也有人选了 B", "同一句话也有人选了 A"]


def test_what_is_a_phrasing_already_or_was_chosen_once_is_not_suggested(school: School) -> None:
    issue(school.office, PAY, OUT)
    chosen(school, "在哪里交电费", "A")
    chosen(school, WORDS, "A", times=1)
    chosen(school, WORDS, "不存在")
    assert suggested(school) == []


def test_what_was_put_away_does_not_come_back(school: School) -> None:
    issue(school.office, PAY, OUT)
    chosen(school, WORDS, "A")
    with pytest.raises(RequestInvalid, match="为什么"):
        school.learning.phrasings.dismiss(LI, "A", WORDS, reason=" ")
    school.learning.phrasings.dismiss(LI, "A", WORDS, reason="太口语")
    chosen(school, WORDS, "A")
    assert suggested(school) == []
    assert [(one["state"], one["detail"]) for one in settled(school)] == [("不要", "太口语")]


def test_who_may(school: School) -> None:
    issue(school.office, PAY, OUT)
    chosen(school, WORDS, "A")
    with pytest.raises(NotAllowed):
        school.learning.phrasings.accept(ZHAO, "A", WORDS)
    with pytest.raises(NotAllowed):
        school.learning.phrasings.dismiss(ZHAO, "A", WORDS, reason="x")
    with pytest.raises(NotFound):
        school.learning.phrasings.accept(LI, "A", "没人这样问过")
