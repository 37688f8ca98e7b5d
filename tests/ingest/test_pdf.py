"""PDF files with text: lines joined into paragraphs, running heads and page numbers out, tables over pages."""

from __future__ import annotations

from tests.ingest.conftest import Parse, Texts
from tests.ingest.pdfs import pdf, ruled_table

WIDE = "客户办理用电业务时供电企业应当一次告知所需材料以及办理环节和收费标准并在"


def pages() -> bytes:
    """Return three pages: a title, clauses, and a sentence cut by a page break."""
    first = [(100, 18, "供电服务承诺"), (140, 11, "第一条 " + WIDE[:33]), (156, 11, WIDE[33:] + "规定时限内办结。")]
    first += [(780, 11, "第二条 " + WIDE[:33])]
    second = [(100, 11, "时限内通知客户领取结果。"), (130, 11, "第三条 客户可以评价服务。")]
    third = [(100, 11, "第四条 本承诺由公司解释。")]
    return pdf([first, second, third])


def test_running_heads_and_page_numbers_go(parse: Parse, texts: Texts) -> None:
    whole = "\n".join(texts(parse("承诺.pdf", pages())))
    assert "示例省电力公司" not in whole
    assert "- 2 -" not in whole
    assert "第1期" not in whole


def test_sentences_are_joined_over_lines_and_pages(parse: Parse, texts: Texts) -> None:
    parsed = parse("承诺.pdf", pages())
    first, second, third, fourth = texts(parsed)
    assert first == f"第一条 {WIDE}规定时限内办结。"
    assert second == f"第二条 {WIDE[:33]}时限内通知客户领取结果。"
    assert third == "第三条 客户可以评价服务。"
    assert fourth == "第四条 本承诺由公司解释。"


def test_a_larger_first_line_is_the_title(parse: Parse) -> None:
    (document,) = parse("x.pdf", pages()).documents
    assert document.title == "供电服务承诺"
    assert document.kind == "制度"


def test_tables_that_run_over_a_page_are_one(parse: Parse) -> None:
    rows = [["项目", "城区", "农村"], *([f"第{i}项", f"{i}分钟", f"{i * 2}分钟"] for i in range(1, 7))]
    (document,) = parse("时限.pdf", ruled_table(rows, pages=2)).documents
    assert [p.cells["项目"] for p in document.passages if p.kind == "row"] == [f"第{i}项" for i in range(1, 7)]
    assert document.passages[0].cells == {"项目": "第1项", "城区": "1分钟", "农村": "2分钟"}


def test_text_without_headings_is_located_by_page(parse: Parse) -> None:
    lines = [(120, 11, "客户可以通过网上国网查询本户电量电费。")]
    (document,) = parse("说明.pdf", pdf([lines], running=False)).documents
    assert document.passages[0].locator == "第 1 页"


def test_a_page_number_on_a_single_page_goes_too(parse: Parse, texts: Texts) -> None:
    lines = [(120, 11, "客户可以通过网上国网查询本户电量电费。"), (815, 9, "7")]
    assert texts(parse("说明.pdf", pdf([lines], running=False))) == ["客户可以通过网上国网查询本户电量电费。"]
