"""`zhida user …`: accounts, one-time sign-in links, keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from assistant.cli.output import DataOption, JsonOption, guarded, print_json, print_table, say

if TYPE_CHECKING:
    from assistant.accounts.managing import Manager

user_app = typer.Typer(help="账号、一次性登录链接与接口密钥", no_args_is_help=True)
T = TypeVar("T")
ACTOR = "命令行"
RUNNING = "服务正在运行：请管理员在它的“账号”页（/users）操作，或先停止服务"
_say = partial(say, soft_wrap=True)  # a link or a key is copied whole
Name = Annotated[str, typer.Argument(help="账号名")]


def _manage(data: Path | None, job: Callable[[Manager], T]) -> T:
    from assistant.accounts.access import Accounts
    from assistant.accounts.managing import Manager
    from assistant.accounts.policy import load_policy
    from assistant.settings import load_settings
    from kb.domain.clock import SystemClock
    from kb.domain.errors import WriterBusy
    from kb.store.database import Database
    from kb.text.rulefiles import RuleFiles

    settings = load_settings(data=data)
    try:
        with Database(settings.data, url=settings.database_url, write=True) as database:
            accounts = Accounts(
                database=database,
                clock=SystemClock(),
                session_hours=settings.session_hours,
                idle_minutes=settings.idle_minutes,
                link_minutes=settings.link_minutes,
                policy=load_policy(RuleFiles(override=settings.data / "rules")),
            )
            return job(Manager(accounts=accounts, actor=ACTOR))
    except WriterBusy as busy:
        raise WriterBusy(busy.message, hint=RUNNING) from None


@user_app.command("add")
@guarded
def add(
    name: Name,
    *,
    role: Annotated[
        str, typer.Option(help="角色：agent lead handler curator reviewer evaluator admin auditor")
    ] = "agent",
    department: Annotated[str, typer.Option(help="部门；不写表示不限")] = "",
    region: Annotated[str, typer.Option(help="地区；不写表示不限")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """新建账号。"""
    account = _manage(data, lambda manager: manager.create(name, role, department=department, region=region))
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
    rows = [
        {
            "name": a.name,
            "role": a.role,
            "department": a.department,
            "region": a.region,
            "disabled": a.disabled,
            "has_password": a.has_password,
        }
        for a in accounts
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(("账号", "角色", "部门", "地区", "停用", "有密码"), [tuple(row.values()) for row in rows])


@user_app.command("change")
@guarded
def change(
    name: Name,
    *,
    role: Annotated[str, typer.Option(help="角色")],
    department: Annotated[str, typer.Option(help="部门；不写表示不限")] = "",
    region: Annotated[str, typer.Option(help="地区；不写表示不限")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """改账号的角色、部门、地区；已登录的地方立即按新的来。"""
    _manage(data, lambda manager: manager.change(name, role=role, department=department, region=region))
    report = {"name": name, "role": role, "department": department, "region": region}
    _say(report, f"已改 {name}（{role}）", as_json=as_json)


@user_app.command("link")
@guarded
def link(name: Name, *, data: DataOption = None, as_json: JsonOption = False) -> None:
    """生成一次性登录链接。服务正在运行时，请在它的“账号”页发。"""
    from assistant.settings import load_settings

    settings = load_settings(data=data)
    token = _manage(data, lambda manager: manager.link(name))
    address = f"http://{settings.host}:{settings.port}/sign-in?token={token}"
    _say({"link": address, "minutes": settings.link_minutes}, address, as_json=as_json)


@user_app.command("key")
@guarded
def key(
    name: Name,
    *,
    label: Annotated[str, typer.Option(help="用途")] = "api",
    scope: Annotated[list[str] | None, typer.Option(help="只许做的事，可写多次；不写表示账号的全部权限")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """生成接口密钥；只显示这一次。"""
    secret = _manage(data, lambda manager: manager.issue_key(name, label, scope or ()))
    _say({"key": secret, "label": label}, f"密钥（只显示这一次）：{secret}", as_json=as_json)


@user_app.command("disable")
@guarded
def disable(name: Name, *, data: DataOption = None, as_json: JsonOption = False) -> None:
    """停用账号；它的会话、链接与密钥立即失效。"""
    _manage(data, lambda manager: manager.set_disabled(name, disabled=True))
    _say({"name": name, "disabled": True}, f"已停用 {name}", as_json=as_json)


@user_app.command("enable")
@guarded
def enable(name: Name, *, data: DataOption = None, as_json: JsonOption = False) -> None:
    """恢复账号。"""
    _manage(data, lambda manager: manager.set_disabled(name, disabled=False))
    _say({"name": name, "disabled": False}, f"已恢复 {name}", as_json=as_json)
