"""`zhida serve`: the console on this machine, with a one-time sign-in link."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.output import DataOption, err, guarded, out

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.accounts.access import Accounts
    from assistant.api.services import Services
    from assistant.runtime import Runtime

FIRST_ACCOUNT = "admin"
WS_MAX = 64 * 1024
SCHEDULE_SECONDS = 20.0
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
        services = services_of(runtime)
        app = create_app(services)
        threading.Thread(target=_open_shelf, args=(runtime, services), daemon=True, name="open-shelf").start()
        newest = _followed(app, runtime)
        over = threading.Event()
        schedule = threading.Thread(target=keep_schedule, args=(newest, over), daemon=True, name="schedule")
        schedule.start()
        out.print(f"知答控制台：http://{address[0]}:{address[1]}/", markup=False, soft_wrap=True)
        out.print(f"一次性登录链接：{_link(services.accounts, *address)}", markup=False, soft_wrap=True)
        out.print(f"链接 {settings.link_minutes} 分钟内有效，只能用一次。按 Ctrl-C 停止。")
        try:
            uvicorn.run(
                app, host=address[0], port=address[1], log_level="warning", access_log=False, ws_max_size=WS_MAX
            )
        finally:
            app.state.services.runs.cancel()
            over.set()
            schedule.join()


def _followed(app: FastAPI, runtime: Runtime) -> Callable[[], Runtime]:
    """Let the application go on with every runtime that applied rules make; return what tells the newest."""
    from assistant.api.app import go_on_with
    from assistant.services import services_of

    newest = [runtime]

    def follow(made: Runtime) -> None:
        newest[0] = made
        go_on_with(app, services_of(made))

    runtime.followers.append(follow)
    return lambda: newest[0]


def _open_shelf(runtime: Runtime, services: Services) -> None:
    """Open the index and read the list of entries while the server already answers health checks."""
    release = runtime.library.shelf.release
    if runtime.library.repaired:
        err.print(f"提醒：{runtime.library.repaired}，已由记录重建索引", markup=False)
    runtime.assistant.suggest("您好")
    services.workshop.listing.refresh()
    err.print(f"知识已就绪：发布第 {release} 版")


def keep_schedule(runtime: Callable[[], Runtime], over: threading.Event, every: float = SCHEDULE_SECONDS) -> None:
    """Publish what was approved for a moment that has come, until `over` is set; what is blocked is said once.

    `runtime` returns the one in force: applied rules make another.
    """
    from kb.domain.errors import ZhidaError

    said = ""
    while not over.wait(every):
        try:
            done = runtime().desk.publish_due()
        except ZhidaError as error:
            if error.message != said:
                err.print(f"定时发布没有完成：{error.message}；{error.hint}", markup=False)
            said = error.message
        else:
            if done is not None:
                err.print(f"定时发布：第 {done.release.number} 版")


def _link(accounts: Accounts, host: str, port: int) -> str:
    """Return a fresh link for the first account, which is created when there is none yet."""
    from assistant.accounts.managing import Manager

    manager = Manager(accounts=accounts, actor="zhida serve")
    known = {account.name: account.disabled for account in manager.all()}
    if FIRST_ACCOUNT not in known:
        manager.create(FIRST_ACCOUNT, "admin")
    elif known[FIRST_ACCOUNT]:
        manager.set_disabled(FIRST_ACCOUNT, disabled=False)
    token = manager.link(FIRST_ACCOUNT)
    return f"http://{'127.0.0.1' if host in EVERYWHERE else host}:{port}/sign-in?token={token}"
