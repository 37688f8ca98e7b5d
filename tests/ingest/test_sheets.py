"""Spreadsheets: values, merged headers, titles, validity, hidden sheets, odd shapes."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import openpyxl
import pytest
import xlsxwriter
from xlsxwriter.workbook import Workbook

from ingest.types import Limits, ParsedFile
from tests.ingest.conftest import Parse, Texts
from tests.ingest.ole import workbook


def xlsx(fill: Callable[[Workbook], None]) -> bytes:
    """Return a workbook filled by a function."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    fill(book)
    book.close()
    return stream.getvalue()


def tariff(book: Workbook) -> None:
    """Write two sheets of a tariff with title rows and a merged header of two rows."""
    for name, period, extra in (("现行", "执行时间：2025年1月1日起", 0.0), ("旧", "2024年1月1日至2024年12月31日", 0.1)):
        sheet = book.add_worksheet(name)
        sheet.merge_range("A1:G1", "示例省销售电价表")
        sheet.merge_range("A2:D2", period)
        sheet.merge_range("E2:G2", "单位：元/千瓦时")
        sheet.merge_range("A3:A4", "用电分类")
        sheet.merge_range("B3:B4", "电压等级")
        sheet.merge_range("C3:F3", "电度电价")
        sheet.merge_range("G3:G4", "容量电价（元/千瓦·月）")
        sheet.write_row("C4", ["尖峰", "高峰", "平段", "低谷"])
        sheet.merge_range("A5:A6", "工商业两部制")
        sheet.write_row("B5", ["1-10千伏", 1.3 + extra, 1.1, 0.64, 0.26, 38.4])
        sheet.write_row("B6", ["35千伏", 1.28, 1.07, 0.63, 0.25, "—"])
        sheet.merge_range("A7:G7", "二、居民生活用电")
        sheet.write_row("A8", ["一户一表", "不满1千伏"])
        sheet.merge_range("C8:F8", 0.5469)
        sheet.merge_range("A9:G9", "注：以上电价含政府性基金。")


@pytest.fixture
def tariff_file(parse: Parse) -> ParsedFile:
    return parse("电价.xlsx", xlsx(tariff))


def test_each_sheet_is_a_document_with_its_own_validity(tariff_file: ParsedFile) -> None:
    current, old = tariff_file.documents
    assert (current.title, current.kind, current.document_id != old.document_id) == ("示例省销售电价表", "电价表", True)
    assert current.validity.valid_from == dt.date(2025, 1, 1)
    assert current.validity.valid_to is None
    assert (old.validity.valid_from, old.validity.valid_to) == (dt.date(2024, 1, 1), dt.date(2025, 1, 1))
    assert not old.validity.covers(dt.date(2026, 11, 22))
    assert tariff_file.findings == ()


def test_one_row_is_one_passage_with_full_header_paths_and_unit(tariff_file: ParsedFile) -> None:
    first = tariff_file.documents[0].passages[0]
    assert first.kind == "row"
    assert first.locator == "现行 › 第 5 行"
    assert first.cells == {
        "用电分类": "工商业两部制",
        "电压等级": "1-10千伏",
        "电度电价 › 尖峰": "1.3",
        "电度电价 › 高峰": "1.1",
        "电度电价 › 平段": "0.64",
        "电度电价 › 低谷": "0.26",
        "容量电价（元/千瓦·月）": "38.4",
    }
    assert "电度电价 › 高峰：1.1" in first.text
    assert all("单位：元/千瓦时" in p.text for p in tariff_file.documents[0].passages if p.kind == "row")


def test_merged_cells_reach_every_row_and_group_rows_prefix(tariff_file: ParsedFile) -> None:
    second, resident = tariff_file.documents[0].passages[1:3]
    assert second.cells["用电分类"] == "工商业两部制"
    assert resident.text.startswith("示例省销售电价表（单位：元/千瓦时）：二、居民生活用电；")
    assert "电度电价：0.5469" in resident.text
    assert resident.cells["电度电价 › 低谷"] == "0.5469"


def test_notes_below_a_table_are_one_section(tariff_file: ParsedFile) -> None:
    note = tariff_file.documents[0].passages[-1]
    assert (note.kind, note.locator) == ("section", "现行 › 说明")
    assert "以上电价含政府性基金" in note.text


