"""`zhida bench`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

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


@guarded
def bench(
    *,
    sizes: Annotated[str, typer.Option(help="条目数，如 1k,10k（默认 1k,10k,100k,224k）", show_default=False)] = "",
    quick: Annotated[bool, typer.Option("--quick", help="几分钟的小规模，用来看能不能跑通，数字不作数")] = False,
    peers: Annotated[bool, typer.Option("--peers", help="同场比较 Haystack、txtai、LangChain（装了才比）")] = False,
    texts: Annotated[Path | None, typer.Option(help="再从这个文件夹取真实文字", exists=True, file_okay=False)] = None,
    output: Annotated[Path | None, typer.Option("--out", help="结果写到哪里（默认 数据目录/bench）")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """测速：各规模的作答、导入、发布到可答、启动、并发与内存；结果存成 JSON 和 SVG，注明机器与版本。"""
    from assistant.bench.run import Run, options_of
    from assistant.settings import load_settings
    from eval.bench.chart import write_chart
    from eval.bench.result import failures
    from kb.domain.clock import SystemClock

    settings, at = load_settings(data=data), SystemClock().now()
    options = options_of(sizes, quick=quick, peers=peers, texts=texts, encoder=settings.encoder)
    path = (output or settings.data / "bench").resolve() / f"{at:%Y%m%d-%H%M%S}.json"
    with progress("测速") as advance:
        run = Run(options, path, at=at, tell=lambda note: advance(0, note))
        try:
            run.go()
        finally:
            write_chart(run.result, path.with_suffix(".svg"))
            cut = "（中断，不完整）" if run.result["partial"] else ""
            err.print(f"结果：{path}{cut}", markup=False, soft_wrap=True)
    if as_json:
        print_json({**run.result, "file": str(path)})
    else:
        _show(run.result)
    raise typer.Exit(SOME_REJECTED if failures(run.result) else 0)


def _show(result: dict[str, Any]) -> None:
    from eval.bench.result import failures, size_table

    out.print(f"{result['machine']}；负载 {result['load_at_start']}；知答 {result['versions']['zhida']}", markup=False)
    columns, rows = size_table(result)
    print_table([str(column) for column in columns], rows, title="各规模")
    for size in result["sizes"]:
        out.print(f"{size['entries']:,} 条：{size.get('texts', {}).get('made_of', '')}", markup=False, soft_wrap=True)
    names = ("format", "passages", "per_second", "read_s", "store_s", "publish_s")
    formats = [[figures.get(name, "—") for name in names] for figures in result["formats"]]
    print_table(("格式", "段数", "段/秒", "读 s", "写 s", "发布 s"), formats, title="导入，从文件到可答")
    _show_peers(result)
    _show_bars(result)
    for line in failures(result):
        err.print(f"没有测成 {line}", markup=False, soft_wrap=True)


def _show_peers(result: dict[str, Any]) -> None:
    from eval.bench.peers import PEERS
    from eval.bench.result import COMPARED

    rows = [
        (row["entries"], PEERS[row["peer"]].title, COMPARED[row["figure"]], row["ours"], row["theirs"], row["ratio"])
        for row in result["ratios"]
    ]
    if rows:
        columns = ("条目数", "对手", "项目", "知答", "对手", "知答÷对手")
        print_table(columns, rows, title="同场比较：小于 1 为知答更快或更省")
    for size in result["sizes"]:
        for name, figures in size.get("peers", {}).items():
            if "missing" in figures:
                out.print(f"{size['entries']:,} 条 {PEERS[name].title}：{figures['missing']}", markup=False)


def _show_bars(result: dict[str, Any]) -> None:
    rows = [
        (bar["what"], bar.get("most", bar.get("least")), bar["value"], bar["unit"], "是" if bar["met"] else "否")
        for bar in result["bars"]
    ]
    if rows:
        print_table(("目标", "线", "实测", "单位", "达到"), rows)
