"""`zhida eval …`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.output import (
    SOME_REJECTED,
    DataOption,
    JsonOption,
    err,
    guarded,
    out,
    print_json,
    print_table,
    progress,
)

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from eval.gold import GoldSet

eval_app = typer.Typer(help="评测：跑题集、比较两次结果、出报告", no_args_is_help=True)


def _gold(name: str) -> GoldSet:
    """Load a bundled set by name (test, dev) or any file by path."""
    import eval as package
    from eval.gold import load_gold

    bundled = Path(str(package.__file__)).parent / "gold" / f"{name}.jsonl"
    return load_gold(bundled if bundled.is_file() else Path(name))


@eval_app.command("run")
@guarded
def run(
    name: Annotated[str, typer.Argument(metavar="SET", help="自带题集 test、dev，或题集文件路径")] = "test",
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """在题集上评测当前发布，打印指标、区间与样本数。"""
    from assistant.cli.opening import opened
    from eval.gold import validate
    from eval.measures import figures
    from eval.runner import run as run_set
    from eval.storage import save_run
    from eval.summary import notes, summary_json, summary_rows

    gold = _gold(name)
    with opened(data) as runtime:
        _warn_unknown(validate(gold.questions, _known_ids(runtime)).unknown)
        with progress("评测", total=len(gold.questions)) as advance:
            result = run_set(
                runtime.assistant, gold, progress=lambda _done, _total: advance(1, ""), settings=_settings(runtime)
            )
        path = save_run(result, runtime.settings.data)
    made = figures(result.outcomes)
    if as_json:
        print_json({**summary_json(result, made), "file": str(path)})
    else:
        rows = [(row.name, row.value, f"{row.low} – {row.high}", row.n) for row in summary_rows(made)]
        print_table(("指标", "值", "95% 区间", "n"), rows, title=f"题集 {gold.name}，发布第 {result.release} 版")
        for line in notes(result):
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
    """比较两次评测：各指标变化、显著性、得失题目。显著变差时退出码为 1。"""
    from assistant.settings import load_settings
    from eval.compare import compare as compare_runs
    from eval.storage import find_run
    from eval.summary import CHANGE_COLUMNS, change_rows, comparison_notes

    folder = load_settings(data=data).data
    comparison = compare_runs(find_run(folder, before), find_run(folder, after))
    if as_json:
        print_json(comparison.to_dict())
    else:
        print_table(CHANGE_COLUMNS, change_rows(comparison))
        for line in comparison_notes(comparison):
            out.print(line, markup=False)
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
    if as_json:
        print_json({"html": str(html), "markdown": str(markdown)})
    else:
        out.print(f"报告：{html}\n　　　{markdown}", markup=False)


def _known_ids(runtime: Runtime) -> set[str]:
    catalogue = runtime.library.shelf.catalogue
    return {*catalogue.entries, *catalogue.passages}


def _settings(runtime: Runtime) -> dict[str, Any]:
    return {"encoder": runtime.settings.encoder, "ranker": dict(runtime.ranker.made)}


def _warn_unknown(unknown: tuple[tuple[str, str], ...]) -> None:
    if unknown:
        named = "、".join(f"{question}→{entry}" for question, entry in unknown[:5])
        err.print(f"提醒：题集引用了本知识库没有的 {len(unknown)} 个编号（{named}…），这些题按答不上计", markup=False)
