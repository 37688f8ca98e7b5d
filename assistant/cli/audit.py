"""`zhida audit …`: read the audit chain and verify it."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated

import typer

from assistant.cli.output import SOME_REJECTED, DataOption, JsonOption, guarded, out, print_json, print_table

audit_app = typer.Typer(help="审计记录：谁在什么时候做了什么", no_args_is_help=True)
HEAD = re.compile(r"(\d{1,12}):([0-9a-f]{64})")


@audit_app.command("verify")
@guarded
def verify(
    *,
    head: Annotated[str, typer.Option(help="以前记下的末条，写成 序号:校验值；用来发现末尾被截掉")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """逐条核对审计链，指出最先断开的一条。断了时退出码为 1；打印末条的序号与校验值，请另处记下。"""
    from assistant.audit import chain, store
    from assistant.errors import RequestInvalid
    from assistant.settings import load_settings
    from kb.store.database import Database

    noted = HEAD.fullmatch(head)
    if head and not noted:
        raise RequestInvalid("--head 写得不对", hint="写成 序号:校验值，例如上次 zhida audit verify 打印的那一行")
    settings = load_settings(data=data)
    with Database(settings.data, url=settings.database_url) as database, database.read() as connection:
        verdict = chain.verify(store.walk(connection), (int(noted[1]), noted[2]) if noted else None)
    if as_json:
        print_json(asdict(verdict))
    elif verdict.broken_at is not None:
        out.print(
            f"从第 {verdict.broken_at} 条起断了：{verdict.reason}。之前的 {verdict.events} 条完好。", markup=False
        )
    else:
        out.print(f"{verdict.events} 条都接得上。末条：{verdict.events}:{verdict.head}", markup=False, soft_wrap=True)
    raise typer.Exit(0 if verdict.broken_at is None else SOME_REJECTED)


@audit_app.command("list")
@guarded
def list_events(
    *,
    limit: Annotated[int, typer.Option(help="最近多少条", min=1, max=10_000)] = 50,
    actor: Annotated[str, typer.Option(help="只看这个账号做的")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出最近的审计记录，新的在前。"""
    from assistant.audit import store
    from assistant.settings import load_settings
    from kb.store.database import Database

    settings = load_settings(data=data)
    with Database(settings.data, url=settings.database_url) as database, database.read() as connection:
        found = store.newest(connection, limit=limit, actor=actor)
    rows = [
        {"number": noted.number, "at": noted.at.isoformat(timespec="seconds"), **asdict(noted.event)} for noted in found
    ]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("序号", "时间", "谁", "做了什么", "对象", "发布", "说明"),
        [
            (n["number"], n["at"][:16], n["actor"], n["action"], n["target"], n["release"] or "", n["detail"])
            for n in rows
        ],
    )
