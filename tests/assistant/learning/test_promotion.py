"""A closed order whose caller was satisfied becomes a draft that names nobody."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.errors import NotAllowed
from assistant.workorder.errors import OrderMissing
from assistant.workorder.service import Filing
from kb.domain.errors import StaleVersion, WrongState
from kb.domain.suggestion import Scored, Suggestion, WorkOrderAdvice
from tests.assistant.editing.conftest import LI, ZHAO
from tests.assistant.learning.conftest import School, confined

SAID = "我叫张建国，住柳河村东头，电话13812345678，想问光伏并网要什么材料"
REPLY = "张建国先生：请带身份证和房产证明到营业厅办理光伏并网。"


def filed(school: School, *, satisfied: bool | None = True, until: str = "归档", form: str = "业务咨询单") -> str:
    suggestion = Suggestion(
        text=SAID,
        release=1,
        as_of="2026-11-22",
        took_ms=1.0,
        band="low",
        call_type=Scored(label="咨询", confidence=0.9),
        categories=(Scored(label="用电业务", confidence=0.9),),
        work_order=WorkOrderAdvice(needed=True, form=form, rules=("W10",)),
    )
    fields = {"联系人": "张建国", "用电地址": "柳河村东头"}
    if form == "举报单":
        fields = {"举报人": "张建国", "是否匿名": "是"}
    made = school.orders.file(Filing(account="赵", key="k", digest="d", suggestion=suggestion, fields=fields)).order
    assert made is not None
    for version, to in enumerate(("处理", "答复", "归档"), start=1):
        note = REPLY if to == "答复" else ""
        school.orders.move(made.number, to, version=version, account="赵", note=note, satisfied=satisfied)
        if to == until:
            break
    return made.number


def test_the_draft_answers_and_names_nobody(school: School) -> None:
    number = filed(school)
    made = school.learning.promotion.promote(LI, number)
    [standing] = school.office.desk.standings([made["entry_id"]])
    text = str(standing.head.payload)
    for name in ("张建国", "柳河村东头", "13812345678"):
        assert name not in text
    assert "光伏并网要什么材料" in made["question"]
    assert made["answer"] == "〔联系人〕先生：请带身份证和房产证明到营业厅办理光伏并网。"
    assert made["masked"] == ["〔手机号〕", "〔用电地址〕", "〔联系人〕"]
    assert (standing.stage, standing.head.payload["visibility"]) == ("草稿", "内部")
    assert school.audited("order.promote") == [made["entry_id"]]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"until": "答复"}, "还没有归档"),
        ({"satisfied": None}, "满意"),
        ({"satisfied": False}, "满意"),
        ({"form": "举报单"}, "匿名"),
    ],
)
def test_only_closed_and_satisfied_orders(school: School, more: dict[str, Any], said: str) -> None:
    number = filed(school, **more)
    with pytest.raises(WrongState, match=said):
        school.learning.promotion.promote(LI, number)
    assert school.office.desk.standings() == []


def test_an_order_is_promoted_once_and_by_curators(school: School) -> None:
    number = filed(school)
    with pytest.raises(NotAllowed):
        school.learning.promotion.promote(ZHAO, number)
    school.learning.promotion.promote(LI, number)
    with pytest.raises(StaleVersion):
        school.learning.promotion.promote(LI, number)


def test_what_may_be_promoted_is_listed_as_it_would_be_drafted(school: School) -> None:
    number = filed(school)
    [row] = school.learning.promotion.candidates(LI)
    assert (row["number"], row["category"]) == (number, "用电业务")
    for name in ("张建国", "柳河村东头", "13812345678"):
        assert name not in str(row)
    made = school.learning.promotion.promote(LI, number)
    assert (row["question"], row["answer"]) == (made["question"], made["answer"])
    assert school.learning.promotion.candidates(LI) == []
    with pytest.raises(NotAllowed):
        school.learning.promotion.candidates(ZHAO)


@pytest.mark.parametrize("more", [{"until": "答复"}, {"satisfied": False}, {"form": "举报单"}])
def test_what_may_not_be_promoted_is_not_listed(school: School, more: dict[str, Any]) -> None:
    filed(school, **more)
    assert school.learning.promotion.candidates(LI) == []


def test_a_department_promotes_its_own_orders_only(school: School) -> None:
    number = filed(school)
    elsewhere = confined(LI, department="别的部门")
    assert school.learning.promotion.candidates(elsewhere) == []
    with pytest.raises(OrderMissing):
        school.learning.promotion.promote(elsewhere, number)
