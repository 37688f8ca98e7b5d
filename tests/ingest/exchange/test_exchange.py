"""Entries in and out of workbooks: what is read, what is refused and where, and that an export imports the same."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from ingest.errors import BadMapping, CannotExport, FileRefused
from ingest.exchange.columns import parse_mapping
from ingest.exchange.planning import ImportPlan, Known, Rules, plan_import
from ingest.exchange.reading import read_sheets
from ingest.exchange.writing import header, write_entries, write_template
from ingest.parse import parse_file
from kb.domain.knowledge import Branch, Entry, Source
from kb.text.masking import load_masker
from kb.text.rulefiles import RuleFiles
from tests.kb.builders import TODAY, entry, guard, span

LABELS = ("电价电费", "用电业务", "计量装置")
HEAD = ("编号", "标准问题", "相似问", "答案", "分类")
PAY = entry(
    "Q1", "电费怎么交", "在哪里缴费", answer="网上交。", categories=("电价电费",), owner="营销部", flags=("重要",)
)
MOVE = entry("Q2", "怎么过户", "房子卖了", answer="到营业厅。")
BASE = {"Q1": Known(entry=PAY, version=3), "Q2": Known(entry=MOVE, version=1)}
MASK = load_masker(RuleFiles())


def book(path: Path, *rows: tuple[Any, ...], sheets: Mapping[str, list[tuple[Any, ...]]] | None = None) -> Path:
    with xlsxwriter.Workbook(path) as workbook:
        for name, lines in (sheets or {"条目": list(rows)}).items():
            sheet = workbook.add_worksheet(name)
            for number, cells in enumerate(lines):
                for place, cell in enumerate(cells):
                    sheet.write(number, place, cell)
    return path


def planned(path: Path, known: Mapping[str, Known] = BASE, *pairs: str) -> ImportPlan:
    sheets = read_sheets(path, categories=LABELS, today=TODAY, mapping=parse_mapping(pairs))
    return plan_import(sheets, known, Rules(normalise=lambda text: text.strip("？?"), mask=MASK, today=TODAY))


def codes(plan: ImportPlan) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.row) for finding in plan.findings]


def steps(plan: ImportPlan) -> dict[str, str]:
    return {line.entry_id: line.step for line in plan.lines}


def test_good_rows_beside_bad_ones_each_with_its_place(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx", (*HEAD, "失效日期"),
        ("N1", "换表收费吗", "换电表要钱吗", "不收费。", "计量装置", ""),
        ("N2", "怎么改名", "", "到营业厅。", "天文", ""),
        ("N3", "电表坏了", "", "", "计量装置", ""),
        ("N4", "电费怎么交", "", "网上。", "电价电费", ""),
        ("N5", "账单在哪", "在哪里缴费；账单地址", "网上看。", "电价电费", ""),
        ("N6", "打哪个电话", "", "请拨打13812345678。", "电价电费", ""),
        ("N7", "去年的优惠", "", "已停。", "电价电费", "2025-01-01"),
        ("N8", "日期乱", "", "答。", "电价电费", "三月"),
    )  # fmt: skip
    plan = planned(path)
    assert steps(plan) == {
        "N1": "created", "N4": "refused", "N5": "created", "N6": "refused", "N7": "created",
    }  # fmt: skip
    assert sorted(codes(plan)) == [
        ("bad_date", 9), ("conflicting_phrasing", 6), ("duplicate_question", 5), ("no_answer", 4), ("past_date", 8),
        ("personal_data", 7), ("unknown_category", 3),
    ]  # fmt: skip
    assert next(line.entry for line in plan.lines if line.entry_id == "N5") == entry(
        "N5", "账单在哪", "账单地址", answer="网上看。", categories=("电价电费",)
    )
    assert (plan.rejected, plan.counts()["created"]) == (6, 3)
    assert all("13812345678" not in finding.message for finding in plan.findings)


def test_one_key_one_entry_however_often(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", HEAD, ("Q1", "电费怎么交", "在哪里缴费", "网上交。", "电价电费"))
    plan = planned(path)
    assert steps(plan) == {"Q1": "unchanged"}
    changed = planned(book(tmp_path / "b.xlsx", HEAD, ("Q1", "电费怎么交", "在哪里缴费", "柜台交。", "电价电费")))
    [line] = changed.lines
    assert (line.step, line.expected) == ("changed", 3)
    assert line.entry == replace(PAY, branches=(Branch(answer="柜台交。"),))


def test_a_column_that_is_not_there_changes_nothing(tmp_path: Path) -> None:
    """Without 相似问 and 责任人 columns, what is stored stays; an empty cell in a column that is there empties it."""
    kept = (
        planned(book(tmp_path / "a.xlsx", ("编号", "标准问题", "答案"), ("Q1", "电费怎么交", "柜台交。")))
        .lines[0]
        .entry
    )
    assert kept == replace(PAY, branches=(Branch(answer="柜台交。"),))
    emptied = planned(book(tmp_path / "b.xlsx", (*HEAD, "责任人"), ("Q1", "电费怎么交", "", "网上交。", "", "")))
    assert emptied.lines[0].entry == replace(PAY, phrasings=(), categories=(), owner="")


def test_a_list_of_phrasings_extends_what_exists(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx", ("编号", "相似问"), ("Q1", "电费去哪交"), ("", "缴费的地方"), ("Q2", "在哪里缴费"),
        ("X9", "没有这条"), ("Q1", "电费去哪交"),
    )  # fmt: skip
    plan = planned(path)
    assert {line.entry_id: line.entry.phrasings if line.entry else None for line in plan.lines} == {
        "Q1": ("在哪里缴费", "电费去哪交", "缴费的地方"),
        "Q2": None,
    }
    assert codes(plan) == [("unknown_entry", 5), ("conflicting_phrasing", 4)]
    assert planned(book(tmp_path / "b.xlsx", ("编号", "相似问"), ("", "谁的"))).findings[0].code == "no_key"


def test_the_guess_is_shown_and_set_right_by_hand(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ("知识号", "题面", "口径", "备注"), ("Q7", "校表几天", "五天。", "旧"))
    guessed = planned(path)
    assert {c.header: c.field for c in guessed.sheets.columns} == dict.fromkeys(("知识号", "题面", "口径", "备注"))
    assert codes(guessed) == [("no_entry_columns", 1)]
    plan = planned(path, BASE, "知识号=编号", "题面=标准问题", "口径=answer")
    assert {c.header: c.field for c in plan.sheets.columns} == {
        "知识号": "id", "题面": "question", "口径": "answer", "备注": None,
    }  # fmt: skip
    assert steps(plan) == {"Q7": "created"}
    for bad in ("题面", "题面=天", "=答案"):
        with pytest.raises(BadMapping):
            parse_mapping([bad])


def test_two_columns_for_one_field_need_a_word(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ("编号", "标准问题", "常见问题", "答案"), ("Q7", "校表几天", "多久校表", "五天。"))
    plan = planned(path)
    assert (plan.lines, codes(plan)) == ((), [("ambiguous_column", 1)])
    assert planned(path, BASE, "常见问题=-").lines[0].question == "校表几天"
    [line] = planned(path, BASE, "常见问题=相似问").lines
    assert line.entry is not None
    assert line.entry.phrasings == ("多久校表",)


def test_two_header_rows_merged_cells_hidden_sheets_formulas_and_empty_rows(tmp_path: Path) -> None:
    path = tmp_path / "乱.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet, hidden = workbook.add_worksheet("条目"), workbook.add_worksheet("作废")
        hidden.write_row(0, 0, HEAD)
        hidden.write_row(1, 0, ("H1", "藏着的", "", "答。", "电价电费"))
        hidden.hide()
        for place, name in enumerate(("编号", "标准问题", "答案")):
            sheet.merge_range(0, place, 1, place, name)
        sheet.merge_range(0, 3, 0, 4, "有效期")
        sheet.write_row(1, 3, ("生效日期", "失效日期"))
        sheet.write_row(2, 0, ("N1", "校表几天", "五天。", "2026-01-01", "2027-01-01"))
        sheet.merge_range(3, 0, 4, 0, "N2")
        sheet.merge_range(3, 1, 4, 1, "几天到场")
        sheet.write(3, 2, "看地方。")
        sheet.write(4, 2, "看地方。")
        sheet.write_row(5, 0, ("N3", "多少钱"))
        sheet.write_formula(5, 2, '="每度"&"五毛"', None, "每度五毛")
        sheet.write_row(6, 0, ("N4", "没算过的"))
        sheet.write_formula(6, 2, '=A1&"x"', None, "")
        sheet.write_row(30_007, 0, ("N5", "很远的", "也收。"))
    plan = planned(path)
    made = {line.entry_id: line.entry for line in plan.lines if line.entry is not None}
    assert set(made) == {"N1", "N2", "N3", "N5"}
    assert made["N1"].validity == span("2026-01-01", "2027-01-01")
    assert made["N3"].branches[0].answer == "每度五毛"
    assert [(f.code, f.sheet, f.row) for f in plan.findings] == [
        ("hidden_sheet", "作废", None),
        ("no_answer", "条目", 7),
    ]


def test_an_end_before_its_start_is_refused_with_its_row(tmp_path: Path) -> None:
    rows = (("编号", "标准问题", "答案", "生效日期", "失效日期"), ("N1", "问", "答。", "2026-05-01", "2026-04-01"))
    assert codes(planned(book(tmp_path / "a.xlsx", *rows))) == [("bad_date", 2)]


def test_an_archived_entry_is_not_brought_back_by_a_file(tmp_path: Path) -> None:
    away = {"Q1": replace(BASE["Q1"], archived=True)}
    plan = planned(book(tmp_path / "a.xlsx", HEAD, ("Q1", "电费怎么交", "", "新。", "")), away)
    assert (steps(plan), codes(plan)) == ({"Q1": "refused"}, [("archived", 2)])


def test_a_withdrawn_entry_comes_back_as_a_change(tmp_path: Path) -> None:
    gone = {"Q1": Known(entry=None, version=5)}
    [line] = planned(book(tmp_path / "a.xlsx", HEAD, ("Q1", "电费怎么交", "", "新。", "")), gone).lines
    assert (line.step, line.expected) == ("changed", 5)


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# 办法\n\n第一条 交费。\n", encoding="utf-8")
    with pytest.raises(FileRefused):
        planned(tmp_path / "a.md")
    rows = (("错误说法", "错在哪里", "应该怎样说"), ("不知道", "推诿", "我帮您查"))
    assert codes(planned(book(tmp_path / "g.xlsx", *rows))) == [("guard_sheet", 1)]


FULL = entry(
    "Q9", "修电的多久来", "抢修多久到", "=1+1",
    branches=(
        Branch(answer="45分钟。", when={"区域": "城区"}), Branch(answer="90分钟。\n山区另说。", when={"区域": "农村"}),
    ),
    categories=("用电业务", "电价电费"), sources=(Source(document="《供电服务标准》", locator="第三条"),),
    flags=("易忘", "重要"), hints=("Q1", "Q2"), topics=("T1",), owner="营销部", region="江城", visibility="内部",
    kind="紧急程序", validity=span("2026-01-01", "2027-01-01"),
)  # fmt: skip


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.jsonl"])
def test_an_export_imports_the_same(tmp_path: Path, name: str) -> None:
    entries = [PAY, MOVE, FULL]
    path = tmp_path / name
    assert write_entries(entries, path) == 3
    fresh = planned(path, {})
    assert fresh.findings == ()
    assert [line.entry for line in fresh.lines] == entries
    known = {one.entry_id: Known(entry=one, version=1) for one in entries}
    assert set(steps(planned(path, known)).values()) == {"unchanged"}
    assert write_entries(entries, tmp_path / f"再{name}") == 3
    if name != "a.xlsx":
        assert path.read_bytes() == (tmp_path / f"再{name}").read_bytes()


def test_a_csv_holds_nothing_a_spreadsheet_would_run(tmp_path: Path) -> None:
    """Formula prefixes at the head of a cell are tamed on the way out and come back as they were."""
    heads = ("=1+1", "+86", "-1 度", "@SUM(A1)", "'=quoted", "'plain")
    entries = [replace(PAY, entry_id=f"F{n}", question=f"{head} 怎么办", branches=(Branch(answer=head),))
               for n, head in enumerate(heads)]  # fmt: skip
    entries = [replace(one, phrasings=()) for one in entries]
    write_entries(entries, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert [line.entry for line in planned(tmp_path / "a.csv", {}).lines] == entries


def test_the_bundled_entries_go_through_a_workbook(tmp_path: Path) -> None:
    folder = Path(__file__).parents[3] / "kb" / "corpus" / "knowledge"
    parsed = parse_file(folder / "典型问答.xlsx", name="典型问答.xlsx", categories=(), today=TODAY)
    entries = [one for one in parsed.entries if one.kind != "guard"]
    assert len(entries) > 400
    write_entries(entries, tmp_path / "a.xlsx")
    sheets = read_sheets(tmp_path / "a.xlsx", categories=(), today=dt.date(2026, 11, 22), mapping={})
    assert [one.entry for one in sheets.entries] == entries


@pytest.mark.parametrize(
    "bad",
    [
        replace(PAY, phrasings=("一；二",)),
        replace(PAY, phrasings=("1、第一",)),
        replace(PAY, flags=("甲、乙",)),
        replace(PAY, branches=(Branch(answer="答", when={"区域": "城；乡"}),)),
        replace(PAY, branches=(Branch(answer=" 首尾有空格 "),)),
        guard("G1", "换表多少钱"),
    ],
)
def test_what_a_sheet_would_change_is_not_written_to_one(tmp_path: Path, bad: Entry) -> None:
    for name in ("a.xlsx", "a.csv"):
        with pytest.raises(CannotExport, match=bad.entry_id):
            write_entries([bad], tmp_path / name)
        assert not (tmp_path / name).exists()
    write_entries([bad], tmp_path / "a.jsonl")
    assert planned(tmp_path / "a.jsonl", {}).lines[0].entry == bad


def test_the_template_is_read_as_what_it_says(tmp_path: Path) -> None:
    write_template(tmp_path / "模板.xlsx")
    plan = planned(tmp_path / "模板.xlsx")
    assert [column.header for column in plan.sheets.columns] == header()
    assert all(column.field for column in plan.sheets.columns)
    with pytest.raises(CannotExport):
        write_template(tmp_path / "模板.csv")
    with pytest.raises(CannotExport):
        write_entries([PAY], tmp_path / "a.docx")
    with pytest.raises(CannotExport):
        write_entries([PAY], tmp_path / "没有" / "a.xlsx")
