"""Workbooks as they really come: each slip leaves the good rows alone and is said in Chinese, with sheet and row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from ingest.exchange.planning import ImportPlan, Known, Rules, plan_import
from ingest.exchange.reading import read_sheets
from kb.domain.errors import InvalidRecord
from kb.domain.validity import Validity
from tests.ingest.exchange.test_exchange import BASE, HEAD, LABELS, MASK, PAY, book, planned
from tests.kb.builders import TODAY, entry, span

NEW_NAME = "电费与电价"


def said(plan: ImportPlan) -> list[str]:
    return [f"{f.sheet or ''}:{f.row or ''} {f.message} {f.hint}" for f in plan.findings]


def with_names(path: Path, renamed: dict[str, str]) -> ImportPlan:
    """Plan with a taxonomy in which categories have other names by now."""
    labels = (*(label for label in LABELS if label not in renamed), *renamed.values(), *renamed)
    rules = Rules(normalise=str.strip, mask=MASK, today=TODAY, renamed=renamed)
    return plan_import(read_sheets(path, categories=labels, today=TODAY, mapping={}), BASE, rules)


def test_two_header_rows_and_merged_cells_are_read_as_meant(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("条目")
        for place, name in enumerate(("编号", "标准问题", "答案")):
            sheet.merge_range(0, place, 1, place, name)
        sheet.merge_range(0, 3, 0, 4, "有效期")
        sheet.write_row(1, 3, ("生效日期", "失效日期"))
        sheet.write_row(2, 0, ("N1", "校表几天", "五天。", "2026-01-01", "2027-01-01"))
    plan = planned(path)
    assert said(plan) == []
    assert [line.entry.validity for line in plan.lines if line.entry] == [span("2026-01-01", "2027-01-01")]


def test_a_hidden_sheet_is_left_out_and_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        shown, hidden = workbook.add_worksheet("条目"), workbook.add_worksheet("作废")
        for sheet, key in ((shown, "N1"), (hidden, "H1")):
            sheet.write_row(0, 0, HEAD)
            sheet.write_row(1, 0, (key, f"{key}怎么办", "", "答。", "电价电费"))
        hidden.hide()
    plan = planned(path)
    assert [line.entry_id for line in plan.lines] == ["N1"]
    [line] = said(plan)
    assert line.startswith("作废:")
    assert "隐藏" in line


def test_a_formula_counts_by_its_stored_result_and_without_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("条目")
        sheet.write_row(0, 0, ("编号", "标准问题", "答案"))
        for row, (key, value) in enumerate((("N1", "每度五毛"), ("N2", "")), start=1):
            sheet.write_row(row, 0, (key, f"{key}多少钱"))
            sheet.write_formula(row, 2, '="每度"&"五毛"', None, value)
    plan = planned(path)
    assert [line.entry.branches[0].answer for line in plan.lines if line.entry] == ["每度五毛"]
    assert len(said(plan)) == 1
    assert "条目:3" in said(plan)[0]
    assert "答案" in said(plan)[0]


def test_thirty_thousand_empty_rows_cost_nothing_and_hide_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("条目")
        sheet.write_row(0, 0, ("编号", "标准问题", "答案"))
        sheet.write_row(1, 0, ("N1", "近的", "收。"))
        for row in range(2, 30_002):
            sheet.write_blank(row, 0, None, workbook.add_format({"bold": True}) if row == 2 else None)
        sheet.write_row(30_002, 0, ("N2", "很远的", "也收。"))
    plan = planned(path)
    assert ([line.entry_id for line in plan.lines], said(plan)) == (["N1", "N2"], [])


def test_two_columns_for_one_field_ask_which(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ("编号", "标准问题", "常见问题", "答案"), ("N1", "校表几天", "多久校表", "五天。"))
    [line] = said(planned(path))
    assert "几列都像「标准问题」：标准问题、常见问题；这张表没有导入" in line
    assert "--map" in line


def test_a_phrasing_of_another_answer_stays_there(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", HEAD, ("N1", "账单在哪", "在哪里缴费；账单地址", "网上看。", "电价电费"))
    plan = planned(path)
    assert [line.entry.phrasings for line in plan.lines if line.entry] == [("账单地址",)]
    [line] = said(plan)
    assert "条目:2 相似问「在哪里缴费」已属于 Q1，这一句没有导入" in line


def test_the_owner_of_a_published_phrasing_is_found_by_the_index_too(tmp_path: Path) -> None:
    """As at 50,000 entries: stored phrasings are not normalised one by one, the index names who may hold one."""
    path = book(
        tmp_path / "a.xlsx", HEAD, ("N1", "账单在哪", "在哪里缴费；账单地址", "网上看。", "电价电费"),
        ("N2", "怎么过户", "", "网上。", "电价电费"),
    )  # fmt: skip
    asked: list[str] = []

    def published(key: str) -> list[str]:
        return [item for item, one in BASE.items() if one.entry and key in (one.entry.question, *one.entry.phrasings)]

    def normalise(text: str) -> str:
        asked.append(text)
        return text

    indexed = {item: one.entry for item, one in BASE.items() if one.entry is not None}
    sheets = read_sheets(path, categories=LABELS, today=TODAY, mapping={})
    rules = Rules(normalise=normalise, mask=MASK, today=TODAY, published=published, indexed=indexed)
    plan = plan_import(sheets, BASE, rules)
    assert [f.code for f in plan.findings] == ["conflicting_phrasing", "duplicate_question"]
    assert asked[0] == "账单在哪"
    changed = {**BASE, "Q1": Known(entry=replace(PAY, phrasings=("账单地址",)), version=4)}
    messages = [f.message for f in plan_import(sheets, changed, rules).findings]
    assert len(messages) == 2
    assert messages[0].startswith("相似问「账单地址」已属于 Q1")


def test_a_category_renamed_meanwhile_is_read_by_its_new_name(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        HEAD,
        ("N1", "怎么交费", "", "网上。", "电价电费"),
        ("N2", "换表", "", "免费。", "计量装置"),
    )
    plan = with_names(path, {"电价电费": NEW_NAME})
    assert [line.entry.categories for line in plan.lines if line.entry] == [(NEW_NAME,), ("计量装置",)]
    [line] = said(plan)
    assert f"条目:2 分类「电价电费」现在叫「{NEW_NAME}」，已按现在的名称导入" in line
    assert plan.rejected == 0


def test_a_stored_entry_of_a_renamed_category_moves_with_the_next_import(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ("编号", "标准问题", "答案"), ("Q1", "电费怎么交", "柜台交。"))
    [line] = with_names(path, {"电价电费": NEW_NAME}).lines
    assert line.entry is not None
    assert line.entry.categories == (NEW_NAME,)


def test_a_category_that_is_gone_for_good_is_refused_with_those_there_are(tmp_path: Path) -> None:
    rows = [(f"N{n}", f"第{n}问", "", "答。", "电价电费" if n else "旧分类") for n in range(3)]
    plan = planned(book(tmp_path / "a.xlsx", HEAD, *rows))
    [line] = said(plan)
    assert "条目:2 分类不认识：旧分类" in line
    assert "电价电费" in line
    assert [one.entry_id for one in plan.lines] == ["N1", "N2"]


def test_validity_that_ends_before_it_starts_is_refused_everywhere(tmp_path: Path) -> None:
    rows = (("编号", "标准问题", "答案", "生效日期", "失效日期"), ("N1", "问", "答。", "2026-05-01", "2026-04-01"))
    plan = planned(book(tmp_path / "a.xlsx", *rows))
    assert plan.lines == ()
    [line] = said(plan)
    assert line.startswith("条目:2 ")
    assert "晚于" in line
    with pytest.raises(InvalidRecord) as caught:
        entry(
            "N1",
            "问",
            validity=Validity(valid_from=span("2026-05-01", None).valid_from, valid_to=TODAY.replace(year=2020)),
        )
    assert "晚于" in caught.value.message
