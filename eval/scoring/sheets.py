"""Blind sheets: a workbook or a page that shows questions and answers and nothing else, and reading them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.errors import Problem, SetExists, SheetInvalid
from eval.scoring.sampling import Draw, Item
from eval.sets.tables import read_cells
from eval.storage import write_whole
from kb.text.normalise import printable

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
SCALE = ("错", "部分对", "对")
COLUMNS = ("卷号", "编号", "客户的话", "答案", "评分", "理由")
NEEDED = ("卷号", "编号", "评分")
WIDTHS = {"卷号": 6, "编号": 6, "客户的话": 40, "答案": 70, "评分": 10, "理由": 30}
HOW = "评分填：对、部分对、错。只看这句话该不该这样答、答得对不对，不猜系统有几分把握。拿不准写在理由里。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one scorer said of one item."""

    number: int
    verdict: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One scorer's filled sheet; items left blank are not in it. `scorer` is the file's name."""

    scorer: str
    sheet_id: str
    scores: tuple[Score, ...]


def write_workbook(draw: Draw, path: Path, notes: Mapping[int, str] | None = None) -> None:
    """Write a workbook to score in; `notes` fill the reason column (what scorers said, for adjudication).

    Raises:
        SetExists: the file is there already, or cannot be written.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active if book.active is not None else book.create_sheet()
    sheet.title = "打分"
    rows = [COLUMNS, *(_row(draw, item, (notes or {}).get(item.number, "")) for item in draw.items)]
    for row, values in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row=row, column=column, value=value)
            cell.data_type = "n" if isinstance(value, int) else "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=row == 1)
    for place, name in enumerate(COLUMNS):
        sheet.column_dimensions["ABCDEF"[place]].width = WIDTHS[name]
    choice = DataValidation(type="list", formula1=f'"{",".join(reversed(SCALE))}"', allow_blank=True)
    choice.add(f"E2:E{len(rows)}")
    sheet.add_data_validation(choice)
    sheet.freeze_panes = "A2"
    book.create_sheet("说明").append([HOW])
    _refuse_existing(path)
    try:
        book.save(path)
    except OSError as error:
        raise SetExists(f"打分表写不进去：{path}（{error.strerror or error}）", hint="请检查文件夹") from None


def write_page(draw: Draw, path: Path) -> None:
    """Write a page to score in with a browser; it works from a disk and saves a .csv.

    Raises:
        SetExists: the file is there already, or cannot be written.
    """
    _refuse_existing(path)
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    text = environment.get_template("scoring.html.j2").render(
        draw=draw, scale=tuple(reversed(SCALE)), columns=COLUMNS, how=HOW
    )
    try:
        write_whole(path, text)
    except OSError as error:
        raise SetExists(f"打分页写不进去：{path}（{error.strerror or error}）", hint="请检查文件夹") from None


def read_sheet(path: Path, draw: Draw) -> Sheet:
    """Read a filled workbook, or the .csv a page saved.

    Raises:
        GoldMissing: no such file, or it cannot be read.
        SheetInvalid: no table, a column missing, a score off the scale, an item twice or of another sheet; all named.
    """
    filled = [(number, cells) for number, cells in read_cells(path) if any(cell.strip() for cell in cells)]
    line, head = filled[0] if filled else (1, ())
    names = [cell.strip() for cell in head]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        problem = Problem(
            code="missing_column", file=path.name, line=line, message=f"打分表缺少列 {'、'.join(missing)}"
        )
        raise SheetInvalid.of((problem,))
    scores, problems = _scores(path.name, [(n, dict(zip(names, c, strict=False))) for n, c in filled[1:]], draw)
    if problems:
        raise SheetInvalid.of(tuple(problems))
    return Sheet(scorer=path.stem, sheet_id=draw.sheet_id, scores=tuple(scores))


def sheet_id_of(path: Path) -> str:
    """Return the number of the sheet a file is.

    Raises:
        GoldMissing: no such file, or it cannot be read.
        SheetInvalid: it names none, or several.
    """
    filled = [cells for _, cells in read_cells(path) if any(cell.strip() for cell in cells)]
    names = [cell.strip() for cell in filled[0]] if filled else []
    place = names.index("卷号") if "卷号" in names else -1
    found = {cells[place].strip() for cells in filled[1:] if place >= 0 and len(cells) > place}
    if len(found) != 1:
        said = "没有卷号" if not found else f"混了几份卷子：{'、'.join(sorted(found))}"
        raise SheetInvalid(f"{path.name} 不是一份打分表：{said}")
    return found.pop()


def _row(draw: Draw, item: Item, note: str) -> tuple[str | int, ...]:
    answer = f"{item.title}\n{item.answer}"
    return (draw.sheet_id, item.number, printable(item.text), printable(answer), "", printable(note))


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise SetExists(f"已有这个文件：{path}")


def _scores(file: str, rows: Sequence[tuple[int, Mapping[str, str]]], draw: Draw) -> tuple[list[Score], list[Problem]]:
    known = {item.number for item in draw.items}
    scores: dict[int, Score] = {}
    problems = []
    for line, cells in rows:
        verdict, item = cells.get("评分", "").strip(), cells.get("编号", "").strip()
        wrong = _wrong(cells, draw, known, scores)
        if wrong is not None:
            problems.append(Problem(code=wrong[0], file=file, line=line, message=wrong[1]))
        elif verdict:
            scores[int(item)] = Score(number=int(item), verdict=verdict, reason=cells.get("理由", "").strip())
    return list(scores.values()), problems


def _wrong(
    cells: Mapping[str, str], draw: Draw, known: set[int], scores: Mapping[int, Score]
) -> tuple[str, str] | None:
    """Return what is wrong with a row, as code and message, or `None`."""
    verdict, item = cells.get("评分", "").strip(), cells.get("编号", "").strip()
    if cells.get("卷号", "").strip() != draw.sheet_id:
        return "other_sheet", f"这一行是另一份卷子的：{cells.get('卷号', '')}"
    if not item.isdecimal() or int(item) not in known:
        return "unknown_item", f"卷子里没有这个编号：{item}"
    if int(item) in scores and verdict:
        return "duplicate_id", f"编号 {item} 打了两次分"
    if verdict and verdict not in SCALE:
        return "off_scale", f"评分须是 {'、'.join(SCALE)}，这里是「{verdict}」"
    return None
