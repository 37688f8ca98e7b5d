"""Word, slides, web pages, Markdown, text: structure kept, clauses whole, sections of readable length."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from pptx import Presentation
from pptx.util import Inches

from tests.ingest.conftest import Parse, Texts

Word = Any  # python-docx ships no types


def word(fill: Callable[[Word], None]) -> bytes:
    """Return a Word file filled by a function."""
    document = docx.Document()
    fill(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def rules(document: Word) -> None:
    """Write a regulation with chapters, sub-items, a merged table and a closing clause."""
    document.add_heading("供电服务管理办法", 0)
    document.add_paragraph("示例电〔2025〕1号")
    document.add_heading("第一章 总则", 1)
    document.add_paragraph("第一条 为了规范服务，制定本办法。")
    document.add_paragraph("第二条 【变更用电】客户申请变更用电的，应当：")
    document.add_paragraph("（一）提供身份证件；")
    document.add_paragraph("（二）结清电费。按照第一条规定办理。")
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "项目"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "期限"
    for (y, x), text in {(1, 1): "城区", (1, 2): "农村", (2, 0): "复电", (2, 1): "24小时", (2, 2): "24小时"}.items():
        table.cell(y, x).text = text
    document.add_heading("第二章 附则", 1)
    document.add_paragraph("第三条 本办法自2025年7月1日起施行。2016年1月1日印发的《旧办法》同时废止。")


def test_clauses_are_whole_with_their_chapter(parse: Parse) -> None:
    (document,) = parse("办法.docx", word(rules)).documents
    assert [(p.kind, p.locator) for p in document.passages] == [
        ("clause", "第一章 总则 › 第一条"),
        ("clause", "第一章 总则 › 第二条"),
        ("row", "第一章 总则 › 第二条 › 第 3 行"),
        ("clause", "第二章 附则 › 第三条"),
    ]
    second = document.passages[1]
    assert second.heading == "变更用电"
    assert second.text.endswith("（一）提供身份证件；\n（二）结清电费。按照第一条规定办理。")


def test_the_head_is_read_and_left_out_of_the_passages(parse: Parse) -> None:
    (document,) = parse("办法.docx", word(rules)).documents
    assert (document.title, document.number, document.kind) == ("供电服务管理办法", "示例电〔2025〕1号", "制度")
    assert document.validity.valid_from == dt.date(2025, 7, 1)
    assert document.validity.valid_to is None, "the document repealed is another one"
    assert all("示例电" not in p.text for p in document.passages)


def test_word_tables_resolve_merged_headers(parse: Parse) -> None:
    (document,) = parse("办法.docx", word(rules)).documents
    row = next(p for p in document.passages if p.kind == "row")
    assert row.cells == {"项目": "复电", "期限 › 城区": "24小时", "期限 › 农村": "24小时"}


def test_tracked_changes_read_as_accepted(parse: Parse, texts: Texts) -> None:
    def fill(document: Word) -> None:
        paragraph = document.add_paragraph("受理后")
        for tag, text_tag, text in (("w:del", "w:delText", "三个"), ("w:ins", "w:t", "五个")):
            change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text_tag)
            words.text = text
            run.append(words)
            change.append(run)
            paragraph._p.append(change)
        paragraph.add_run("工作日内答复客户检验结果。")

    assert texts(parse("a.docx", word(fill))) == ["受理后五个工作日内答复客户检验结果。"]


def test_moved_text_is_read_once(parse: Parse, texts: Texts) -> None:
    def fill(document: Word) -> None:
        paragraph = document.add_paragraph("客户应当")
        moved, run, words = OxmlElement("w:moveFrom"), OxmlElement("w:r"), OxmlElement("w:t")
        words.text = "（旧位置的话）"
        run.append(words)
        moved.append(run)
        paragraph._p.append(moved)
        paragraph.add_run("按时交纳电费，逾期产生违约金。")

    assert texts(parse("a.docx", word(fill))) == ["客户应当按时交纳电费，逾期产生违约金。"]


def test_content_controls_are_read_and_contents_lists_are_not(parse: Parse, texts: Texts) -> None:
    def fill(document: Word) -> None:
        document.add_paragraph("客户可以在网上国网查询本户的电量和电费。")
        body = document.element.body
        control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
        control.append(content)
        content.append(body[0])
        body.insert(0, control)
        style = document.styles.add_style("toc 1", 1)
        document.add_paragraph("第一章 总则…………3", style=style)

    assert texts(parse("a.docx", word(fill))) == ["客户可以在网上国网查询本户的电量和电费。"]


def test_outline_levels_make_headings(parse: Parse) -> None:
    def fill(document: Word) -> None:
        paragraph = document.add_paragraph("交费方式")
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), "0")
        paragraph._p.get_or_add_pPr().append(level)
        document.add_paragraph("客户可以通过网上国网、银行代扣和营业厅交纳电费。")
        document.add_paragraph("收据请在营业厅打印。")

    (document,) = parse("指南.docx", word(fill)).documents
    assert document.title == "交费方式"


def test_slides_keep_titles_text_and_tables(parse: Parse) -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "业务受理"
    slide.placeholders[1].text = "受理客户的咨询请求，及时答复客户提出的问题。\n不能直接答复的，下发工单并跟踪督办。"
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "办理时限"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for i, text in enumerate(["项目", "时限", "复电", "24小时"]):
        table.cell(i // 2, i % 2).text = text
    hidden = deck.slides.add_slide(deck.slide_layouts[1])
    hidden.shapes.title.text = "隐藏页"
    hidden.placeholders[1].text = "这一页不放映。"
    hidden.element.set("show", "0")
    stream = io.BytesIO()
    deck.save(stream)
    (document,) = parse("课件.pptx", stream.getvalue()).documents
    section, row = document.passages
    assert document.title == "业务受理"
    assert section.text.startswith("受理客户的咨询请求，及时答复客户提出的问题。\n不能直接答复的")
    assert row.cells == {"项目": "复电", "时限": "24小时"}
    assert row.locator == "办理时限 › 第 2 行"


PAGE = """<!doctype html><html><head><meta charset="{charset}"><title>校验规定 - 示例公司</title></head><body>
<nav>首页 营业厅</nav><div class="breadcrumb">首页 &gt; 政策</div><script>var a = "脚本";</script>
<div class="content"><h1>电能表校验规定</h1><h2>申请</h2>
<p>客户怀疑电能表不准的，<br>可以申请校验，供电企业不收费用。</p>
<ol start="3"><li>提供户号</li><li>说明原因，约定上门时间</li></ol>
<div style="display:none">看不见的字</div>
<table><caption>校验时限</caption><tr><th rowspan="2">项目</th><th colspan="2">时限</th></tr>
<tr><th>城区</th><th>农村</th></tr><tr><td>校验</td><td>5</td><td>7</td></tr></table>
</div><footer>版权所有</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_web_pages_lose_their_furniture(parse: Parse, texts: Texts, charset: str) -> None:
    data = PAGE.format(charset=charset).encode("gb18030" if charset == "gb2312" else charset)
    parsed = parse("校验.html", data)
    whole = "\n".join(texts(parsed))
    assert parsed.documents[0].title == "电能表校验规定"
    assert not any(word in whole for word in ("首页", "脚本", "版权", "看不见"))
    assert "客户怀疑电能表不准的，可以申请校验，供电企业不收费用。" in whole
    assert "3. 提供户号" in whole
    row = next(p for p in parsed.documents[0].passages if p.kind == "row")
    assert row.cells == {"项目": "校验", "时限 › 城区": "5", "时限 › 农村": "7"}
    assert "校验时限" in row.text


