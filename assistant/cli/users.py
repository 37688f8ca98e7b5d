"""`zhida user …`: accounts, one-time sign-in links, keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from assistant.cli.output import DataOption, JsonOption, guarded, out, print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

user_app = typer.Typer(help="账号、一次性登录链接与接口密钥", no_args_is_help=True)
T = TypeVar("T")
Name = Annotated[str, typer.Argument(help="账号名")]


def _write(data: Path | None, job: Callable[[Connection], T]) -> T:
    from assistant.settings import load_settings
    from kb.store.database import Database

    settings = load_settings(data=data)
    with Database(settings.data, url=settings.database_url, write=True) as database:
        return database.write(job)


@user_app.command("add")
@guarded
def add(
    name: Name,
    *,
    role: Annotated[
        str, typer.Option(help="角色：agent lead handler curator reviewer evaluator admin auditor")
    ] = "agent",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """新建账号。"""
    from assistant.accounts.service import create_account
    from kb.domain.clock import SystemClock

    account = _write(data, lambda c: create_account(c, name, role, at=SystemClock().now()))
    _say({"name": account.name, "role": account.role}, f"已新建账号 {account.name}（{account.role}）", as_json=as_json)


@user_app.command("list")
@guarded
def list_users(*, data: DataOption = None, as_json: JsonOption = False) -> None:
    """列出账号。"""
    from assistant.accounts.service import list_accounts
    from assistant.settings import load_settings
    from kb.store.database import Database

    settings = load_settings(data=data)
    with Database(settings.data, url=settings.database_url) as database, database.read() as connection:
        accounts = list_accounts(connection)
    rows = [{"name": a.name, "role": a.role, "disabled": a.disabled} for a in accounts]
    if as_json:
        print_json(rows)
    else:
        print_table(("账号", "角色", "停用"), [tuple(row.values()) for row in rows])


@user_app.command("link")
@guarded
def link(name: Name, *, data: DataOption = None, as_json: JsonOption = False) -> None:
    """生成一次性登录链接。服务正在运行时，请用服务启动时打印的链接。"""
    from assistant.accounts.service import issue_link
    from assistant.settings import load_settings
    from kb.domain.clock import SystemClock

    settings = load_settings(data=data)
    token = _write(data, lambda c: issue_link(c, name, at=SystemClock().now(), minutes=settings.link_minutes))
    address = f"http://{settings.host}:{settings.port}/sign-in?token={token}"
    _say({"link": address, "minutes": settings.link_minutes}, address, as_json=as_json)


@user_app.command("key")
@guarded
def key(
    name: Name,
    *,
    label: Annotated[str, typer.Option(help="用途")] = "api",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """生成接口密钥；只显示这一次。"""
    from assistant.accounts.service import issue_key
    from kb.domain.clock import SystemClock

    secret = _write(data, lambda c: issue_key(c, name, label, at=SystemClock().now()))
    _say({"key": secret, "label": label}, f"密钥（只显示这一次）：{secret}", as_json=as_json)


@user_app.command("disable")
@guarded
def disable(name: Name, *, data: DataOption = None, as_json: JsonOption = False) -> None:
    """停用账号；它的会话、链接与密钥立即失效。"""
    from assistant.accounts.service import disable_account

    _write(data, lambda c: disable_account(c, name))
    _say({"name": name, "disabled": True}, f"已停用 {name}", as_json=as_json)


@user_app.command("enable")
@guarded
def enable(name: Name, *, data: DataOption = None, as_json: JsonOption = False) -> None:
    """恢复账号。"""
    from assistant.accounts.service import enable_account

    _write(data, lambda c: enable_account(c, name))
    _say({"name": name, "disabled": False}, f"已恢复 {name}", as_json=as_json)


def _say(report: dict[str, object], sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
    else:
        out.print(sentence, markup=False, soft_wrap=True)
