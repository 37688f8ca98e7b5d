"""Every rule of `workorder.toml` both ways: it decides a situation of its kind and leaves its neighbour alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.workorder.rules import Rule, Situation, decide, load_rules
from kb.domain.errors import RuleFileInvalid
from kb.domain.suggestion import Scored
from kb.text.rulefiles import RuleFiles

Case = tuple[str, Mapping[str, Any], Mapping[str, Any]]
ASKED: Mapping[str, Any] = {"call_type": "查询"}
BROKEN: Mapping[str, Any] = {"call_type": "报修", "text": "家里没电了"}
GUESSED = ("W01", "W03", "W04", "W05", "W06", "W07", "W08", "W09", "W15")
UNKNOWN: Mapping[str, Any] = {"call_type": "咨询", "band": "low"}


def situation(**known: Any) -> Situation:
    """A quiet consultation unless told otherwise; `model` names the rule the model would take."""
    return Situation(
        text=known.get("text", "您好"),
        call_type=known.get("call_type", "咨询"),
        danger=known.get("danger", False),
        band=known.get("band", "high"),
        facts=known.get("facts", {}),
        flags=frozenset(known.get("flags", ())),
        outage=known.get("outage", False),
        model=Scored(label=known.get("model", "N01"), confidence=0.9),
        likely=known.get("likely", 0.5),
    )


CASES: list[Case] = [
    ("W02", {"danger": True}, {"danger": False}),
    ("W02", {"danger": True, "call_type": "投诉"}, {"call_type": "投诉"}),
    ("W02", {"danger": True, "outage": True, "call_type": "报修"}, {"outage": True, "call_type": "报修"}),
    ("W03", {"call_type": "投诉"}, {"call_type": "意见"}),
    ("W04", {"call_type": "举报"}, {"call_type": "投诉"}),
    ("W09", {"call_type": "催办"}, {"call_type": "报修"}),
    ("W05", {"call_type": "意见"}, {"call_type": "建议"}),
    ("W06", {"call_type": "建议"}, {"call_type": "意见"}),
    ("W07", {"call_type": "表扬"}, {"call_type": "建议"}),
    ("N03", {**BROKEN, "outage": True}, BROKEN),
    ("N03", {**BROKEN, "outage": True}, {"call_type": "催办", "outage": True}),
    ("N02", {**BROKEN, "text": "家里空开一推就跳,隔壁都有电"}, {**BROKEN, "text": "整栋楼都没电,隔壁也没有电"}),
    ("N02", {**BROKEN, "text": "隔壁家有电,我这漏保推不上去"}, {**BROKEN, "text": "隔壁家有电,我家没有电"}),
    ("N02", {"call_type": "咨询", "text": "电饭煲一插就跳闸"}, {"call_type": "查询", "text": "电饭煲一插就跳闸"}),
    ("W01", BROKEN, {**BROKEN, "outage": True}),
    ("W08", {"call_type": "服务申请"}, {"call_type": "咨询"}),
    ("W11", {**ASKED, "text": "供用电合同里违约责任的条款怎么写的"}, {**ASKED, "text": "我签合同那天是几号"}),
    ("W11", {**ASKED, "text": "签的那份合同"}, {"call_type": "咨询", "text": "签的那份合同"}),
    ("W12", {**ASKED, "text": "谁什么时候换了我家电表"}, {**ASKED, "text": "换一块表要多少钱"}),
    ("W12", {**ASKED, "text": "换表记录"}, {"call_type": "咨询", "text": "换表记录"}),
    ("W13", {**ASKED, "text": "账单止码和表上对不上"}, {**ASKED, "text": "这个月止码是多少"}),
    ("W13", {**ASKED, "text": "帮我核对一下示数"}, {"call_type": "咨询", "text": "帮我核对一下示数"}),
    ("W10", {**ASKED, "text": "上周报装的走到哪一步了"}, {**ASKED, "text": "报装要带什么材料"}),
    ("W10", {**ASKED, "text": "过户办好没有,进度"}, {"call_type": "咨询", "text": "过户办好没有,进度"}),
    ("N05", {"text": "把你们局长手机给我"}, {"text": "把营业厅电话给我"}),
    ("N05", {**ASKED, "text": "查一下邻居的电费"}, {**ASKED, "text": "查一下我的电费"}),
    ("N06", {**ASKED, "text": "查一下上个月电费"}, {"text": "查一下上个月电费"}),
    ("N01", {"band": "high"}, {"band": "low"}),
    ("N01", {"band": "medium"}, {"band": "medium", "call_type": "服务申请"}),
    ("W17", {"text": "电表上的数字几个月没动过,家里天天都在用电"}, {"text": "电表为什么不走"}),
    ("W17", {**ASKED, "text": "电表不走这事我跟你们讲过了"}, {**BROKEN, "text": "电表不走,派人来看"}),
    ("W18", {"text": "抄表员把数抄错了,你们给核对一下"}, {"text": "抄错了怎么退电费"}),
    ("W19", {"text": "欠费都结清了,到底管不管"}, {"text": "欠费结清多久复电"}),
    ("W20", {"text": "家里没电,看着像电表烧坏了"}, {"text": "没电,电表烧坏了谁出钱"}),
    ("W21", {"text": "邮局的规定你们能不能去协调"}, {"text": "网上买的灯坏了,你们能不能帮我去协调店家"}),
    ("N04", {"text": "水费怎么涨了"}, {"text": "停电了水管也没水"}),
    ("N04", {"call_type": "催办", "text": "包裹派送三天了"}, {"danger": True, "text": "水管爆了,插座冒火"}),
    ("N02", {**BROKEN, "text": "就我家没电,开关一推就弹"}, {**BROKEN, "text": "我们这片没电,开关没跳"}),
    (
        "N07",
        {"text": "你会唱歌吗,给我唱首歌", "call_type": "服务申请"},
        {"text": "等人工时放的歌太吵", "call_type": "意见"},
    ),
    (
        "W03",
        {"model": "W03", "likely": 0.9, "text": "这合规矩吗"},
        {"model": "W03", "likely": 0.9, "text": "投诉几天回话"},
    ),
    (
        "W04",
        {"model": "W04", "likely": 0.9, "text": "他家表不走"},
        {"model": "W04", "likely": 0.9, "text": "举报有奖吗"},
    ),
    ("W16", {"model": "W16", "likely": 0.9}, {"model": "W16", "likely": 0.3}),
    ("N04", {"text": "宽带网费怎么交"}, {"text": "增量配电的过网费怎么算", "band": "high"}),
    ("N07", {**UNKNOWN, "model": "N07"}, {**UNKNOWN, "model": "W16"}),
    ("N04", {**UNKNOWN, "model": "N04"}, {**UNKNOWN, "model": "N07"}),
    ("W15", {**UNKNOWN, "model": "W15"}, {**UNKNOWN, "model": "W16"}),
    ("W15", {**UNKNOWN, "model": "W15"}, {"band": "high", "model": "W15"}),
    ("W16", UNKNOWN, {**UNKNOWN, "band": "medium"}),
    ("W16", {**UNKNOWN, "likely": 0.3}, {**UNKNOWN, "likely": 0.05}),
    ("N08", {**UNKNOWN, "likely": 0.05}, UNKNOWN),
    ("N08", {**UNKNOWN, "likely": 0.05}, {"likely": 0.05}),
    *((rule, {"model": rule, "likely": 0.9}, {"model": rule, "likely": 0.1}) for rule in GUESSED),
    *(
        (rule, {**ASKED, "model": rule, "likely": 0.9}, {**ASKED, "model": rule, "likely": 0.1})
        for rule in ("W10", "W11", "W12", "W13")
    ),
]


@pytest.fixture(scope="module")
def rules(rule_files: RuleFiles) -> tuple[Rule, ...]:
    return load_rules(rule_files)


def decided(rules: tuple[Rule, ...], known: Mapping[str, Any]) -> str | None:
    rule = decide(rules, situation(**known))
    return rule.rule_id if rule else None


@pytest.mark.parametrize(("rule_id", "kind", "_neighbour"), CASES)
def test_a_rule_decides_its_kind(
    rules: tuple[Rule, ...], rule_id: str, kind: Mapping[str, Any], _neighbour: object
) -> None:
    assert decided(rules, kind) == rule_id


@pytest.mark.parametrize(("rule_id", "_kind", "neighbour"), CASES)
def test_a_rule_leaves_its_neighbour_alone(
    rules: tuple[Rule, ...], rule_id: str, _kind: object, neighbour: Mapping[str, Any]
) -> None:
    assert decided(rules, neighbour) != rule_id


def test_no_rule_is_untested(rules: tuple[Rule, ...]) -> None:
    assert {rule.rule_id for rule in rules} == {rule_id for rule_id, _kind, _neighbour in CASES}


def test_every_needed_rule_names_a_form_that_exists(rules: tuple[Rule, ...], rule_files: RuleFiles) -> None:
    forms = rule_files.toml("forms.toml")["forms"]
    assert all((rule.form in forms) if rule.needed else (rule.form is None) for rule in rules)


def test_every_call_type_is_decided(rules: tuple[Rule, ...], rule_files: RuleFiles) -> None:
    for call_type in rule_files.toml("taxonomy.toml")["call_types"]:
        assert decided(rules, {"call_type": call_type, "band": "low"}) is not None


CUSTOM = '[[rules]]\nid = "X1"\nneeded = false\nreason = "测试"\nwhen = {{ {when} }}\n'


def custom(tmp_path: Path, when: str) -> tuple[Rule, ...]:
    """Rules of one condition, put over the bundled ones."""
    (tmp_path / "workorder.toml").write_text(CUSTOM.format(when=when), encoding="utf-8")
    return load_rules(RuleFiles(override=tmp_path))


@pytest.mark.parametrize(
    ("when", "kind", "neighbour"),
    [
        ("facts = { '区域' = '城区' }", {"facts": {"区域": "城区"}}, {"facts": {"区域": "农村"}}),
        ("facts = { '区域' = '城区' }", {"facts": {"区域": "城区"}}, {"facts": {}}),
        ("flags = ['需工单', '重要']", {"flags": ["重要"]}, {"flags": ["易忘"]}),
        ("not_words = ['已经', '不用了']", {"text": "没电"}, {"text": "不用了"}),
        ("danger = false", {"danger": False}, {"danger": True}),
        ("outage = false", {"outage": False}, {"outage": True}),
        ("band = ['low']", {"band": "low"}, {"band": "high"}),
    ],
)
def test_conditions_a_site_may_use(
    tmp_path: Path, when: str, kind: Mapping[str, Any], neighbour: Mapping[str, Any]
) -> None:
    rules = custom(tmp_path, when)
    assert decided(rules, kind) == "X1"
    assert decided(rules, neighbour) is None


@pytest.mark.parametrize("when", ["calltype = ['咨询']", "words = ['(']"])
def test_a_rule_nobody_could_apply_is_refused(tmp_path: Path, when: str) -> None:
    with pytest.raises(RuleFileInvalid):
        custom(tmp_path, when)
