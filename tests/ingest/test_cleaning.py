"""Cleaning: page numbers in sentences, watermarks, glued suffixes, torn words and lines, repeats."""

from __future__ import annotations

import pytest

from ingest.clean.boilerplate import is_boilerplate, without_watermarks
from ingest.clean.characters import tidy
from ingest.clean.mending import mend_labels
from ingest.clean.pipeline import clean_blocks
from ingest.clean.spacing import close_up
from ingest.types import Block
from tests.ingest.conftest import Parse, Texts


def cleaned(text: str) -> list[str]:
    """Return plain text as cleaning leaves it: blank lines separate blocks."""
    blocks = [Block(kind="paragraph", text=part) for part in text.split("\n\n") if part.strip()]
    return [block.text for block in clean_blocks(blocks)]


PAGED = (
    "1、营业厅受理客户的用电咨询,应当及时查询知识库并准确判断客户的咨询类型,能够直接答复的直接答复,不能直接答复的下发工单。"
    "业务咨询通过\n\n"
    "2、电话、网络等方式受理。受理客户咨询服务请求时,应当使用规范化的服务用语,合理运用电话沟通的技巧,引导客户说出关键内容,"
    "从受理之日\n\n"
    "3、起1个工作日内答复客户。答复之后对客户进行满意度调查,因供电方责任造成不满的,应当重新处理工单,直到客户满意为止。"
)


def test_sentences_cut_by_page_numbers_are_joined() -> None:
    whole = "\n".join(cleaned(PAGED))
    assert "业务咨询通过电话、网络等方式受理。" in whole
    assert "从受理之日起1个工作日内答复客户。" in whole
    assert "1、营业厅" not in whole


SENTENCES = """1、客户应当在规定期限内交清电费,逾期的加收违约金。

2、客户对电费有异议的,可以申请核查,核查期间先交清电费。

3、客户需要变更用电的,应当事先提出申请,并携带有关证明到营业厅办理。"""


LONG_SENTENCES = "\n\n".join(
    f"{i}、"
    + "".join(f"第{i}{k}种业务应当在规定的期限内办理完毕,逾期的向客户说明原因并且致歉;" for k in range(5))
    + "办结为止。"
    for i in (1, 2, 3)
)


@pytest.mark.parametrize(
    "text",
    [
        "办理新装需要:\n1、身份证明\n2、房产证明\n3、用电设备清单",
        "1、身份证明\n\n2、房产证明\n\n3、用电设备清单",
        SENTENCES,
        LONG_SENTENCES,
        "一、材料\n1、身份证明;\n2、房产证明。\n二、时限\n1、五个工作日;\n2、节假日顺延。",
    ],
    ids=["short", "spread", "sentences", "long sentences", "two lists"],
)
def test_real_numbered_lists_keep_their_numbers(text: str) -> None:
    joined = "\n".join(cleaned(text))
    assert text.replace("\n\n", "\n").split("\n") == joined.split("\n")


@pytest.mark.parametrize("mark", ["第 3 页 共 51 页", "- 3 -", "— 12 —", "3/51", "Page 3 of 51", "第3页 / 共51页"])
def test_page_numbers_on_their_own_line_go_and_the_sentence_is_joined(mark: str) -> None:
    assert cleaned(f"客户可以通过网上国网申请办理\n{mark}\n变更用电业务，手续简便。") == [
        "客户可以通过网上国网申请办理变更用电业务，手续简便。"
    ]


def test_bare_page_numbers_go_when_they_count_up() -> None:
    text = "客户应当按时交\n11\n纳电费。逾期的按规\n12\n定加收违约金。有异议的可以申\n13\n请核查。"
    assert cleaned(text) == ["客户应当按时交纳电费。逾期的按规定加收违约金。有异议的可以申请核查。"]


def test_numbers_that_mean_something_stay() -> None:
    assert cleaned("分时倍率\n\n40\n\n60\n\n80") == ["分时倍率", "40", "60", "80"]


WATERMARKS = [
    "上传人:F****n 文档编号:88111817 上传时间:2019-04-19 格式:PPT",
    "返回 下载 相关 举报",
    "某某课件_第3页",
    "点击查看更多>>",
    "展开阅读全文",
    "资源描述",
    "相关资源",
    "相关搜索",
    "当前位置:首页 > 办公文档 > PPT模板库",
    "首页 理论教育 某篇文章",
    "电脑版 |金锄头文库版权所有",
    "经营许可证:蜀ICP备13022795号 | 川公网安备 51140202000112号",
    "《某课件》由会员分享,可在线阅读,更多相关《某课件》请在某某文库上搜索。",
    "1. 1、原创力文档(book118)网站文档一经付费(服务费),不意味着购买了该文档的版权,侵权必究。",
    "- 1、下载文档前请自行甄别文档内容的完整性,平台不提供额外的编辑等附加服务。",
    '- 2、"仅部分预览"的文档,不可在线预览部分如存在完整性等问题,可反馈申请退款。',
    "免责声明:以上内容源自网络,版权归原作者所有,如有侵犯请告知,我们将尽快删除相关内容。",
    "时间:2023-05-16 理论教育 版权反馈",
    "151****1926 + 关注",
    "建立客户问题解决机制探索.docVIP",
    "合集下载",
]


