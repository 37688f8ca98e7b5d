"""Sets from tables, split by answer, grown by hand: what is read, and every wrong row by its number."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from eval.errors import BadArgument, GoldEmpty, GoldInvalid, GoldMissing, SetExists
from eval.gold import GoldSet, load_gold
from eval.labels import DEFAULT_LABELS
from eval.leaks import find_leaks, training_texts
from eval.sets.importing import import_gold
from eval.sets.splitting import entry_groups, split_by_entry
from eval.sets.writing import add_question, gold_text, write_gold

Line = Callable[..., dict[str, Any]]
HEAD = ("题号", "客户的话", "业务类型", "类别", "标准答案", "要不要工单", "必问", "日期", "已知事实")
ROWS = (
    ("g1", "电表名字咋改", "咨询", "用电业务、计量装置", "B05-1；B05-2", "否", "区域", "2023-08-01", "用户类别=合表"),
    ("g2", "我家没电了", "报修", "停电信息", "无", "是", "", "", ""),
)


def table(path: Path, head: tuple[str, ...] = HEAD, rows: tuple[tuple[str, ...], ...] = ROWS, **how: str) -> Path:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=how.get("delimiter", ",")).writerows([head, *rows])
    path.write_bytes(buffer.getvalue().encode(how.get("encoding", "utf-8")))
    return path


def book(path: Path) -> Path:
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet("题")
        sheet.write_row(1, 1, HEAD)
        for number, row in enumerate(ROWS, start=2):
            sheet.write_row(number, 1, row)
        sheet.write_datetime(2, 8, dt.datetime(2023, 8, 1), made.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001
    return path


@pytest.fixture
def imported(tmp_path: Path) -> GoldSet:
    return import_gold(table(tmp_path / "题.csv"), DEFAULT_LABELS)


def test_a_table_becomes_questions(imported: GoldSet) -> None:
    first, second = imported.questions
    assert (first.categories, first.entries) == (("用电业务", "计量装置"), ("B05-1", "B05-2"))
    assert (first.needs_work_order, first.must_ask, first.as_of) == (False, ("区域",), "2023-08-01")
    assert dict(first.facts) == {"用户类别": "合表"}
    assert (second.entries, second.needs_work_order, second.as_of, second.source) == ((), True, None, "导入")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_give_the_same_set(
    imported: GoldSet, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = tuple(tuple(cell.replace("；", "、") for cell in row) for row in ROWS)
    path = table(tmp_path / "题2.csv", rows=rows, encoding=encoding, delimiter=delimiter)
    assert import_gold(path, DEFAULT_LABELS).hash == imported.hash


def test_a_workbook_gives_the_same_set_wherever_the_table_stands(imported: GoldSet, tmp_path: Path) -> None:
    assert import_gold(book(tmp_path / "题.xlsx"), DEFAULT_LABELS).hash == imported.hash


def test_a_gold_file_passes_through_and_back(imported: GoldSet, tmp_path: Path) -> None:
    write_gold(imported.questions, tmp_path / "out.jsonl")
    assert import_gold(tmp_path / "out.jsonl", DEFAULT_LABELS).hash == imported.hash
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == gold_text(imported.questions)
    with pytest.raises(SetExists):
        write_gold(imported.questions, tmp_path / "out.jsonl")
    with pytest.raises(SetExists, match="写不进去"):
        write_gold(imported.questions, tmp_path / "no" / "out.jsonl")


def test_rows_without_an_id_get_file_and_row(tmp_path: Path) -> None:
    path = table(tmp_path / "题.csv", HEAD[1:], tuple(row[1:] for row in ROWS))
    assert [question.id for question in import_gold(path, DEFAULT_LABELS).questions] == ["题-2", "题-3"]


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        ({"客户的话": ""}, "missing_column", 2),
        ({"业务类型": "闲聊"}, "unknown_label", 2),
        ({"类别": "闲聊"}, "unknown_label", 2),
        ({"类别": ""}, "bad_value", 2),
        ({"要不要工单": "也许"}, "bad_value", 2),
        ({"日期": "去年"}, "bad_value", 2),
        ({"已知事实": "合表"}, "bad_value", 2),
        ({"题号": "g2"}, "duplicate_id", 3),
        ({"客户的话": "我家没电了！"}, "conflicting_gold", 3),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, change: dict[str, str], code: str, line: int) -> None:
    first = tuple(change.get(name, cell) for name, cell in zip(HEAD, ROWS[0], strict=True))
    with pytest.raises(GoldInvalid) as caught:
        import_gold(table(tmp_path / "题.csv", rows=(first, ROWS[1])), DEFAULT_LABELS)
    assert (caught.value.problems[0].code, caught.value.problems[0].line) == (code, line)


@pytest.mark.parametrize("gone", ["客户的话", "业务类型", "标准答案", "要不要工单"])
def test_a_missing_column_is_named_with_the_headings_found(tmp_path: Path, gone: str) -> None:
    place = HEAD.index(gone)
    head = HEAD[:place] + HEAD[place + 1 :]
    with pytest.raises(GoldInvalid, match="缺少列") as caught:
        import_gold(table(tmp_path / "题.csv", head, tuple(row[:place] + row[place + 1 :] for row in ROWS)))
    assert (caught.value.problems[0].code, head[0] in caught.value.message) == ("missing_column", True)


def test_two_columns_of_one_meaning_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GoldInvalid, match="有两列"):
        import_gold(table(tmp_path / "题.csv", (*HEAD, "问题"), tuple((*row, "x") for row in ROWS)))


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("空.csv", b"", GoldEmpty),
        ("空.csv", "客户的话,业务类型\n".encode(), GoldEmpty),
        ("坏.xlsx", b"not a workbook", GoldInvalid),
        ("图.png", b"x", GoldInvalid),
        ("二进制.csv", b"\xff\xfe\x00\x81\x00", GoldInvalid),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes, error: type[GoldInvalid]) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error):
        import_gold(tmp_path / name)


@pytest.mark.parametrize("name", ["没有.csv", "没有.xlsx", "没有.jsonl"])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(GoldMissing):
        import_gold(tmp_path / name)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_a_split_shares_no_answer_and_loses_no_question(gold: GoldSet, share: float, seed: int) -> None:
    first, second = split_by_entry(gold.questions, share, seed=seed)
    entries = [{entry for question in part for entry in question.entries} for part in (first, second)]
    assert not entries[0] & entries[1]
    assert {question.id for question in (*first, *second)} == {question.id for question in gold.questions}
    assert abs(len(first) - share * len(gold.questions)) <= 2
    assert split_by_entry(gold.questions, share, seed=seed) == (first, second)


def test_questions_linked_through_others_stay_together(gold: GoldSet) -> None:
    from dataclasses import replace

    a, b, c, d = gold.questions[:4]
    chain = [replace(a, entries=("X", "Y")), replace(b, entries=("Y", "Z")), replace(c, entries=("Z",)), d]
    assert sorted(len(group) for group in entry_groups(chain)) == [1, 3]
    with pytest.raises(BadArgument, match="分不开"):
        split_by_entry(chain[:3])
    with pytest.raises(BadArgument, match="份额"):
        split_by_entry(chain, 1.0)


def test_a_set_grows_one_question_at_a_time(gold: GoldSet, tmp_path: Path) -> None:
    path = tmp_path / "新.jsonl"
    assert add_question(gold.questions[0], path).questions == gold.questions[:1]
    assert add_question(gold.questions[1], path).questions == gold.questions[:2]
    with pytest.raises(GoldInvalid, match="已有这句话"):
        add_question(gold.questions[1], path)
    assert load_gold(path).questions == gold.questions[:2]


def test_training_texts_are_read_for_the_leak_check(gold: GoldSet, tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text(gold_text(gold.questions[:3]), encoding="utf-8")
    leaks = find_leaks(gold.questions[:3], {"train": training_texts(path)})
    assert {leak.question_id for leak in leaks} == {"q01", "q02", "q03"}
    path.write_text('{"text": "好"}\n{"words": 1}\n', encoding="utf-8")
    with pytest.raises(GoldInvalid, match="第 2 行"):
        training_texts(path)
