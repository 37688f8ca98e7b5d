"""What an order holds: fields in their form's order, what is still missing, who gets it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from assistant.errors import RequestInvalid
from assistant.workorder.advice import Adviser, Intake, load_adviser
from assistant.workorder.rules import Situation
from kb.domain.clock import CHINA
from kb.domain.suggestion import Scored, WorkOrderAdvice
from kb.text.rulefiles import RuleFiles

ACCEPTED = dt.datetime(2026, 11, 23, 9, 30, tzinfo=CHINA)
FORMS = {"业务咨询单", "信息查询单", "报修单", "投诉单", "举报单", "意见建议单", "业务申请单", "催办单"}


@pytest.fixture(scope="module")
def adviser(rule_files: RuleFiles) -> Adviser:
    return load_adviser(rule_files)


@pytest.fixture(scope="module")
def forms(rule_files: RuleFiles) -> dict[str, Any]:
    data: dict[str, Any] = rule_files.toml("forms.toml")["forms"]
    return data


def advise(adviser: Adviser, said: str, call_type: str, *, region: str | None = None) -> WorkOrderAdvice:
    situation = Situation(
        text=said,
        call_type=call_type,
        danger=False,
        band="low",
        facts={},
        flags=frozenset(),
        outage=False,
        model=Scored(label="W16", confidence=0.9),
        likely=0.9,
    )
    return adviser.advise(
        adviser.rule(situation), situation, Intake(said=said, category="其他咨询", accepted=ACCEPTED, region=region)
    )


def test_the_consultation_form_has_twelve_fields_and_no_phone(forms: dict[str, Any]) -> None:
    fields = forms["业务咨询单"]["fields"]
    assert len(fields) == len(set(fields)) == 12
    assert "联系电话" not in fields


def test_the_query_form_has_thirteen_fields_with_a_phone(forms: dict[str, Any]) -> None:
    fields = forms["信息查询单"]["fields"]
    assert len(fields) == len(set(fields)) == 13
    assert "联系电话" in fields


def test_all_eight_forms_are_there_and_ask_only_for_their_own_fields(
    forms: dict[str, Any], rule_files: RuleFiles
) -> None:
    assert set(forms) == FORMS == set(rule_files.toml("deadlines.toml")["deadlines"])
    for spec in forms.values():
        assert set(spec["ask"]) <= set(spec["fields"])
        assert spec["content"] in spec["fields"]


def test_a_consultation_never_holds_a_phone(adviser: Adviser) -> None:
    order = advise(adviser, "我叫王小明,电话010-12345678,你们的股票代码是多少", "咨询")
    assert order.form == "业务咨询单"
    assert "01012345678" not in order.draft.values()
    assert order.draft["联系人"] == "王小明"
    assert order.missing == ("用电地址",)


def test_a_draft_stands_in_the_forms_order_and_says_what_is_wanted_in_one_sentence(
    adviser: Adviser, forms: dict[str, Any]
) -> None:
    said = "户号是1234 5678 90,我申请的新装走到哪一步了,电话 138 1234 5678"
    order = advise(adviser, said, "查询")
    assert (order.needed, order.form, order.rules) == (True, "信息查询单", ("W10",))
    places = [forms["信息查询单"]["fields"].index(field) for field in order.draft]
    assert places == sorted(places)
    assert order.draft["查询内容"] == "客户查询：户号是1234 5678 90,客户申请的新装走到哪一步了,电话 138 1234 5678。"
    assert (order.draft["户号"], order.draft["联系电话"]) == ("1234567890", "13812345678")
    assert order.draft["受理时间"] == "2026-11-23T09:30+08:00"
    assert order.missing == ("户名", "用电地址", "联系人")


def test_a_report_takes_the_address_as_the_place_of_the_offence(adviser: Adviser) -> None:
    order = advise(adviser, "幸福路12号楼有人偷电", "举报")
    assert order.form == "举报单"
    assert order.draft["违法地址"] == "幸福路12号楼"
    assert "违法地址" not in order.missing


def test_no_order_still_names_the_rule_and_the_reason(adviser: Adviser) -> None:
    order = advise(adviser, "查一下上个月电费", "查询")
    assert (order.needed, order.form, order.due, order.draft) == (False, None, None, {})
    assert order.rules == ("N06",)
    assert order.reason


@pytest.mark.parametrize(
    ("said", "call_type", "department"),
    [
        ("家里没电了,电费刚交", "报修", "配网抢修指挥班"),
        ("电表坏了还没人来", "催办", "配网抢修指挥班"),
        ("抄表员骂人", "投诉", "供电服务指挥中心"),
        ("有人偷电表", "举报", "供电服务指挥中心"),
        ("要求校验电表", "服务申请", "计量班"),
        ("账单上的电费多交了", "服务申请", "电费核算班"),
        ("想办理过户", "服务申请", "业扩报装班"),
        ("门口线路老是电压低", "意见", "配电运检班"),
        ("营业厅停车位太少", "建议", "客户服务班"),
    ],
)
def test_departments(adviser: Adviser, said: str, call_type: str, department: str) -> None:
    assert advise(adviser, said, call_type).department == department


def test_the_region_stands_before_the_department(adviser: Adviser) -> None:
    assert advise(adviser, "家里没电了", "报修", region="东区").department == "东区 · 配网抢修指挥班"


@pytest.mark.parametrize(
    ("said", "call_type", "sentence"),
    [
        (
            "喂，你们这帮混蛋，我家停电三天了！气死我了！",
            "投诉",
            "客户投诉：供电公司这帮，客户家停电三天了。要求核实处理并答复。",
        ),
        ("您好，我们屋没电了啊", "报修", "客户报修：客户家没电了。"),
        ("混蛋", "投诉", "客户投诉：混蛋。要求核实处理并答复。"),
    ],
)
def test_the_sentence_is_neutral(adviser: Adviser, said: str, call_type: str, sentence: str) -> None:
    order = advise(adviser, said, call_type)
    assert order.draft[adviser.content_field(str(order.form))] == sentence


def test_known_facts_fill_the_fields_of_their_name(adviser: Adviser) -> None:
    intake = Intake(said="没电了", category="停电信息", accepted=ACCEPTED, region=None)
    made = adviser.prepare("报修单", intake, {"停电范围": "一片都停", "区域": "农村"})
    assert made.draft["停电范围"] == "一片都停"
    assert "停电范围" not in made.missing
    assert "区域" not in made.draft
    assert made.due is not None
    assert made.due["target"] == "2026-11-23T11:00+08:00"


def test_what_an_agent_fills_in_is_checked(adviser: Adviser) -> None:
    assert adviser.checked("投诉单", {"户号": "1234 5678 90", "联系电话": "一三八 1234 5678", "户名": " "}) == {
        "户号": "1234567890",
        "联系电话": "13812345678",
    }
    for wrong in ({"户号": "123456789"}, {"联系电话": "1381234567"}, {"联系电话": "1"}, {"车牌": "A"}):
        with pytest.raises(RequestInvalid):
            adviser.checked("投诉单", wrong)