@pytest.mark.parametrize("line", WATERMARKS, ids=[str(i) for i in range(len(WATERMARKS))])
def test_site_furniture_is_recognised(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    [
        "客户可以在网上国网下载电子发票，也可以到营业厅打印。",
        "首页公告栏显示本周计划停电信息，客户可点击查看。",
        "本站所辖台区由城东供电所负责抢修。" * 1,
        "办理时间：2025年1月1日至2025年3月31日",
        "举报窃电有奖，举报人的信息予以保密。",
        "第3页的附表列出了各电压等级的电价",
        "网上国网版权归国家电网公司所有，客户无须付费，任何收费行为都可以向95598举报核实，举报属实的给予奖励，奖励办法见公司网站。"
        * 2,
    ],
)
def test_knowledge_that_looks_a_little_like_it_stays(line: str) -> None:
    assert not is_boilerplate(line)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(1)计量装置.ppt (2)停电信息.pptx (3)收费.doc", "(1)计量装置 (2)停电信息 (3)收费"),
        ("近期的停电信息。(www.xing528.com)", "近期的停电信息。"),
        ("登录(www.95598.cn)查询", "登录(www.95598.cn)查询"),
        ("到达现场不超过45分钟。{T03,D02}", "到达现场不超过45分钟。"),
        ("分为以下类型:,(1)计量", "分为以下类型:(1)计量"),
        ("使用report.ppt模板", "使用report.ppt模板"),
    ],
)
def test_bits_inside_lines(before: str, after: str) -> None:
    assert without_watermarks(before) == after


def test_glued_suffixes_go_in_tables_too(parse: Parse) -> None:
    parsed = parse("a.csv", "分类,说明\n计量装置.ppt,电能表\n")
    assert parsed.documents[0].passages[0].cells["分类"] == "计量装置"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(6) 其 他 查 询", "(6) 其他查询"),
        (
            "作为服 务人员 ,应从 自我换位的角度来思考 , 要做 到客户至 上 ,对 客户要 有敬重 之心。",
            "作为服务人员,应从自我换位的角度来思考,要做到客户至上,对客户要有敬重之心。",
        ),
        ("停电查询 业扩进程查询 电量电费查询 电价政策咨询", "停电查询 业扩进程查询 电量电费查询 电价政策咨询"),
        ("A 类客户 B 类客户", "A 类客户 B 类客户"),
    ],
)
def test_spaces_of_character_recognition(before: str, after: str) -> None:
    assert close_up(before) == after


def test_speakers_torn_by_line_breaks() -> None:
    assert (
        mend_labels("座席人员:您好。\n客\n户:我要查电费。\n坐 席人员：好")
        == "座席人员:您好。\n客户:我要查电费。\n坐席人员：好"
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("结束语没有引导客户进行服务,也没有请客户\n评价。", ["结束语没有引导客户进行服务,也没有请客户评价。"]),
        ("晚上六点钟到了,客户再次致电\n)", ["晚上六点钟到了,客户再次致电)"]),
        ("供电服务制度\n为了提高服务质量,制定本制度。", ["供电服务制度", "为了提高服务质量,制定本制度。"]),
        ("客户应当提供以下材料,\n身份证明和房产证明。", ["客户应当提供以下材料,身份证明和房产证明。"]),
        ("第一条 客户应当交费。\n第二条 逾期催交。", ["第一条 客户应当交费。", "第二条 逾期催交。"]),
        (
            "案例12:客户咨询大工业电费计算方法的情形\n某工厂来电。",
            ["案例12:客户咨询大工业电费计算方法的情形", "某工厂来电。"],
        ),
    ],
)
def test_lines_broken_in_mid_sentence(text: str, lines: list[str]) -> None:
    assert cleaned(text) == lines


def test_run_together_paragraphs_are_split() -> None:
    text = "机制探索    一、导语   随着社会进步,要求提高。   二、现状   按照定义,问题很多。   1、传统的营业厅坐等客户。"
    assert cleaned(text) == [
        "机制探索",
        "一、导语",
        "随着社会进步,要求提高。",
        "二、现状",
        "按照定义,问题很多。",
        "1、传统的营业厅坐等客户。",
    ]


def test_repeated_paragraphs_go_once_and_short_items_stay(parse: Parse, texts: Texts) -> None:
    long = "客户可以通过网上国网、营业厅和银行代扣三种方式交纳电费，逾期将产生违约金。"
    text = f"说明\n\n{long}\n\n居民：\n\n提供身份证明原件。\n\n{long}\n\n企业：\n\n提供身份证明原件。\n"
    whole = "\n".join(texts(parse("a.txt", text)))
    assert whole.count(long) == 1
    assert whole.count("提供身份证明原件。") == 2


def test_stuttering_slide_titles_are_said_once() -> None:
    assert cleaned("流程说明,工作举例,流程说明,工作举例,流程说明,工作举例,开始受理客户的咨询请求。") == [
        "流程说明,工作举例,开始受理客户的咨询请求。"
    ]


def test_invisible_characters_do_not_reach_the_passages(parse: Parse, texts: Texts) -> None:
    assert texts(parse("a.txt", "客户\u200b可以在网上\ufeff国网\u202e交费。\n")) == ["客户可以在网上国网交费。"]


def test_invisible_characters_go_and_punctuation_stays() -> None:
    assert tidy("电\u200b费\ufeff\u202e查\x07询\u00ad,\u3000你好\u2028再见\ud800") == "电费查询, 你好\n再见"
    assert tidy("半角,标点:不变!") == "半角,标点:不变!"