def test_pages_without_a_main_part_lose_their_furniture_too(parse: Parse, texts: Texts) -> None:
    page = (
        "<html><body><script>alert('脚本')</script><nav>营业厅入口</nav><form>搜索框</form>"
        "<p>客户可以在网上国网交费。</p><footer>联系方式</footer></body></html>"
    )
    assert texts(parse("a.html", page)) == ["客户可以在网上国网交费。"]


def test_numbers_no_browser_reads_start_lists_at_one(parse: Parse, texts: Texts) -> None:
    table = '<table><tr><td colspan="²">抢修时限</td></tr></table>'
    page = f'<html><body><ol start="²"><li>提供户号</li></ol>{table}</body></html>'
    assert "1. 提供户号" in "\n".join(texts(parse("a.html", page)))


MARKDOWN = """+++
title = "停电管理办法"
number = "示例电〔2024〕27号"
visibility = "内部"
valid_from = 2024-06-01
valid_to = 2030-01-01
region = "江城"
+++

# 停电管理办法

## 抢修时限

故障抢修人员到达现场的时间，
城区不超过45分钟。{T03}

1. 先核对户号
2. 再派发工单

| 项目 | 时限 |
|---|---|
| 城区 | 45分钟 |
"""


def test_markdown_with_front_matter(parse: Parse) -> None:
    (document,) = parse("a.md", MARKDOWN).documents
    assert (document.title, document.number, document.visibility) == ("停电管理办法", "示例电〔2024〕27号", "内部")
    assert (document.validity.valid_from, document.validity.valid_to) == (dt.date(2024, 6, 1), dt.date(2030, 1, 1))
    assert document.region == "江城"
    section, row = document.passages
    assert (section.locator, section.heading) == ("抢修时限", "抢修时限")
    assert section.text == "故障抢修人员到达现场的时间，城区不超过45分钟。\n1. 先核对户号\n2. 再派发工单"
    assert row.cells == {"项目": "城区", "时限": "45分钟"}


