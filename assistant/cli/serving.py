"""`zhida serve`: the console on this machine, with a one-time sign-in link."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.output import DataOption, err, guarded, out

if TYPE_CHECKING:
    from assistant.runtime import Runtime

FIRST_ACCOUNT = "admin"
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - only to print an address one can open


@guarded
def serve(
    *,
    host: Annotated[str | None, typer.Option(help="监听地址（默认 127.0.0.1）", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help="端口（默认 8321）", show_default=False)] = None,
    data: DataOption = None,
) -> None:
    """启动控制台；打印地址和一次性登录链接。Ctrl-C 停止。"""
    import uvicorn

    from assistant.api.app import create_app
    from assistant.runtime import open_runtime
    from assistant.services import services_of
    from assistant.settings import load_settings

    settings = load_settings(data=data)
    with open_runtime(settings, write=True) as runtime:
        address = (host or settings.host, port or settings.port)
        app = create_app(services_of(runtime))
        threading.Thread(target=_open_shelf, args=(runtime,), daemon=True, name="open-shelf").start()
        out.print(f"知答控制台：http://{address[0]}:{address[1]}/", markup=False, soft_wrap=True)
        out.print(f"一次性登录链接：{_link(runtime, *address)}", markup=False, soft_wrap=True)
        out.print(f"链接 {settings.link_minutes} 分钟内有效，只能用一次。按 Ctrl-C 停止。")
        uvicorn.run(app, host=address[0], port=address[1], log_level="warning", access_log=False)


def _open_shelf(runtime: Runtime) -> None:
    """Open the index while the server already answers health checks."""
    release = runtime.library.shelf.release
    if runtime.library.repaired:
        err.print(f"提醒：{runtime.library.repaired}，已由记录重建索引", markup=False)
    runtime.assistant.suggest("您好")
    err.print(f"知识已就绪：发布第 {release} 版")


def _link(runtime: Runtime, host: str, port: int) -> str:
    """Return a fresh link for the first account, which is created when there is none yet."""
    from assistant.accounts.service import create_account, enable_account, issue_link, list_accounts

    now, minutes = runtime.clock.now(), runtime.settings.link_minutes
    with runtime.database.read() as connection:
        known = {account.name: account.disabled for account in list_accounts(connection)}
    if FIRST_ACCOUNT not in known:
        runtime.database.write(lambda c: create_account(c, FIRST_ACCOUNT, "admin", at=now))
    elif known[FIRST_ACCOUNT]:
        runtime.database.write(lambda c: enable_account(c, FIRST_ACCOUNT))
    token = runtime.database.write(lambda c: issue_link(c, FIRST_ACCOUNT, at=now, minutes=minutes))
    return f"http://{'127.0.0.1' if host in EVERYWHERE else host}:{port}/sign-in?token={token}"
