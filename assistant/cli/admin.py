"""`zhida doctor`, `zhida backup`, `zhida restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.output import SOME_REJECTED, DataOption, JsonOption, guarded, print_json, print_table, progress, say


@guarded
def doctor(
    *,
    repair: Annotated[bool, typer.Option("--repair", help="由记录重建索引")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """检查运行环境、记录、索引与规则；有问题时退出码为 1。"""
    from assistant.cli.opening import opened
    from assistant.health import examine
    from assistant.settings import load_settings

    if repair:
        with opened(data, write=True) as runtime, progress("重建索引") as advance:
            runtime.library.rebuild(lambda count: advance(count, ""))
    checks = examine(load_settings(data=data))
    if as_json:
        print_json(checks)
    else:
        print_table(("项目", "结果", "说明"), [(c["name"], "正常" if c["ok"] else "异常", c["detail"]) for c in checks])
    raise typer.Exit(0 if all(check["ok"] for check in checks) else SOME_REJECTED)


@guarded
def backup(
    target: Annotated[Path, typer.Argument(help="备份文件（.zip）")],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """备份记录与规则到一个 zip；服务运行时也可以备份。"""
    from assistant.backups import make_backup
    from assistant.settings import load_settings

    report = make_backup(load_settings(data=data).data, target)
    say(report, f"已备份到 {target}（发布第 {report['release']} 版）", as_json=as_json)


@guarded
def restore(
    source: Annotated[Path, typer.Argument(help="备份文件（.zip）")],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="数据目录已有内容时不再询问")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """从备份恢复；原来的数据移到旁边的文件夹保留。"""
    from assistant.backups import restore_backup
    from assistant.cli.opening import opened
    from assistant.settings import load_settings

    folder = load_settings(data=data).data
    occupied = folder.is_dir() and any(folder.iterdir())
    if occupied and not yes and not typer.confirm(f"{folder} 里已有数据，先移到旁边保留，再恢复？", err=True):
        raise typer.Exit(SOME_REJECTED)
    report = restore_backup(source, folder)
    with opened(data, write=True) as runtime, progress("重建索引") as advance:
        runtime.library.rebuild(lambda count: advance(count, ""))
    kept = f"；原数据保留在 {report['kept']}" if report["kept"] else ""
    say(report, f"已恢复到 {folder}（发布第 {report['release']} 版）{kept}", as_json=as_json)