def test_front_matter_as_plain_pairs(parse: Parse) -> None:
    text = "---\ntitle: 交费指南\nvisibility: 对外\nvalid_from: 2025-03-01\n---\n\n客户可以在网上国网交费。\n"
    (document,) = parse("a.md", text).documents
    assert (document.title, document.validity.valid_from) == ("交费指南", dt.date(2025, 3, 1))
    assert [p.text for p in document.passages] == ["客户可以在网上国网交费。"]


def test_html_tables_inside_markdown(parse: Parse) -> None:
    text = "# 时限\n\n<table><tr><th>项目</th><th>时限</th></tr><tr><td>复电</td><td>24小时</td></tr></table>\n"
    (document,) = parse("a.md", text).documents
    assert document.passages[0].cells == {"项目": "复电", "时限": "24小时"}


def test_long_sections_are_cut_at_sentence_ends_only(parse: Parse) -> None:
    sentences = [f"第{i}种情形下，供电企业应当在规定的时限内为客户办理业务并告知结果。" for i in range(40)]
    (document,) = parse("a.md", "# 指南\n\n## 办理\n\n" + "".join(sentences) + "\n").documents
    parts = [p.text for p in document.passages]
    assert len(parts) > 2
    assert all(len(part) <= 350 and part.endswith("。") for part in parts)
    assert "".join(parts) == "".join(sentences)
    assert [p.locator for p in document.passages][:2] == ["办理（1）", "办理（2）"]


def test_headings_without_anything_below_stay_text(parse: Parse, texts: Texts) -> None:
    text = "报装材料\n\n客户申请新装用电应当提供下列材料，缺一不可。\n\n一、身份证明\n二、房产证明\n三、用电设备清单\n"
    whole = "\n".join(texts(parse("a.txt", text)))
    assert all(word in whole for word in ("一、身份证明", "二、房产证明", "三、用电设备清单"))


def test_an_empty_heading_before_another_stays_text(parse: Parse, texts: Texts) -> None:
    text = "# 指南\n\n客户可以自助办理下列业务。\n\n## 电子发票下载\n\n## 户号绑定\n\n登录之后按提示绑定户号。\n"
    assert "电子发票下载" in "\n".join(texts(parse("a.md", text)))


