"""Facts asked because the words call for them: every rule both ways, and never for what is known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.judge.asking import AskRules, Call, load_ask_rules
from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser

HOME, SHOP, FARM = {"用电类别": "居民"}, {"用电类别": "工商业"}, {"用电类别": "农业"}
CASES: list[tuple[str, str, Mapping[str, str], str, str]] = [
    ("A01", "报修", {}, "家里没电了，快来人", "整栋楼都没电了"),
    ("A22", "咨询", {}, "没店了你们快来人", "整条街没电了快来人"),
    ("A02", "咨询", {}, "停电把鱼闷死了，赔不赔", "隔三差五就停电，管不管"),
    ("A03", "咨询", {}, "抢修师傅多久能到", "两个小时前报修的，怎么还没到"),
    ("A04", "咨询", {}, "师傅上门修线路收费吗", "举报师傅上门收费"),
    ("A05", "报修", {"停电范围": "一片都停"}, "整栋宿舍楼断电了", "我们村都没电"),
    ("A06", "服务申请", {}, "家里电表坏了想换块新的", "换表记录查一下"),
    ("A07", "咨询", HOME, "家里一度电多少钱", "家里充电桩一度电多少钱"),
    ("A08", "咨询", {}, "阶梯电价分几档", "光伏有没有阶梯"),
    ("A09", "咨询", {}, "低谷是几点到几点", "充电桩低谷是几点到几点"),
    ("A10", "咨询", {}, "电费晚交了，违约金怎么算", "窃电的违约金怎么算"),
    ("A11", "咨询", SHOP, "开理发店电价多少", "查一下店里欠多少钱"),
    ("A12", "咨询", FARM, "抽水浇地一度电多少钱", "大棚算不算农业"),
    ("A13", "咨询", {}, "谐波限值是多少", "隔壁谐波大，举报他"),
    ("A14", "咨询", {}, "专变报装要多少天", "专变暂停要多少天"),
    ("A15", "咨询", {}, "电表名字能换吗", "发票名字能换吗"),
    ("A16", "咨询", {}, "光伏想并网怎么报", "光伏并网验收约好了，怎么报进度没到"),
    ("A17", "咨询", {}, "充电桩一度几毛", "充电桩服务费一度几毛"),
    ("A18", "咨询", {}, "装个新表要花多少钱", "验表要花多少钱"),
    ("A19", "咨询", SHOP, "小店装表几天能通电", "小店停电了几天能来电"),
    ("A20", "咨询", {}, "表烧了要我出钱吗", "换智能表要我出钱吗"),
    ("A21", "咨询", {}, "两部制的基本电费怎么算", "减容以后基本电费怎么算"),
    ("A23", "咨询", {}, "一度电多少钱", "开店一度电多少钱"),
    ("A24", "咨询", {}, "屋里那块电表不灵了，你们管不管", "家里那块表坏了，换一块谁出钱"),
    ("A25", "咨询", {}, "抽水浇地的农业电价多少", "厂里充电桩电价多少"),
    ("A26", "咨询", {}, "高压产权咋划界", "产权分界点我要投诉"),
    ("A27", "咨询", {}, "可靠性供电费收不收", "供电可靠率是多少"),
    ("A28", "咨询", {}, "从申请到装表通电规定是几天", "从申请光伏到通电规定是几天"),
    ("A29", "咨询", {}, "装个表几天通电", "验个表几天出结果"),
    ("A30", "咨询", {}, "学生私自把供电柜闸刀拉下来，要担责任吗", "邻居把电表封印撕了会怎么罚"),
    ("A31", "咨询", {}, "停电把冰箱里的海鲜弄坏了赔不赔", "营业厅到底几点能开门"),
    ("A32", "咨询", {}, "户名不是我的，想弄成我的", "更名和过户的进度查一下"),
    ("A33", "咨询", {}, "这线归我换还是归你们", "表后这线归我换吗"),
    ("A34", "咨询", {}, "一年给我们送电多少时间是有保证的", "力率是多少"),
]


@pytest.fixture(scope="module")
def rules(rule_files: RuleFiles) -> AskRules:
    return load_ask_rules(rule_files)


def asked(
    rules: AskRules, analyser: Analyser, said: str, call_type: str, facts: Mapping[str, str], *, notice: bool = False
) -> set[str]:
    call = Call(text=analyser.normalise(said).text, call_type=call_type, facts=facts, notice=notice)
    return set(rules.due(call).values())


@pytest.mark.parametrize(("rule", "call_type", "facts", "said", "_other"), CASES)
def test_a_rule_asks(
    rules: AskRules, analyser: Analyser, rule: str, call_type: str, facts: Mapping[str, str], said: str, _other: str
) -> None:
    assert rule in asked(rules, analyser, said, call_type, facts)


@pytest.mark.parametrize(("rule", "call_type", "facts", "_said", "other"), CASES)
def test_a_rule_leaves_its_neighbour_alone(
    rules: AskRules, analyser: Analyser, rule: str, call_type: str, facts: Mapping[str, str], _said: str, other: str
) -> None:
    assert rule not in asked(rules, analyser, other, call_type, facts)


def test_no_rule_is_untested(rules: AskRules) -> None:
    assert {rule.rule_id for rule in rules.rules} == {case[0] for case in CASES}


@pytest.mark.parametrize(("_rule", "call_type", "facts", "said", "_other"), CASES)
def test_what_is_known_is_not_asked(
    rules: AskRules, analyser: Analyser, _rule: str, call_type: str, facts: Mapping[str, str], said: str, _other: str
) -> None:
    text = analyser.normalise(said).text
    first = rules.due(Call(text=text, call_type=call_type, facts=facts))
    known = {**facts, **dict.fromkeys(first, "已知")}
    assert not set(first) & set(rules.due(Call(text=text, call_type=call_type, facts=known)))


def test_every_fact_exists_and_a_notice_answers_for_itself(
    rules: AskRules, analyser: Analyser, rule_files: RuleFiles
) -> None:
    assert {rule.fact for rule in rules.rules} <= set(rule_files.toml("facts.toml")["facts"])
    assert "A02" in asked(rules, analyser, "怎么停电了", "咨询", {})
    assert "A02" not in asked(rules, analyser, "怎么停电了", "咨询", {}, notice=True)


@pytest.mark.parametrize("line", ['colour = "red"', 'not_words = ["("]'])
def test_a_rule_nobody_could_apply_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "ask.toml").write_text(f'[[ask]]\nid = "X"\nfact = "产权"\nwords = ["a"]\n{line}\n', encoding="utf-8")
    with pytest.raises(RuleFileInvalid):
        load_ask_rules(RuleFiles(override=tmp_path))
