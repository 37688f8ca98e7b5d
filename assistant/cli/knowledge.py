"""`zhida init`, `zhida ingest`, `zhida kb …`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.output import (
    SOME_REJECTED,
    DataOption,
    JsonOption,
    err,
    guarded,
    out,
    print_json,
    print_list,
    print_table,
    progress,
    say,
)

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from ingest.plan import Plan
    from ingest.types import Finding

kb_app = typer.Typer(help="查看、检查和导出知识", no_args_is_help=True)
MAX_FINDINGS = 40
MAX_ROWS = 10


@guarded
def init(
    *,
    empty: Annotated[bool, typer.Option("--empty", help="不装入自带知识")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """建立数据目录；默认装入自带的示例知识并发布。"""
    from assistant.cli.opening import opened
    from assistant.jobs import BUNDLED, ingest_and_publish

    with opened(data, write=True) as runtime:
        if empty:
            say(
                {"data": str(runtime.settings.data), "release": _release(runtime)},
                "已建立空的数据目录",
                as_json=as_json,
            )
            return
        with progress("装入自带知识") as advance:
            report = ingest_and_publish(runtime, [BUNDLED], note="自带知识", tick=advance)
    say(report, f"已装入自带知识，当前发布第 {report['release']} 版", as_json=as_json)


@guarded
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会做什么，不写入")] = False,
    publish: Annotated[bool, typer.Option("--publish", help="写入后立即发布")] = False,
    override: Annotated[str, typer.Option("--override", help="黄金题变差也要发布时，写明理由")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="不再询问")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """导入文件：先列出计划，确认后写成草稿；加 --publish 即发布。部分行被拒绝时退出码为 1。"""
    from assistant.cli.opening import opened
    from assistant.jobs import apply, plan_paths, publish_drafts, report_of

    with opened(data, write=not dry_run) as runtime:
        with progress("读取") as advance:
            job, plan = plan_paths(runtime, paths, tick=advance)
        if not as_json:
            _show_plan(plan)
        if not dry_run and _go_ahead(yes=yes, publish=publish):
            with progress("写入", total=len(plan.files)) as advance:
                apply(runtime, job, plan, tick=advance)
                if publish:
                    note = "导入 " + "、".join(path.name for path in paths)
                    publish_drafts(runtime, note=note, override=override, tick=advance)
        report = report_of(plan, release=_release(runtime), dry_run=dry_run)
    if as_json:
        print_json(report)
    raise typer.Exit(SOME_REJECTED if plan.rejected else 0)


def _go_ahead(*, yes: bool, publish: bool) -> bool:
    """Ask before publishing; drafts need no question because they answer nothing yet."""
    return yes or not publish or typer.confirm("写入并发布以上改动？", err=True)


def _show_plan(plan: Plan) -> None:
    names = {"created": "新增", "changed": "修改", "unchanged": "未变", "removed": "移除", "conflict": "冲突"}
    counts = "，".join(f"{names[kind]} {count}" for kind, count in plan.counts().items() if count)
    out.print(f"计划：{counts or '没有改动'}；跳过未改动的文件 {plan.skipped} 个；拒绝 {plan.rejected} 处")
    show_findings(plan.findings)


def show_findings(findings: Sequence[Finding]) -> None:
    """Print findings on stderr, those that differ only in their row as one."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.file, finding.message), []).append(finding)
    for same in list(groups.values())[:MAX_FINDINGS]:
        err.print(_sentence(same), markup=False, soft_wrap=True)
    if len(groups) > MAX_FINDINGS:
        err.print(f"……另有 {len(groups) - MAX_FINDINGS} 种问题，用 --json 查看全部")


def _sentence(same: Sequence[Finding]) -> str:
    """Describe findings that differ only in their row."""
    first = same[0]
    rows = [str(finding.row) for finding in same if finding.row]
    place = [first.file]
    if first.sheet:
        place.append(f"工作表 {first.sheet}")
    if rows:
        place.append(f"第 {'、'.join(rows[:MAX_ROWS])}{'…' if len(rows) > MAX_ROWS else ''} 行")
    if first.column:
        place.append(f"「{first.column}」列")
    mark = "错误" if first.severity == "error" else "提醒"
    cure = f"；{first.hint}" if first.hint else ""
    return f"{mark}：{' '.join(place)}：{first.message}{cure}"


@kb_app.command("stats")
@guarded
def stats(*, data: DataOption = None, as_json: JsonOption = False) -> None:
    """统计当前发布的知识。"""
    from assistant.cli.opening import opened
    from assistant.inventory import statistics

    with opened(data) as runtime:
        figures = statistics(runtime)
    if as_json:
        print_json(figures)
        return
    print_table(("项目", "数量"), [(name, value) for name, value in figures.items() if not isinstance(value, dict)])
    for name, value in figures.items():
        if isinstance(value, dict) and value:
            print_table((name, "数量"), list(value.items()))


@kb_app.command("list")
@guarded
def list_entries(
    *,
    category: Annotated[str, typer.Option(help="只列这一类别")] = "",
    limit: Annotated[int, typer.Option(help="最多列多少条")] = 50,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出典型问答。"""
    from assistant.cli.opening import opened
    from assistant.inventory import entry_rows

    with opened(data) as runtime:
        rows = entry_rows(runtime, category=category)[:limit]
    print_list(("编号", "类型", "标准问题", "类别"), rows, lambda row: tuple(row.values()), as_json=as_json)


@kb_app.command("show")
@guarded
def show(
    item_id: Annotated[str, typer.Argument(help="条目或段落编号")],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """显示一条知识的全部内容。"""
    from assistant.cli.opening import opened
    from assistant.inventory import one_item

    with opened(data) as runtime:
        item = one_item(runtime, item_id)
    if as_json:
        print_json(item)
        return
    for key, value in item.items():
        out.print(f"{key}：{_text(value)}", markup=False)


@kb_app.command("check")
@guarded
def check(*, data: DataOption = None, as_json: JsonOption = False) -> None:
    """检查当前知识：引用、后续提示、重复说法、即将失效。发现错误时退出码为 1。"""
    from assistant.cli.opening import opened
    from assistant.inventory import problems

    with opened(data) as runtime:
        found = problems(runtime)
    if as_json:
        print_json(found)
    else:
        print_table(("级别", "对象", "问题"), [(p["severity"], p["item"], p["message"]) for p in found])
        out.print("没有发现问题" if not found else f"共 {len(found)} 处")
    raise typer.Exit(SOME_REJECTED if any(p["severity"] == "error" for p in found) else 0)


@kb_app.command("export")
@guarded
def export(
    *,
    output: Annotated[Path | None, typer.Option("--out", help="写到文件（默认标准输出）")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,  # noqa: ARG001 - the export is JSON lines either way
) -> None:
    """导出当前发布的知识，一行一个 JSON；可由 zhida ingest 原样导回。"""
    from assistant.cli.opening import opened
    from assistant.inventory import export_lines, write_lines

    with opened(data) as runtime:
        lines = export_lines(runtime)
        if output is not None:
            count = write_lines(lines, output)
            err.print(f"已写出 {count} 行：{output}", markup=False)
            return
        for line in lines:
            print_json(line)


def _release(runtime: Runtime) -> int:
    from assistant.inventory import release_number

    return release_number(runtime)


def _text(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "；".join(_text(part) for part in value)
    if isinstance(value, dict):
        return "，".join(f"{key}={_text(part)}" for key, part in value.items())
    return "" if value is None else str(value)