def test_numbered_headings_in_plain_text(parse: Parse) -> None:
    text = (
        "客户服务制度\n\n一、总则\n为提高服务质量，规范服务行为，制定本制度。\n\n"
        "二、职责\n（一）受理人员\n接听客户来电，及时记录客户诉求并答复客户。\n"
    )
    (document,) = parse("a.txt", text).documents
    assert [p.locator for p in document.passages] == ["一、总则", "二、职责 › （一）受理人员"]
    assert document.title == "客户服务制度"


def test_clauses_on_one_line_are_told_apart_and_references_are_not(parse: Parse) -> None:
    text = "细则\n\n第一条 客户应当交费。 第二条 逾期的，依照第一条规定催交。第三条 本细则由公司解释。\n"
    (document,) = parse("a.txt", text).documents
    assert [p.text for p in document.passages] == [
        "第一条 客户应当交费。",
        "第二条 逾期的，依照第一条规定催交。",
        "第三条 本细则由公司解释。",
    ]


def test_a_repeated_locator_gets_its_own_id(parse: Parse) -> None:
    text = "细则\n\n第一条 甲条内容在这里。\n\n第一条 乙条内容在这里。\n\n第二条 丙。\n"
    ids = [p.passage_id for p in parse("a.txt", text).documents[0].passages]
    assert len(set(ids)) == 3
    assert ids[1] == ids[0] + "-2"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("通知\n\n有效期至2025年12月31日\n\n客户可以申请延期交费。", None, dt.date(2026, 1, 1)),
        ("价目\n\n执行时间：2025年1月1日至2025年6月30日\n\n收费为零。", dt.date(2025, 1, 1), dt.date(2025, 7, 1)),
        ("办法\n\n客户应当交费。\n\n本办法自2025年3月1日起执行。", dt.date(2025, 3, 1), None),
        ("通知\n\n本通知自2025年3月1日起废止。\n\n客户应当交费。", None, dt.date(2025, 3, 1)),
        ("说明\n\n新电价自2026年1月1日起执行，请客户留意账单变化和短信通知。", None, None),
    ],
)
def test_validity_from_content(parse: Parse, text: str, start: dt.date | None, end: dt.date | None) -> None:
    validity = parse("a.txt", text).documents[0].validity
    assert (validity.valid_from, validity.valid_to) == (start, end)


@pytest.mark.parametrize("line", ["内部资料，注意保密", "公开范围：内部", "本手册不对外公开"])
def test_internal_documents_say_so_in_their_head(parse: Parse, line: str) -> None:
    (document,) = parse("a.txt", f"话务手册\n{line}\n\n遇到情绪激动的客户，先致歉再问明诉求。\n").documents
    assert document.visibility == "内部"


def test_the_word_internal_in_running_text_changes_nothing(parse: Parse) -> None:
    advice = "客户要求提供内部文件的，说明内部文件不对外提供，并告知可以公开查询的渠道和政府网站。"
    text = f"手册\n\n{advice}\n"
    assert parse("a.txt", text).documents[0].visibility == "对外"


def test_question_and_answer_pairs_in_text(parse: Parse) -> None:
    first = "问：怎么交电费？\n答：网上国网可以交。\n也可以去营业厅。"
    text = f"常见问题\n\n{first}\n\n问：几天到账？答：即时到账。\n\nQ: 电话多少\nA: 95598\n"
    parsed = parse("faq.txt", text)
    assert [(e.question, e.branches[0].answer) for e in parsed.entries] == [
        ("怎么交电费？", "网上国网可以交。\n也可以去营业厅。"),
        ("几天到账？", "即时到账。"),
        ("电话多少", "95598"),
    ]
    assert parsed.entries[0].sources[0].document == "常见问题"


def test_question_headings_in_word(parse: Parse) -> None:
    def fill(document: Word) -> None:
        document.add_heading("常见问题", 0)
        document.add_heading("问：怎么交电费？", 2)
        document.add_paragraph("答：网上国网可以交。")

    (entry,) = parse("faq.docx", word(fill)).entries
    assert (entry.question, entry.branches[0].answer) == ("怎么交电费？", "网上国网可以交。")
