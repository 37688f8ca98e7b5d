"""`zhida eval gate`: the bundled sets against what is expected of them; what `make eval` runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.measuring import Measured, gold_set, measured, run_gold, warn_unknown
from assistant.cli.output import SOME_REJECTED, DataOption, JsonOption, guarded, out, print_json, print_table, say

if TYPE_CHECKING:
    from eval.gate import Fall, Passed
    from eval.measures import Figure, Unit
    from eval.runner import Run

BUNDLED = ("dev", "test")
SHOWN = 12
gating_app = typer.Typer()


@gating_app.command("gate")
@guarded
def gate(
    sets: Annotated[list[str] | None, typer.Argument(help="题集（默认自带的 dev 与 test）")] = None,
    *,
    update: Annotated[bool, typer.Option("--update", help="把这次的结果存成今后的期望值")] = False,
    expected: Annotated[Path | None, typer.Option("--expected", help="期望值文件夹（默认随程序）")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """跑自带题集并与存下的期望值相比；哪项跌出区间就列出新做错的题，退出码为 1。"""
    from assistant.cli.opening import opened
    from eval.gate import EXPECTED, load_expectation, save_expectation
    from eval.storage import save_run

    names, folder = sets or list(BUNDLED), expected if expected is not None else EXPECTED
    golds = [gold_set(name) for name in names]
    wanted = {} if update else {gold.name: load_expectation(gold.name, folder) for gold in golds}
    with opened(data) as runtime:
        target: Measured = measured(runtime)
        runs = []
        for gold in golds:
            warn_unknown(gold.questions, target)
            runs.append(run_gold(target, gold, note=f"评测 {gold.name}"))
            save_run(runs[-1], runtime.settings.data)
    if update:
        paths = [str(save_expectation(run, folder)) for run in runs]
        say({"updated": paths}, f"期望值写好：{'、'.join(paths)}", as_json=as_json)
        return
    _judge(runs, wanted, as_json=as_json)


def _judge(runs: list[Run], wanted: dict[str, Any], *, as_json: bool) -> None:
    from eval.gate import check
    from eval.measures import figures

    made = [figures(run.outcomes) for run in runs]
    passed = [check(run, wanted[run.set_name], figs) for run, figs in zip(runs, made, strict=True)]
    if as_json:
        print_json({"held": all(one.held for one in passed), "sets": [one.to_dict() for one in passed]})
    else:
        for run, figs, one in zip(runs, made, passed, strict=True):
            _show(run, figs, one)
    raise typer.Exit(0 if all(one.held for one in passed) else SOME_REJECTED)


def _show(run: Run, made: tuple[Figure, ...], passed: Passed) -> None:
    from eval.summary import summary_rows

    rows = [(row.name, row.value, f"{row.low} – {row.high}", row.n) for row in summary_rows(made)]
    print_table(("指标", "值", "95% 区间", "n"), rows, title=f"题集 {run.set_name}（{run.seconds:.1f} 秒）")
    units = {figure.name: figure.unit for figure in made}
    for fall in passed.falls:
        _show_fall(fall, units[fall.name], run)
    if passed.held:
        wrong, right = (sum(map(len, part.values())) for part in (passed.newly_wrong, passed.newly_right))
        out.print(f"通过：没有一项跌出区间（新错 {wrong} 处，新对 {right} 处）", markup=False)


def _show_fall(fall: Fall, unit: Unit, run: Run) -> None:
    from eval.summary import show

    texts = {outcome.question.id: outcome.question.text for outcome in run.outcomes}
    out.print(
        f"▼ {fall.label}：{show(fall.found, unit)}，期望 {show(fall.expected, unit)}，不得过 {show(fall.bound, unit)}",
        markup=False,
    )
    for question in fall.questions[:SHOWN]:
        out.print(f"    {question} {texts[question]}", markup=False)
    if len(fall.questions) > SHOWN:
        out.print(f"    另有 {len(fall.questions) - SHOWN} 题，--json 列全", markup=False)