def test_ids_are_stable_and_unique(parse: Parse, tariff_file: ParsedFile) -> None:
    again = parse("电价.xlsx", xlsx(tariff))
    ids = [p.passage_id for d in tariff_file.documents for p in d.passages]
    assert ids == [p.passage_id for d in again.documents for p in d.passages]
    assert len(set(ids)) == len(ids)
    assert all(p.passage_id.startswith(d.document_id + "#") for d in tariff_file.documents for p in d.passages)


def test_values_are_written_as_people_read_them(parse: Parse) -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("费用")
        sheet.write_row(0, 0, ["项目", "金额（元）", "比例", "日期", "合计"])
        sheet.write(1, 0, "复电费")
        sheet.write(1, 1, 12.0)
        sheet.write(1, 2, 0.05, book.add_format({"num_format": "0%"}))
        sheet.write_datetime(1, 3, dt.date(2025, 1, 31), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_formula(1, 4, "=B2*2", None, 24)

    cells = parse("费用.xlsx", xlsx(fill)).documents[0].passages[0].cells
    assert cells == {"项目": "复电费", "金额（元）": "12", "比例": "5%", "日期": "2025-01-31", "合计": "24"}


def test_hidden_sheets_are_skipped_with_a_warning(parse: Parse, texts: Texts) -> None:
    def fill(book: Workbook) -> None:
        for name in ("看得见", "草稿"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["项目", "金额"])
            sheet.write_row(1, 0, [f"{name}的钱", 1])
        book.get_worksheet_by_name("草稿").hide()

    parsed = parse("a.xlsx", xlsx(fill))
    assert "草稿" not in "".join(texts(parsed))
    (finding,) = parsed.findings
    assert (finding.code, finding.sheet, finding.severity, parsed.rejected) == ("hidden_sheet", "草稿", "warning", 0)


def test_thirty_thousand_empty_rows_are_no_problem(parse: Parse) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["项目", "金额"])
    sheet.append(["复电费", 0])
    for row in range(3, 30_003):
        sheet.row_dimensions[row].height = 15
        sheet.cell(row, 1).number_format = "0.00"
    stream = io.BytesIO()
    book.save(stream)
    parsed = parse("a.xlsx", stream.getvalue())
    assert len(parsed.documents[0].passages) == 1
    assert parsed.findings == ()


def test_a_far_away_cell_is_refused_before_it_fills_the_memory(parse: Parse) -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write("A1", "项目")
        sheet.write("XFD1048576", "远")

    (finding,) = parse("a.xlsx", xlsx(fill)).findings
    assert finding.code == "too_many_cells"


def test_two_tables_on_one_sheet_keep_their_own_headers(parse: Parse) -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet()
        for y, row in enumerate(
            (["城区标准"], ["项目", "小时"], ["到场", 0.75], [], ["农村标准"], ["事项", "分钟"], ["到场", 90])
        ):
            sheet.write_row(y, 0, row)

    first, second = parse("时限.xlsx", xlsx(fill)).documents[0].passages
    assert first.cells == {"项目": "到场", "小时": "0.75"}
    assert second.cells == {"事项": "到场", "分钟": "90"}
    assert first.text.startswith("城区标准")
    assert second.text.startswith("农村标准")


def test_rows_after_a_blank_row_belong_to_the_same_table(parse: Parse) -> None:
    parsed = parse("a.csv", "项目,金额\n复电费,0\n,\n校验费,1\n")
    assert [p.cells["项目"] for p in parsed.documents[0].passages] == ["复电费", "校验费"]


def test_csv_exports_of_merged_headers_are_resolved(parse: Parse) -> None:
    parsed = parse("a.csv", "分类,电度电价,,容量电价\n,高峰,低谷,\n两部制,1.1,0.2,38\n,1.0,0.1,36\n")
    first, second = parsed.documents[0].passages
    assert first.cells == {"分类": "两部制", "电度电价 › 高峰": "1.1", "电度电价 › 低谷": "0.2", "容量电价": "38"}
    assert second.cells["分类"] == "两部制"


def test_units_on_a_row_of_their_own_belong_to_the_header(parse: Parse) -> None:
    parsed = parse("a.csv", "项目,电价,容量\n,元/千瓦时,千瓦\n居民,0.5,8\n")
    assert parsed.documents[0].passages[0].cells == {"项目": "居民", "电价 › 元/千瓦时": "0.5", "容量 › 千瓦": "8"}


