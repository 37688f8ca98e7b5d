"""Where a call stands in the business tree: to the third level where a rule names it, no deeper than it knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.judge.taxonomy import Taxonomy, load_taxonomy
from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

WHERE = [
    ("报修", "停电信息", "小区充电桩充不进去", "故障报修 › 充电设施故障"),
    ("报修", "计量装置", "电表烧坏了", "故障报修 › 计量故障"),
    ("报修", "用电技术", "灯泡忽明忽暗", "故障报修 › 电能质量故障"),
    ("报修", "停电信息", "邻居有电就我家空开跳了", "故障报修 › 非电力故障 › 客户内部故障"),
    ("报修", "停电信息", "变压器冒烟", "故障报修 › 高压故障 › 变压器"),
    ("报修", "停电信息", "没电了快来", "故障报修"),
    ("投诉", "停电信息", "两个月停了五次电我要投诉", "投诉 › 供电质量投诉 › 频繁停电"),
    ("投诉", "停电信息", "没通知就停电我要投诉", "投诉 › 停送电投诉 › 停送电信息公告"),
    ("投诉", "服务规范", "营业厅那个人翻白眼", "投诉 › 服务投诉 › 营业厅人员服务"),
    ("投诉", "用电业务", "报装两个月没人管", "投诉 › 营业投诉 › 业扩报装"),
    ("投诉", "服务规范", "你们太差劲了", "投诉"),
    ("举报", "法律法规", "隔壁偷电", "一般诉求 › 举报 › 外部违法 › 窃电"),
    ("举报", "服务规范", "师傅收了两条烟", "一般诉求 › 举报 › 行风问题线索移交"),
    ("意见", "用电业务", "装光伏等了半年", "一般诉求 › 意见（建议） › 业扩及变更用电 › 分布式光伏报装"),
    ("建议", "停电信息", "早点发短信", "一般诉求 › 意见（建议） › 停送电问题"),
    ("服务申请", "计量装置", "帮我验一下表", "一般诉求 › 业务申请 › 用电异常核实 › 校验电表"),
    ("服务申请", "其他咨询", "路灯灭了来修", "一般诉求 › 业务申请 › 生产类非紧急业务 › 路灯报修"),
    ("表扬", "停电信息", "师傅冒雨修好了", "一般诉求 › 查询咨询 › 表扬 › 供电服务"),
    ("咨询", "电价电费", "居民阶梯怎么分档", "一般诉求 › 查询咨询 › 电费抄核收 › 电价电费"),
    ("咨询", "用电业务", "过户要什么材料", "一般诉求 › 查询咨询 › 用电业务 › 变更用电"),
    ("咨询", "用电常识", "打雷要拔插头吗", "一般诉求 › 查询咨询 › 用电常识"),
    ("催办", "停电信息", "怎么还没来", "催办"),
]


@pytest.fixture(scope="module")
def taxonomy(rule_files: RuleFiles) -> Taxonomy:
    return load_taxonomy(rule_files)


@pytest.mark.parametrize(("call_type", "category", "said", "tree"), WHERE)
def test_a_call_stands_where_the_rules_place_it(
    taxonomy: Taxonomy, call_type: str, category: str, said: str, tree: str
) -> None:
    assert taxonomy.place(call_type, category, said) == tree


def test_words_of_another_call_type_do_not_move_a_call(taxonomy: Taxonomy) -> None:
    assert taxonomy.place("咨询", "停电信息", "变压器冒烟归谁修") == "一般诉求 › 查询咨询 › 停电信息"


def test_every_place_stands_below_its_call_type(taxonomy: Taxonomy) -> None:
    tops = {
        name: tree.removeprefix("一般诉求 › ").split("（")[0].split(" ")[0]
        for name, tree in taxonomy.call_types.items()
    }
    astray = [
        place.tree
        for place in taxonomy.places
        for name in place.call_types
        if not place.tree.removeprefix("一般诉求 › ").startswith(tops[name])
    ]
    assert astray == []
    assert {place.tree.count(" › ") for place in taxonomy.places} >= {1, 2, 3}


@pytest.mark.parametrize(
    "line",
    [
        'call_type = ["吵架"]\nwords = [""]',
        'call_type = ["报修"]\ncategory = ["天气"]\nwords = [""]',
        'call_type = ["报修"]\nwords = [""]\ncolour = "red"',
        "call_type = [\"报修\"]\nwords = ['(']",
    ],
)
def test_a_place_nobody_could_reach_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "tree.toml").write_text(f'[[place]]\ntree = "某处"\n{line}\n', encoding="utf-8")
    with pytest.raises(RuleFileInvalid):
        load_taxonomy(RuleFiles(override=tmp_path))
