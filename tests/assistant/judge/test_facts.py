"""Facts: what the words state, what they leave open, what may be given from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import RequestInvalid
from assistant.judge.facts import FactBook, load_facts
from assistant.suggest.following import Turn, continued, load_follow_rules
from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser


@pytest.fixture(scope="module")
def book(rule_files: RuleFiles, analyser: Analyser) -> FactBook:
    return load_facts(rule_files, analyser.normalise)


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("我是一户一表的居民", {"用户类别": "一户一表", "用电类别": "居民"}),
        ("电费交给房东", {"用户类别": "合表"}),
        ("我们村里大棚的电", {"区域": "农村", "用电类别": "农业"}),
        ("10千伏的工厂", {"电压等级": "10千伏", "用电类别": "工商业"}),
        ("整栋楼突然停电", {"停电范围": "一片都停", "停电类型": "故障"}),
        ("邻居也没电", {"停电范围": "一片都停"}),
        ("邻居家有电", {"停电范围": "只有自家"}),
        ("您好", {}),
    ],
)
def test_words_state_facts(book: FactBook, analyser: Analyser, said: str, facts: dict[str, str]) -> None:
    assert book.stated(analyser.normalise(said).text) == facts


def test_traditional_and_full_width_words_count_too(book: FactBook, analyser: Analyser) -> None:
    assert book.stated(analyser.normalise("農村的一戶一表").text) == {"区域": "农村", "用户类别": "一户一表"}


def test_two_options_in_one_breath_state_neither(book: FactBook) -> None:
    assert "用电类别" not in book.stated("楼下商铺楼上住宅")


def test_a_longer_word_is_read_before_the_shorter_one_inside_it(tmp_path: Path, analyser: Analyser) -> None:
    head = '[facts."级"]\nask = "几级"\noptions = ["高", "次高"]\n'
    rule = head + '[facts."级".words]\n"高" = ["高级"]\n"次高" = ["次高级"]\n'
    (tmp_path / "facts.toml").write_text(rule, encoding="utf-8")
    book = load_facts(RuleFiles(override=tmp_path), analyser.normalise)
    assert book.stated("次高级") == {"级": "次高"}
    assert book.stated("高级") == {"级": "高"}


def test_every_option_with_words_states_itself(book: FactBook) -> None:
    for fact in book.facts.values():
        assert {option for _word, option in fact.wordings.words} == set(fact.options)
        assert fact.ask
        assert len(fact.options) > 1


def test_given_facts_are_checked_against_their_options(book: FactBook) -> None:
    assert book.check({"用户类别": "合表", "本地事实": "随便"}) == {"用户类别": "合表", "本地事实": "随便"}
    for wrong in ({"用户类别": "火星"}, {"用户类别": 3}, {"本地事实": ["合表"]}, {"用户类别": ""}):
        with pytest.raises(RequestInvalid):
            book.check(wrong)


def test_a_known_fact_is_asked_in_its_own_words_and_an_unknown_one_by_its_options(book: FactBook) -> None:
    known = book.ask("用户类别", ("乱写",))
    assert known.options == ("一户一表", "合表", "专变下")
    assert "一户一表" in known.ask
    local = book.ask("泳池", ("室内", "室外"))
    assert (local.fact, local.options) == ("泳池", ("室内", "室外"))
    assert "室内、室外" in local.ask


BOTH_WAYS = [
    ("用户类别", "合表", "房东每度电收我一块五", "房东要我搬走"),
    ("用户类别", "专变下", "小区用的是专变，住户怎么算", "我们要上一台六百三的专变"),
    ("用电类别", "居民", "我家这个月电费多了", "变电站离我家四十米"),
    ("用电类别", "工商业", "我们厂这个月电费怎么算", "隔壁厂一开机我这灯就闪"),
    ("用电类别", "工商业", "我开了个小饭馆想装表", "充电站的电费"),
    ("用电类别", "农业", "养了几千只鸡，鸡舍的电费", "在鱼塘边甩竿碰了电线"),
    ("电压等级", "10千伏", "我们是10千伏的用户", "停电公告写的10千伏某某线"),
    ("电压等级", "低压", "小店报的低压", "低压侧开关跳了"),
    ("区域", "农村", "俺们村断线了多久能到", "我在城中村租房"),
    ("区域", "城区", "城里断线你们多久到", "积分商城里东西换完了"),
    ("区域", "特殊边远", "我们岛上停电多久来修", "我妈在村里"),
    ("产权", "客户", "表后的线断了你们修不修", "电表后面接了根线偷电"),
    ("产权", "供电公司", "表前那段线坏了该谁修", "在表前勾线偷电的你们管不管"),
    ("停电类型", "欠费", "电费刚交清，什么时候来电", "上个月电费交了多少"),
    ("停电类型", "计划", "检修停电提前几天通知", "电梯检修停了一周"),
    ("停电类型", "临时", "临时检修提前多久说", "办个临时用电"),
    ("停电类型", "故障", "突然断电了", "一开空调就跳闸"),
    ("停电范围", "只有自家", "家里突然没电了，邻居家都有电", "邻居家没人，灯也没亮"),
    ("停电范围", "只有自家", "楼上楼下都亮着，就我这屋没电", "我家没电了"),
    ("停电范围", "一片都停", "整栋楼都黑了没电", "整栋楼要换表会不会停电"),
    ("停电范围", "一片都停", "不光我家，隔壁也没电", "隔壁说我家电费高"),
    ("供电方式", "高压", "高压新装方案几天答复", "高压线断了"),
    ("供电方式", "低压", "低压新装要几天", "低压侧柜坏了几天了"),
    ("外线工程", "有外线", "要从对面拉一根线过来", "电线拉断了"),
    ("外线工程", "无外线", "门口有表箱不用另外架线", "架线的师傅走了"),
    ("电源数", "单电源", "厂里一路进线就够", "路灯不亮"),
    ("电源数", "双电源", "我们要再接一路备用电", "两回打电话都没人"),
    ("损坏原因", "客户原因", "装修把电表撞坏了赔多少", "硬说表是我撞坏的要我赔钱"),
    ("损坏原因", "非客户原因", "电表被雷劈了换表要钱吗", "打雷要拔插头吗"),
    ("主体变化", "换了户主", "买了套二手房，电表怎么过户", "二手房东卷钱跑了"),
    ("主体变化", "只改名称", "户名少个字", "户名是谁"),
    ("欠费跨年", "跨年", "去年的电费一直欠着，违约金多少", "上个月欠的电费违约金多少"),
    ("欠费跨年", "当年", "今年欠的违约金一天多少", "今年的有序用电名单"),
    ("基本电费方式", "容量", "基本电费现在按容量收", "基本电费按容量还是按需量"),
    ("基本电费方式", "合同最大需量", "合同约定的需量要调高", "需量是什么意思"),
    ("基本电费方式", "实际最大需量", "我们走实际最大需量", "最大的变压器"),
    ("充电场景", "居民小区自用", "我家车位要装充电桩", "充电桩坏了"),
    ("充电场景", "经营性集中充电", "我开了个充电站", "充电站加个雨棚"),
    ("充电场景", "单位或公共停车场", "公司停车场装充电桩", "停车场没灯"),
    ("光伏类型", "自然人户用", "自己家房顶装光伏", "冰坨子砸了我家屋顶的瓦"),
    ("光伏类型", "非自然人户用", "光伏公司租我家屋顶", "公司租房子"),
    ("光伏类型", "一般工商业", "厂房屋顶装光伏", "厂房没电"),
    ("光伏类型", "大型工商业", "大型工商业光伏", "大型活动保电"),
]


@pytest.mark.parametrize(("fact", "option", "states", "near"), BOTH_WAYS)
def test_each_fact_is_heard_where_it_is_said_and_not_where_it_only_seems_so(
    book: FactBook, analyser: Analyser, fact: str, option: str, states: str, near: str
) -> None:
    assert book.stated(analyser.normalise(states).text).get(fact) == option
    assert book.stated(analyser.normalise(near).text).get(fact) != option


def test_both_ways_are_tried_for_every_fact(book: FactBook) -> None:
    assert {fact for fact, *_rest in BOTH_WAYS} == set(book.facts)


@pytest.mark.parametrize(
    ("said", "option"),
    [
        ("不是居民，是商业用电", "工商业"),
        ("我这不是商业，是居民用电", "居民"),
        ("是不是居民用电", None),
        ("不是居民用电", None),
        ("居民和商业用电", None),
        ("按居民还是商业收", None),
    ],
)
def test_a_correction_settles_two_options_and_a_denied_or_asked_one_states_nothing(
    book: FactBook, analyser: Analyser, said: str, option: str | None
) -> None:
    assert book.stated(analyser.normalise(said).text).get("用电类别") == option


RULE = """
denied = ['不是$']
[facts."级"]
ask = "几级"
options = ["高", "低"]
about = ['级']
aside = ['隔壁高级']
[facts."级".words]
"高" = ["高级"]
[facts."级".patterns]
"低" = ['[低矮]级', '最?高级别以下']
[facts."级".not_patterns]
"低" = ['降级']
"""


def _book(folder: Path, analyser: Analyser, rule: str) -> FactBook:
    (folder / "facts.toml").write_text(rule, encoding="utf-8")
    return load_facts(RuleFiles(override=folder), analyser.normalise)


@pytest.mark.parametrize(
    ("said", "stated"),
    [
        ("矮级", {"级": "低"}),
        ("高级别以下", {"级": "低"}),
        ("高级和低级", {}),
        ("不是高级，低级", {"级": "低"}),
        ("矮级，降级了", {}),
        ("隔壁高级", {}),
        ("隔壁高级，我低级", {"级": "低"}),
    ],
)
def test_patterns_are_read_longest_first_with_asides_and_what_forbids_them(
    tmp_path: Path, analyser: Analyser, said: str, stated: dict[str, str]
) -> None:
    assert _book(tmp_path, analyser, RULE).stated(said) == stated


def test_a_text_that_is_not_about_a_fact_does_not_state_it(tmp_path: Path, analyser: Analyser) -> None:
    book = _book(tmp_path, analyser, RULE.replace("['级']", "['电级|电.*级']"))
    assert book.stated("低级") == {}
    assert book.stated("用电低级") == {"级": "低"}


@pytest.mark.parametrize(
    ("good", "bad", "named"),
    [
        ("'[低矮]级'", "'[低矮级'", "表达式有误"),
        ("'[低矮]级'", "'[低矮]*'", "什么都没说"),
        ("['[低矮]级', '最?高级别以下']", "'低级'", "写成列表"),
        ("['级']", "3", "写成列表"),
        ("aside", "asides", "asides"),
        ('"高" = ["高级"]', '"中" = ["高级"]', "中"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(
    tmp_path: Path, analyser: Analyser, good: str, bad: str, named: str
) -> None:
    assert good in RULE
    with pytest.raises(RuleFileInvalid, match=named):
        _book(tmp_path, analyser, RULE.replace(good, bad))


def test_silence_takes_out_patterns_as_well_as_words_and_leaves_asides(tmp_path: Path, analyser: Analyser) -> None:
    book = _book(tmp_path, analyser, RULE)
    assert book.silence("我矮级，他高级，贵吗", ["级"]) == "我，他，贵吗"
    assert book.silence("我矮级", ["别的"]) == "我矮级"


@pytest.mark.parametrize(
    ("before", "said", "becomes", "gone"),
    [
        ("我开的小饭馆一度电多少钱", "那居民的呢", ("用电类别", "居民"), "饭馆"),
        ("居民一度电多少钱", "那商业的呢", ("用电类别", "工商业"), "居民"),
        ("低压新装要几天", "那高压的呢", ("供电方式", "高压"), "低压新装"),
    ],
)
def test_a_follow_up_changes_a_fact_said_in_a_pattern(
    rule_files: RuleFiles, analyser: Analyser, before: str, said: str, becomes: tuple[str, str], gone: str
) -> None:
    book = load_facts(rule_files, analyser.normalise)
    turn = continued(said, analyser.normalise(said).text, Turn(text=before), load_follow_rules(rule_files), book)
    fact, option = becomes
    assert turn.facts[fact] == option
    assert turn.text.endswith(said)
    assert gone not in turn.text
