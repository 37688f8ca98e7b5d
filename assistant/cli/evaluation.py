"""`zhida eval …`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.measuring import ReleaseOption, SetArgument, measuring, run_gold
from assistant.cli.output import SOME_REJECTED, DataOption, JsonOption, guarded, out, print_json, print_table, say

if TYPE_CHECKING:
    from eval.compare import Comparison

SHOWN_SHIFTS = 12
SHOWN_SLICES = 8
eval_app = typer.Typer(help="评测：跑题集、比较、出报告、查题集、人工打分", no_args_is_help=True)


@eval_app.command("run")
@guarded
def run(
    name: SetArgument = "test",
    *,
    release: ReleaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """在题集上评测一版知识，打印指标、区间与样本数；有题出错时退出码为 1。"""
    from eval.measures import figures
    from eval.storage import save_run
    from eval.summary import notes, summary_json, summary_rows

    with measuring(name, release, data) as (gold, target, runtime):
        result = run_gold(target, gold)
        path = save_run(result, runtime.settings.data)
    made = figures(result.outcomes)
    if as_json:
        print_json({**summary_json(result, made), "file": str(path)})
    else:
        rows = [(row.name, row.value, f"{row.low} – {row.high}", row.n) for row in summary_rows(made)]
        print_table(("指标", "值", "95% 区间", "n"), rows, title=f"题集 {gold.name}，发布第 {result.release} 版")
        for line in (*notes(result), f"用时 {result.seconds:.1f} 秒，结果编号 {result.run_id}"):
            out.print(line, markup=False)
    raise typer.Exit(SOME_REJECTED if result.errors else 0)


@eval_app.command("compare")
@guarded
def compare(
    before: Annotated[str, typer.Argument(help="较早的一次：previous、运行编号或文件")] = "previous",
    after: Annotated[str, typer.Argument(help="较晚的一次：latest、运行编号或文件")] = "latest",
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """比较两次评测：各指标变化、显著性、得失题目、最差的组。显著变差时退出码为 1。"""
    from assistant.settings import load_settings
    from eval.compare import compare as compare_runs
    from eval.storage import find_run

    folder = load_settings(data=data).data
    comparison = compare_runs(find_run(folder, before), find_run(folder, after))
    if as_json:
        print_json(comparison.to_dict())
    else:
        _show(comparison)
    raise typer.Exit(SOME_REJECTED if comparison.regressed else 0)


@eval_app.command("report")
@guarded
def report(
    name: Annotated[str, typer.Argument(help="latest、运行编号或文件")] = "latest",
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一次评测写成 HTML 与 Markdown 报告。"""
    from assistant.settings import load_settings
    from eval.report import write_report
    from eval.storage import find_run

    folder = load_settings(data=data).data
    html, markdown = write_report(find_run(folder, name), folder)
    say({"html": str(html), "markdown": str(markdown)}, f"报告：{html}\n　　　{markdown}", as_json=as_json)


def _show(comparison: Comparison) -> None:
    from eval.summary import (
        CHANGE_COLUMNS,
        SHIFT_COLUMNS,
        SLICE_COLUMNS,
        change_rows,
        comparison_notes,
        shift_rows,
        slice_rows,
    )

    print_table(CHANGE_COLUMNS, change_rows(comparison), title=f"{comparison.before} → {comparison.after}")
    shifts, slices = shift_rows(comparison, SHOWN_SHIFTS), slice_rows(comparison, SHOWN_SLICES)
    if shifts:
        print_table(SHIFT_COLUMNS, shifts, title=f"得失的题（变差的在前，共 {len(comparison.shifts)} 处，--json 列全）")
    if slices:
        print_table(SLICE_COLUMNS, slices, title="变化的组（跌得最多的在前）")
    for line in comparison_notes(comparison):
        out.print(line, markup=False)
