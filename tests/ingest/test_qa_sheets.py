"""Q&A and guard sheets: synonyms, splitting, dates, branches, and one finding for every bad row."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest.types import Finding, Limits, ParsedFile
from tests.ingest.conftest import Parse

HEADER = "编号,标准问题,相似问,适用条件,答案,分类,生效日期,失效日期\n"


def only(parsed: ParsedFile) -> Finding:
    """Return the only finding."""
    (finding,) = parsed.findings
    return finding


@pytest.mark.parametrize(
    "header",
    ["标准问题,答案", "问题*,标准答案（必填）", "问,回复", "Question,Answer", "标准问 ,答复口径"],
)
def test_column_names_by_synonym(parse: Parse, header: str) -> None:
    (entry,) = parse("a.csv", f"{header}\n怎么交电费,网上国网交\n").entries
    assert (entry.question, entry.branches[0].answer, entry.kind) == ("怎么交电费", "网上国网交", "标问")
    assert entry.entry_id.startswith("e-")


def test_phrasings_split_at_marks_but_not_inside_sentences(parse: Parse) -> None:
    cell = "1. 电表，怎么不走了？是坏了吗\n表停了；表不转；|电表坏啦"
    (entry,) = parse("a.csv", f'标准问题,相似问,答案\n电表不走怎么办,"{cell}",申请校验\n').entries
    assert entry.phrasings == ("电表，怎么不走了？是坏了吗", "表停了", "表不转", "电表坏啦")


def test_numbered_phrasing_columns_are_put_together(parse: Parse) -> None:
    (entry,) = parse("a.csv", "标准问题,相似问1,相似问2,答案\n怎么交,咋交,在哪交,网上\n").entries
    assert entry.phrasings == ("咋交", "在哪交")


def test_rows_of_one_id_and_blank_rows_below_are_branches(parse: Parse) -> None:
    rows = (
        "A1,抢修多久到,多久来,区域=城区；供电方式=低压,45分钟,服务规范,,\n"
        "A1,,,区域=农村,90分钟,,,\n"
        ",,,区域：特殊边远,2小时,,,\n"
        "A2,怎么交,,,网上,电价电费,,\n"
    )
    first, second = parse("a.csv", HEADER + rows).entries
    assert [(dict(b.when), b.answer) for b in first.branches] == [
        ({"区域": "城区", "供电方式": "低压"}, "45分钟"),
        ({"区域": "农村"}, "90分钟"),
        ({"区域": "特殊边远"}, "2小时"),
    ]
    assert first.facts == ("区域", "供电方式")
    assert second.entry_id == "A2"


def test_branches_of_a_rejected_entry_do_not_join_the_one_above(parse: Parse) -> None:
    rows = "A1,甲,,,甲答,电价电费,,\nA2,乙,,区域=城区,乙答,乱写,,\n,,,区域=农村,乙二答,,,\nA3,丙,,,丙答,电价电费,,\n"
    parsed = parse("a.csv", HEADER + rows)
    assert [(e.entry_id, len(e.branches)) for e in parsed.entries] == [("A1", 1), ("A3", 1)]
    assert parsed.rejected == 1


@pytest.mark.parametrize("text", ["2025-01-31", "2025/1/31", "2025年1月31日", "20250131", "2025.1.31", "45688"])
def test_dates_as_text_and_serial_numbers(parse: Parse, text: str) -> None:
    (entry,) = parse("a.csv", HEADER + f"A1,怎么交,,,网上,,{text},长期\n").entries
    assert entry.validity.valid_from == dt.date(2025, 1, 31)
    assert entry.validity.valid_to is None


def test_period_columns_end_inclusively(parse: Parse) -> None:
    (entry,) = parse("a.csv", "问题,答案,有效期\n怎么交,网上,2025年1月1日至2025年12月31日\n").entries
    assert (entry.validity.valid_from, entry.validity.valid_to) == (dt.date(2025, 1, 1), dt.date(2026, 1, 1))


def test_category_synonyms_visibility_kind_flags_sources(parse: Parse) -> None:
    header = "问题,答案,分类,可见范围,类型,标记,来源,后续提示,主题"
    row = "怎么交,网上,电价、收费,仅内部,话术,易忘；重要,《供电营业规则》（2024）第十二条；公司文件,B01-2、B01-3,T01"
    (entry,) = parse("a.csv", f"{header}\n{row}\n").entries
    assert entry.categories == ("电价电费", "收费标准")
    assert (entry.visibility, entry.kind, entry.flags, entry.topics) == ("内部", "话术脚本", ("易忘", "重要"), ("T01",))
    assert [(s.document, s.locator) for s in entry.sources] == [
        ("《供电营业规则》（2024）", "第十二条"),
        ("公司文件", ""),
    ]
    assert entry.hints == ("B01-2", "B01-3")


BAD_ROWS = [
    ("A2,坏,,,答,乱写,,", "unknown_category", "分类"),
    ("A2,坏,,,答,电价电费,明天,", "bad_date", "生效日期"),
    ("A2,坏,,,答,电价电费,2025-02-30,", "bad_date", "生效日期"),
    ("A2,坏,,,答,电价电费,2025-02-01,2025-01-01", "bad_date", "失效日期"),
    ("A2,坏,,,,电价电费,,", "no_answer", "答案"),
    ("A2,,,,答,电价电费,,", "invalid_record", "标准问题"),
    ("A2,坏,,城区,答,电价电费,,", "bad_condition", "适用条件"),
    ("A2,坏,,," + "长" * 9000 + ",电价电费,,", "cell_too_long", "答案"),
    ("A2," + "问" * 300 + ",,,答,电价电费,,", "invalid_record", "标准问题"),
    ("A1,另一个问题,,,答,电价电费,,", "duplicate_id", "编号"),
    ("A1,好问题,,,另一个答案,电价电费,,", "same_condition", "答案"),
]


@pytest.mark.parametrize(("row", "code", "column"), BAD_ROWS, ids=[f"{c}-{i}" for i, (_, c, _) in enumerate(BAD_ROWS)])
def test_a_bad_row_gets_one_finding_and_good_rows_load(parse: Parse, row: str, code: str, column: str) -> None:
    good = "A1,好问题,,,好答案,电价电费,,\n"
    parsed = parse("a.csv", HEADER + good + row + "\nA3,好问题三,,,好答案三,,,\n")
    finding = only(parsed)
    assert (finding.code, finding.file, finding.row, finding.column) == (code, "a.csv", 3, column)
    assert finding.severity == "error"
    assert finding.hint
    assert [e.entry_id for e in parsed.entries] == ["A1", "A3"]
    assert parsed.rejected == 1


def test_a_missing_required_column(parse: Parse) -> None:
    finding = only(parse("a.csv", "标准问题,相似问,分类\n怎么交,咋交,电价电费\n"))
    assert (finding.code, finding.row, finding.column) == ("missing_column", 1, "答案")
    assert "答案" in finding.message
    assert "回复" in finding.hint


def test_a_duplicate_required_column(parse: Parse) -> None:
    finding = only(parse("a.csv", "标准问题,答案,答案\n怎么交,网上,营业厅\n"))
    assert (finding.code, finding.row, finding.column) == ("duplicate_column", 1, "答案")


def test_a_header_without_rows(parse: Parse) -> None:
    parsed = parse("a.csv", HEADER)
    assert (only(parsed).code, parsed.rejected, parsed.entries) == ("no_rows", 1, ())


def test_any_category_passes_when_none_are_given(parse: Parse) -> None:
    (entry,) = parse("a.csv", "问题,答案,分类\n怎么交,网上,随便\n", categories=()).entries
    assert entry.categories == ("随便",)


def test_the_cell_limit_is_that_of_the_limits(parse: Parse) -> None:
    parsed = parse("a.csv", "问题,答案\n怎么交,网上国网交\n", limits=Limits(cell_chars=4))
    assert only(parsed).code == "cell_too_long"


GUARDS = "客户问法,错误说法,错在哪里,应该怎样说\n"


def test_guard_sheets(parse: Parse) -> None:
    parsed = parse("g.csv", GUARDS + '"换表多少钱\n表坏了换一块",单相表九十九元,没有判断产权,先问是总表还是分表\n')
    (entry,) = parsed.entries
    assert entry.kind == "guard"
    assert entry.guard is not None
    assert (entry.question, entry.phrasings, entry.branches) == ("换表多少钱", ("表坏了换一块",), ())
    assert (entry.guard.utterance, entry.guard.instead) == ("单相表九十九元", "先问是总表还是分表")
    assert parsed.documents == ()


def test_a_guard_without_a_reason_is_rejected(parse: Parse) -> None:
    parsed = parse("g.csv", GUARDS + "换表,九十九元,,先问产权\n换表,九十九元,没问,先问产权\n")
    finding = only(parsed)
    assert (finding.code, finding.row, finding.column, len(parsed.entries)) == ("blank_cell", 2, "错在哪里", 1)


def test_qa_tables_inside_documents_are_entries(parse: Parse) -> None:
    parsed = parse("a.md", "# 问答\n\n| 问题 | 答案 |\n|---|---|\n| 怎么交 | 网上 |\n")
    assert [e.question for e in parsed.entries] == ["怎么交"]
    assert parsed.documents == ()


def test_a_file_with_categories_of_its_own_keeps_them(parse: Parse) -> None:
    rows = "".join(f"B{i},问题{i},,,答案{i},自有分类{i % 2},,\n" for i in range(6))
    parsed = parse("a.csv", HEADER + rows)
    assert [e.categories for e in parsed.entries[:2]] == [("自有分类0",), ("自有分类1",)]
    assert [(f.code, f.severity) for f in parsed.findings] == [("own_categories", "warning")]


def test_a_blank_row_does_not_turn_the_rows_below_it_into_a_public_table(parse: Parse) -> None:
    header = "编号,标准问题,答案,可见范围\n"
    rows = "A1,怎么交电费,网上国网交,对外\n,,,\nA2,催费口径怎么讲,内部口径,内部\nA3,没有答案的问题,,对外\n"
    parsed = parse("a.csv", header + rows)
    assert [(entry.entry_id, entry.visibility) for entry in parsed.entries] == [("A1", "对外"), ("A2", "内部")]
    assert parsed.documents == ()
    assert parsed.rejected == 1


def test_a_sheet_with_a_classification_of_its_own_keeps_it_and_a_stray_label_is_refused(parse: Parse) -> None:
    own = parse("a.csv", "问题,答案,类别\n怎么开户,带身份证,开户过户\n水发黄,放一放,水质\n")
    assert [entry.categories for entry in own.entries] == [("开户过户",), ("水质",)]
    assert [finding.severity for finding in own.findings] == ["warning"]
    stray = parse("b.csv", "问题,答案,类别\n怎么交,网上,电价电费\n表坏了,报修,计量装置\n问号,答,水质\n")
    assert len(stray.entries) == 2
    assert stray.rejected == 1
