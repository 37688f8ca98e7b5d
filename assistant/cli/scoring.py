"""`zhida eval sheet|score`: what people think of the answers, out on blind sheets and back as figures and gold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.output import SOME_REJECTED, DataOption, JsonOption, guarded, out, print_json, print_table, say

if TYPE_CHECKING:
    from eval.scoring.judging import Judged
    from eval.scoring.sampling import Draw

FOLDER = "scoring"
scoring_app = typer.Typer()


@scoring_app.command("sheet")
@guarded
def sheet(
    run: Annotated[str, typer.Argument(help="latest、运行编号或文件")] = "latest",
    *,
    size: Annotated[int, typer.Option("--size", help="抽多少条答案", min=1)] = 100,
    seed: Annotated[int, typer.Option("--seed", help="随机种子")] = 95598,
    target: Annotated[Path, typer.Option("--out", help="打分表 .xlsx，或网页 .html")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """从一次评测里抽答案做盲评表：按类别分层，先抽拿不准的；表上没有档位和置信度。"""
    from assistant.settings import load_settings
    from eval.errors import BadArgument
    from eval.scoring.sampling import draw
    from eval.scoring.sheets import write_page, write_workbook
    from eval.storage import find_run, write_whole

    writers = {".xlsx": write_workbook, ".html": write_page}
    if target.suffix.lower() not in writers:
        raise BadArgument(f"打分表只有两种：.xlsx 与 .html，不是 {target.suffix or target.name}")
    folder = load_settings(data=data).data
    drawn = draw(find_run(folder, run), size, seed=seed)
    writers[target.suffix.lower()](drawn, target)
    key = _key(folder, drawn.sheet_id)
    key.parent.mkdir(parents=True, exist_ok=True)
    write_whole(key, json.dumps(drawn.to_dict(), ensure_ascii=False, indent=1))
    made = {"file": str(target), "sheet_id": drawn.sheet_id, "n": len(drawn.items), "answered": drawn.answered}
    say(made, f"{len(drawn.items)} 条（共 {drawn.answered} 条有答案）写到 {target}；复制给每位打分人", as_json=as_json)


@scoring_app.command("score")
@guarded
def score(
    sheets: Annotated[list[Path], typer.Argument(help="填好的打分表，每位打分人一份，文件名就是打分人")],
    *,
    final: Annotated[Path | None, typer.Option("--final", help="裁定表：意见不一的由它说了算")] = None,
    adjudicate: Annotated[Path | None, typer.Option("--adjudicate", help="把意见不一的写成裁定表 .xlsx")] = None,
    gold: Annotated[Path | None, typer.Option("--gold", help="把打分结果写成题集 .jsonl")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """收打分表：一致性、分类准确率与区间；还有意见不一而未裁定的，退出码为 1。"""
    from assistant.settings import load_settings
    from eval.scoring.judging import as_gold, disputed_draw, judge
    from eval.scoring.sheets import read_sheet, sheet_id_of, write_workbook
    from eval.sets.writing import write_gold
    from eval.storage import find_run

    folder = load_settings(data=data).data
    drawn = _draw(folder, sheet_id_of(sheets[0]))
    filled = [read_sheet(path, drawn) for path in sheets]
    judged = judge(drawn, filled, read_sheet(final, drawn) if final else None)
    if adjudicate is not None and judged.disputed:
        disputed, notes = disputed_draw(drawn, judged)
        write_workbook(disputed, adjudicate, notes)
    if gold is not None:
        questions = [outcome.question for outcome in find_run(folder, drawn.run_id).outcomes]
        write_gold(as_gold(judged, questions), gold)
    if as_json:
        print_json({"sheet_id": drawn.sheet_id, "run_id": drawn.run_id, **judged.to_dict()})
    else:
        _show(judged)
    raise typer.Exit(SOME_REJECTED if judged.disputed else 0)


def _key(folder: Path, sheet_id: str) -> Path:
    from eval.storage import FOLDER as RUNS

    return folder / RUNS / FOLDER / f"{Path(sheet_id).name}.json"


def _draw(folder: Path, sheet_id: str) -> Draw:
    from eval.errors import RunBroken, RunNotFound
    from eval.scoring.sampling import Draw

    path = _key(folder, sheet_id)
    try:
        return Draw.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError:
        hint = "卷子由 zhida eval sheet 生成，底稿在数据目录的 eval/scoring；请用同一个数据目录"
        raise RunNotFound(f"没有这份卷子的底稿：{sheet_id}", hint=hint) from None
    except (ValueError, KeyError, TypeError):
        raise RunBroken(f"卷子的底稿已损坏：{path.name}", hint="请重新抽样") from None


def _show(judged: Judged) -> None:
    from eval.summary import show

    found = judged.agreement
    if len(found.scorers) < 2:
        out.print(f"只有一人打分（{found.scorers[0]}），一致性无从计算；下面的准确率只代表一人的看法", markup=False)
    else:
        same, kappa, alpha = show(found.same, "share"), show(found.kappa, "score"), show(found.alpha, "score")
        out.print(f"{len(found.scorers)} 人共同打了 {found.n} 条：相同 {same}，κ {kappa}，α {alpha}", markup=False)
    rows = [
        (name, show(right.value, "share"), f"{show(right.low, 'share')} – {show(right.high, 'share')}",
         show(judged.at_least_partly[name].value, "share"), right.n)
        for name, right in judged.accuracy.items()
    ]  # fmt: skip
    print_table(("类别", "对", "95% 区间", "对或部分对", "n"), rows, title="答案准确率（按抽样权重）")
    if judged.unscored:
        out.print(f"还有 {len(judged.unscored)} 条没人打分，不计入", markup=False)
    if judged.disputed:
        out.print(f"{len(judged.disputed)} 条意见不一：暂按多数、无多数从严；--adjudicate 导出裁定表", markup=False)
