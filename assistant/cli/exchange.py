"""`zhida entry import|export|template`: entries in and out of workbooks."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.knowledge import show_findings
from assistant.cli.output import (
    SOME_REJECTED,
    AccountOption,
    DataOption,
    JsonOption,
    err,
    guarded,
    out,
    print_json,
    print_table,
    progress,
    say,
)

if TYPE_CHECKING:
    from ingest.exchange.planning import ImportPlan

NAMES = {"created": "新增", "changed": "修改", "unchanged": "未变", "refused": "拒绝"}


@guarded
def import_entries(
    source: Annotated[Path, typer.Argument(help="xlsx、csv 或 jsonl：条目，或只有 编号＋相似问 的问法表")],
    *,
    account: AccountOption,
    reason: Annotated[str, typer.Option("--reason", help="为什么改，记入历史")] = "",
    column: Annotated[
        list[str] | None, typer.Option("--map", help="列对应，写成 列名=字段；不读写 列名=-；可多次")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会做什么，不写入")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """导入条目为草稿：先列出各列对应什么、每条会怎样、哪些行不收。按编号认同一条，重复导入不会重复。"""
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened
    from assistant.jobs import plan_sheets
    from ingest.exchange.columns import parse_mapping

    with opened(data, write=not dry_run) as runtime:
        person = acting(runtime, account)
        plan = plan_sheets(runtime, source, parse_mapping(column or []))
        decisions = []
        if not dry_run:
            with progress("写入", total=sum(line.entry is not None for line in plan.lines)) as advance:
                note = reason or f"导入 {source.name}"
                decisions = runtime.desk.bring_in(person, plan, reason=note, tick=lambda count: advance(count, ""))
    stale = [one.error.to_dict() for one in decisions if one.error is not None]
    report = {
        "dry_run": dry_run, "columns": [one.to_dict() for one in plan.sheets.columns], **plan.counts(),
        "rejected": plan.rejected, "lines": [line.to_dict() for line in plan.lines],
        "findings": [asdict(finding) for finding in plan.findings], "conflicts": stale,
    }  # fmt: skip
    if as_json:
        print_json(report)
    else:
        _show(plan, stale)
    raise typer.Exit(SOME_REJECTED if plan.rejected or stale else 0)


@guarded
def export_entries(
    target: Annotated[Path, typer.Argument(help="写到哪里：.xlsx、.csv 或 .jsonl")],
    *,
    category: Annotated[str, typer.Option(help="只导出这一类别")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """导出当前发布的条目；改好后用 zhida entry import 导回。表格不含护栏，全部要用 .jsonl。"""
    from assistant.cli.opening import opened
    from assistant.inventory import catalogue_of
    from ingest.exchange.writing import write_entries

    with opened(data) as runtime:
        entries = [one for one in catalogue_of(runtime).entries.values() if not category or category in one.categories]
    if target.suffix.lower() != ".jsonl":
        entries = [one for one in entries if one.kind != "guard"]
    count = write_entries(entries, target)
    say({"file": str(target), "entries": count}, f"已写出 {count} 条：{target}", as_json=as_json)


@guarded
def template(
    target: Annotated[Path, typer.Argument(help="写到哪里（.xlsx）")],
    *,
    data: DataOption = None,  # noqa: ARG001 - every command takes it
    as_json: JsonOption = False,
) -> None:
    """写一份空的条目模板，列名上有填写说明。"""
    from ingest.exchange.writing import header, write_template

    write_template(target)
    say({"file": str(target), "columns": header()}, f"已写出模板：{target}", as_json=as_json)


def _show(plan: ImportPlan, stale: list[dict[str, Any]]) -> None:
    if plan.sheets.columns:
        rows = [(one.sheet, one.header, one.to_dict()["name"] or "（不读）") for one in plan.sheets.columns]
        print_table(("工作表", "列", "认作"), rows)
    counts = "，".join(f"{NAMES[step]} {count}" for step, count in plan.counts().items() if count)
    out.print(f"计划：{counts or '没有条目'}；问题 {plan.rejected} 处")
    show_findings(plan.findings)
    for one in stale:
        err.print(f"没有写入：{one['message']}；{one['hint']}", markup=False)
