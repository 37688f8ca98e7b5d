"""People's scores: blind sheets, what is read back, agreement, adjudication, accuracy with weights, new gold."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from eval.errors import BadArgument, SetExists, SheetInvalid
from eval.gold import GoldSet
from eval.runner import Run
from eval.scoring.judging import as_gold, disputed_draw, judge
from eval.scoring.sampling import Draw, draw
from eval.scoring.sheets import COLUMNS, SCALE, Score, Sheet, read_sheet, sheet_id_of, write_page, write_workbook
from eval.statistics import weighted_share

WRONG, PARTLY, RIGHT = SCALE
Filled = Callable[..., Sheet]


@pytest.fixture
def drawn(done: Run) -> Draw:
    return draw(done, 12)


@pytest.fixture
def filled(drawn: Draw) -> Filled:
    """A scorer who says 对 to everything but what is given."""

    def make(name: str, said: dict[int, str] | None = None) -> Sheet:
        verdicts = {item.number: RIGHT for item in drawn.items} | (said or {})
        scores = tuple(Score(number=n, verdict=v, reason=f"{name}说") for n, v in verdicts.items() if v)
        return Sheet(scorer=name, sheet_id=drawn.sheet_id, scores=scores)

    return make


def fill(path: Path, said: dict[int, str]) -> None:
    book = load_workbook(path)
    sheet = book["打分"]
    for row in sheet.iter_rows(min_row=2):
        row[4].value = said.get(int(str(row[1].value)), "")
    book.save(path)


def test_every_category_is_drawn_with_its_weight(done: Run) -> None:
    drawn = draw(done, 12)
    assert Counter(item.stratum for item in drawn.items).keys() == {"停电信息", "电价电费"}
    assert abs(len(drawn.items) - 12) <= 2
    assert sum(item.weight for item in drawn.items) == pytest.approx(drawn.answered) == 32
    assert draw(done, 12) == drawn != draw(done, 12, seed=1)
    assert Draw.from_dict(drawn.to_dict()) == drawn


def test_uncertain_answers_are_always_drawn(done: Run) -> None:
    uncertain = {
        outcome.question.id for outcome in done.outcomes if outcome.shown and outcome.shown[0].confidence < 0.6
    }
    for seed in range(5):
        assert uncertain <= {item.question_id for item in draw(done, 12, seed=seed).items}


def test_asking_for_more_than_there_is_takes_all(done: Run) -> None:
    drawn = draw(done, 999)
    assert (len(drawn.items), {item.weight for item in drawn.items}) == (32, {1.0})


def test_nothing_to_draw_is_refused(done: Run) -> None:
    with pytest.raises(BadArgument, match="不小于 1"):
        draw(done, 0)
    with pytest.raises(BadArgument, match="没有可打分"):
        draw(replace(done, outcomes=tuple(replace(o, shown=()) for o in done.outcomes)), 10)


def test_a_sheet_is_blind(drawn: Draw, tmp_path: Path) -> None:
    write_workbook(drawn, tmp_path / "卷.xlsx")
    write_page(drawn, tmp_path / "卷.html")
    rows = list(load_workbook(tmp_path / "卷.xlsx")["打分"].values)
    assert rows[0] == COLUMNS
    assert len(rows) == len(drawn.items) + 1
    shown = f"{rows}{(tmp_path / '卷.html').read_text(encoding='utf-8')}"
    for secret in ("0.9", "0.5", "high", "medium", "置信度：", "高：", drawn.items[0].stratum):
        assert secret not in shown, secret
    with pytest.raises(SetExists):
        write_workbook(drawn, tmp_path / "卷.xlsx")
    with pytest.raises(SetExists):
        write_page(drawn, tmp_path / "卷.html")
    with pytest.raises(SetExists, match="写不进去"):
        write_workbook(drawn, tmp_path / "no" / "卷.xlsx")


def test_a_callers_formula_stays_text(drawn: Draw, tmp_path: Path) -> None:
    nasty = replace(drawn.items[0], text='=HYPERLINK("http://x")\x07', answer="</script><script>alert(1)</script>")
    write_workbook(replace(drawn, items=(nasty,)), tmp_path / "卷.xlsx")
    cell = load_workbook(tmp_path / "卷.xlsx")["打分"]["C2"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://x")')
    write_page(replace(drawn, items=(nasty,)), tmp_path / "卷.html")
    assert (tmp_path / "卷.html").read_text(encoding="utf-8").count("<script>") == 1


def test_a_filled_workbook_is_read_back(drawn: Draw, tmp_path: Path) -> None:
    path = tmp_path / "张三.xlsx"
    write_workbook(drawn, path)
    fill(path, {1: RIGHT, 2: WRONG})
    assert sheet_id_of(path) == drawn.sheet_id
    sheet = read_sheet(path, drawn)
    assert (sheet.scorer, {s.number: s.verdict for s in sheet.scores}) == ("张三", {1: RIGHT, 2: WRONG})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_what_the_page_saves_is_read_back(drawn: Draw, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "李四.csv"
    buffer = io.StringIO()
    csv.writer(buffer).writerows(
        [COLUMNS, (drawn.sheet_id, 1, "", "", PARTLY, "差一点，\n缺时限"), (drawn.sheet_id, 2)]
    )
    path.write_bytes(buffer.getvalue().encode(encoding))
    (score,) = read_sheet(path, drawn).scores
    assert (score.number, score.verdict, score.reason) == (1, PARTLY, "差一点，\n缺时限")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("{id}", "1", "", "", "还行", ""), "off_scale"),
        (("{id}", "1", "", "", "5", ""), "off_scale"),
        (("{id}", "999", "", "", "对", ""), "unknown_item"),
        (("{id}", "", "", "", "对", ""), "unknown_item"),
        (("{id}", "²", "", "", "对", ""), "unknown_item"),
        (("别的卷", "1", "", "", "对", ""), "other_sheet"),
        (("{id}", "2", "", "", "对", ""), "duplicate_id"),
    ],
)
def test_a_wrong_row_is_named(drawn: Draw, tmp_path: Path, row: tuple[str, ...], code: str) -> None:
    path = tmp_path / "王五.csv"
    rows = [COLUMNS, (drawn.sheet_id, "2", "", "", "错", ""), tuple(cell.format(id=drawn.sheet_id) for cell in row)]
    path.write_text("\n".join(",".join(cells) for cells in rows), encoding="utf-8")
    with pytest.raises(SheetInvalid, match="第 3 行") as caught:
        read_sheet(path, drawn)
    assert caught.value.problems[0].code == code


@pytest.mark.parametrize("text", ["", "编号,评分\n1,对\n", "a,b\nc,d\n"])
def test_what_is_no_sheet_is_refused(drawn: Draw, tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SheetInvalid):
        sheet_id_of(path)
    with pytest.raises(SheetInvalid, match="缺少列"):
        read_sheet(path, drawn)


def test_one_scorer_gives_accuracy_and_no_agreement(drawn: Draw, filled: Filled) -> None:
    judged = judge(drawn, [filled("张三", {1: WRONG})])
    found = judged.agreement
    assert (found.n, found.same, found.kappa, found.alpha) == (0, None, None, None)
    assert {one.by for one in judged.decided} == {"一人"}
    value = judged.accuracy["全部"].value
    assert value is not None
    assert value < 1.0


def test_two_scorers_who_differ_are_strict_until_somebody_rules(drawn: Draw, filled: Filled) -> None:
    sheets = [filled("张三", {1: WRONG, 2: PARTLY}), filled("李四", {2: PARTLY})]
    judged = judge(drawn, sheets)
    by = {one.item.number: (one.verdict, one.by) for one in judged.decided}
    assert (by[1], by[2], by[3]) == ((WRONG, "从严"), (PARTLY, "一致"), (RIGHT, "一致"))
    assert judged.agreement.same == pytest.approx(1 - 1 / len(drawn.items))
    assert judged.agreement.kappa is not None
    assert [one.item.number for one in judged.disputed] == [1]
    rest, notes = disputed_draw(drawn, judged)
    assert ([item.number for item in rest.items], notes[1]) == ([1], "错（张三说）；对（李四说）")
    ruled = judge(drawn, sheets, filled("裁定", dict.fromkeys(range(2, 99), "") | {1: RIGHT}))
    assert (ruled.decided[0].verdict, ruled.decided[0].by, ruled.disputed) == (RIGHT, "裁定", ())


def test_a_majority_of_three_decides(drawn: Draw, filled: Filled) -> None:
    judged = judge(drawn, [filled("甲", {1: WRONG}), filled("乙", {1: WRONG}), filled("丙")])
    assert (judged.decided[0].verdict, judged.decided[0].by, judged.agreement.kappa) == (WRONG, "多数", None)
    assert judged.agreement.alpha is not None


def test_what_nobody_scored_counts_nowhere_and_is_named(drawn: Draw, filled: Filled) -> None:
    judged = judge(drawn, [filled("甲", {1: "", 2: ""})])
    assert judged.unscored == (1, 2)
    assert judged.accuracy["全部"].n == len(drawn.items) - 2


def test_sheets_that_do_not_belong_together_are_refused(drawn: Draw, filled: Filled) -> None:
    cases = {
        "至少要一份": [],
        "同名": [filled("甲"), filled("甲")],
        "另一份卷子": [filled("甲"), replace(filled("乙"), sheet_id="别的")],
        "一个分数也没有": [Sheet(scorer="甲", sheet_id=drawn.sheet_id, scores=())],
    }
    for said, sheets in cases.items():
        with pytest.raises(BadArgument, match=said):
            judge(drawn, sheets)


def test_accuracy_is_of_the_run_not_of_the_draw(done: Run) -> None:
    """Uncertain answers are drawn more often than they are; the weights undo that."""
    truth = sum(outcome.rank == 1 for outcome in done.outcomes if outcome.shown) / 32
    right = {outcome.question.id for outcome in done.outcomes if outcome.rank == 1}
    found, plain = [], []
    for seed in range(200):
        drawn = draw(done, 10, seed=seed)
        scores = tuple(
            Score(number=item.number, verdict=RIGHT if item.question_id in right else WRONG) for item in drawn.items
        )
        estimate = judge(drawn, [Sheet(scorer="甲", sheet_id=drawn.sheet_id, scores=scores)]).accuracy["全部"]
        found.append(estimate.value or 0.0)
        plain.append(sum(score.verdict == RIGHT for score in scores) / len(scores))
    assert float(np.mean(found)) == pytest.approx(truth, abs=0.01)
    assert float(np.mean(plain)) < truth - 0.05


def test_equal_weights_are_no_weights() -> None:
    equal = weighted_share([True, True, False], [2.0, 2.0, 2.0])
    assert equal.value == pytest.approx(2 / 3)
    assert equal.n == 3
    assert weighted_share([], []).value is None
    narrow, wide = weighted_share([True] * 4, [1.0] * 4), weighted_share([True] * 4, [9.0, 1.0, 1.0, 1.0])
    assert (narrow.low or 0) > (wide.low or 0)
    for bad in ([1.0], [1.0, 0.0]):
        with pytest.raises(BadArgument):
            weighted_share([True, False], bad)


def test_scores_become_gold(gold: GoldSet, drawn: Draw, filled: Filled) -> None:
    sheets = [filled("甲", {1: WRONG, 2: PARTLY, 3: WRONG}), filled("乙", {1: WRONG, 2: PARTLY})]
    taught = {question.id: question for question in as_gold(judge(drawn, sheets), gold.questions)}
    ids = {item.number: item for item in drawn.items}
    assert ids[1].entry_id not in taught[ids[1].question_id].entries
    assert ids[2].question_id not in taught
    assert ids[3].question_id not in taught
    assert taught[ids[4].question_id].entries[0] == ids[4].entry_id
    assert {question.source for question in taught.values()} == {"打分"}