def test_validity_columns_hold_for_their_row(parse: Parse) -> None:
    text = "收费项目,金额（元）,生效日期,失效日期\n校验费,50,2020/1/1,2024年6月1日\n复电费,0,20240601,\n"
    parsed = parse("收费.csv", text.encode("gb18030"))
    old, new = parsed.documents[0].passages
    assert (old.validity.valid_from, old.validity.valid_to) == (dt.date(2020, 1, 1), dt.date(2024, 6, 1))
    assert new.validity.valid_from == dt.date(2024, 6, 1)
    assert "生效日期" not in new.cells
    assert parsed.documents[0].kind == "收费表"


def test_a_sheet_marked_dead_without_a_day_never_answers(parse: Parse, today: dt.date) -> None:
    def fill(book: Workbook) -> None:
        for name in ("现行", "2019年（已废止）"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["项目", "金额"])
            sheet.write_row(1, 0, ["费", 1])

    current, dead = parse("a.xlsx", xlsx(fill)).documents
    assert current.validity.covers(today)
    assert not dead.validity.covers(today)


def test_one_column_of_text_becomes_sections(parse: Parse, texts: Texts) -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_column(0, 0, ["安全用电", "不要私拉乱接电线，发现断线请远离八米以外并拨打热线。"])

    assert "断线请远离" in "".join(texts(parse("a.xlsx", xlsx(fill))))


def test_old_xls_files_load(parse: Parse) -> None:
    rows: list[list[str | float]] = [["标准问题", "答案", "分类"], ["电费怎么交", "网上国网交", "电价电费"]]
    parsed = parse("问答.xls", workbook({"问答": rows, "空": [[""]]}))
    assert [(e.question, e.branches[0].answer) for e in parsed.entries] == [("电费怎么交", "网上国网交")]
    assert parsed.findings == ()


def test_more_rows_than_allowed_are_refused(parse: Parse) -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet()
        for y in range(30):
            sheet.write_row(y, 0, ["费", y])

    for name, data in (("a.csv", ("项目,金额\n" + "费,1\n" * 30).encode()), ("a.xlsx", xlsx(fill))):
        (finding,) = parse(name, data, limits=Limits(rows=20)).findings
        assert finding.code == "too_many_rows"


def test_a_bad_date_in_a_price_list_rejects_its_row_only(parse: Parse) -> None:
    parsed = parse("收费.csv", "项目,金额,生效日期\n校验费,50,明天\n复电费,0,2025-01-01\n")
    (finding,) = parsed.findings
    assert (finding.code, finding.row, finding.column, parsed.rejected) == ("bad_date", 2, "生效日期", 1)
    assert [p.cells["项目"] for p in parsed.documents[0].passages] == ["复电费"]


def test_a_cell_that_says_internal_does_not_make_the_file_internal(parse: Parse) -> None:
    parsed = parse("a.csv", "项目,说明\n内部资料,登记来意再转达\n复电,24小时\n")
    assert parsed.documents[0].visibility == "对外"
    title = parse("b.csv", "内部资料,\n项目,说明\n复电,24小时\n")
    assert title.documents[0].visibility == "内部"


@pytest.mark.parametrize(
    "data",
    [
        "项目,金额\n复电费,零元\n".encode(),
        "\ufeff项目,金额\n复电费,零元\n".encode(),
        "项目,金额\n复电费,零元\n".encode("gb18030"),
        "项目,金额\n复电费,零元\n".encode("utf-16"),
        "项目,金额\n复电费,零元\n".encode("utf-16-le"),
        "项目\t金额\n复电费\t零元\n".encode(),
        "项目;金额\n复电费;零元\n".encode(),
    ],
    ids=["utf8", "bom", "gb18030", "utf16", "utf16le", "tab", "semicolon"],
)
def test_csv_in_every_encoding_and_delimiter(parse: Parse, data: bytes) -> None:
    assert parse("a.csv", data).documents[0].passages[0].cells == {"项目": "复电费", "金额": "零元"}


def test_text_in_another_encoding_is_not_read_as_gb18030(parse: Parse) -> None:
    text = "項目,說明\n電費,證攜費廳繳理證廳業善管繳廳保電繳務營繳用管營管應\n"
    assert "筿禣" in text.encode("big5").decode("gb18030"), "these bytes are valid GB18030, and nonsense"
    parsed = parse("a.csv", text.encode("big5"))
    assert not parsed.documents or "電費" in parsed.documents[0].passages[0].text


def test_a_quote_that_never_closes_is_reported_not_swallowed(parse: Parse) -> None:
    (finding,) = parse("a.csv", '项目,金额\n"复电费,0\n校验费,1\n').findings
    assert finding.code == "corrupt"
    assert "双引号" in finding.message
