"""`zhida release …`: what was published when, publishing through the gate, going back, asking an earlier release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.output import (
    NOTHING_DONE,
    AccountOption,
    DataOption,
    JsonOption,
    ReasonOption,
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
    from assistant.editing.desk import Published

release_app = typer.Typer(help="发布：列表、比较、过门禁发布、回滚、按旧版重放", no_args_is_help=True)
SHOWN = 20


@release_app.command("list")
@guarded
def list_releases(
    *,
    limit: Annotated[int, typer.Option(help="最多列多少版")] = 20,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出各版发布，最新的在前。"""
    from assistant.cli.opening import opened
    from assistant.editing.views import release_rows

    with opened(data) as runtime:
        rows = release_rows(runtime.database)[:limit]
    print_list(
        ("发布", "时间", "动作", "谁", "条目", "说明"),
        rows,
        lambda r: (r["number"], r["at"], r["action"] or "", r["account"] or "", r["entries"], r["note"]),
        as_json=as_json,
    )


@release_app.command("diff")
@guarded
def diff(
    before: Annotated[int, typer.Argument(help="较早的发布号")],
    after: Annotated[int, typer.Argument(help="较晚的发布号")],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """比较两版发布：哪些条目和文件新增、修改、撤下，逐字段列出。"""
    from assistant.cli.opening import opened
    from assistant.editing.views import release_diff

    with opened(data) as runtime:
        found = release_diff(runtime.database, before, after)
    if as_json:
        print_json(found)
        return
    names = {"added": "新增", "removed": "撤下", "changed": "修改"}
    rows = [
        (names[one["change"]], one["id"], one["title"], "、".join(change["field"] for change in one["fields"]))
        for one in [*found["entries"], *found["documents"]]
    ]
    print_table(("变化", "编号", "标题", "字段"), rows, title=f"第 {before} 版 → 第 {after} 版")


@release_app.command("publish")
@guarded
def publish(
    *,
    account: AccountOption = "",
    note: Annotated[str, typer.Option(help="这一版的说明")] = "",
    override: Annotated[str, typer.Option("--override", help="黄金题变差也要发布时，写明理由")] = "",
    due: Annotated[bool, typer.Option("--due", help="只在有定时的到点时发布（供定时任务每分钟调用）")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """发布已批准的：先用黄金题和案例比较，有变差的就不发布并列出。"""
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened
    from kb.domain.errors import GateBlocked

    with opened(data, write=True) as runtime, progress("发布") as advance:
        try:
            done = (
                runtime.desk.publish_due()
                if due
                else runtime.desk.publish(
                    acting(runtime, account), note=note, override=override, tick=lambda count: advance(count, "")
                )
            )
        except GateBlocked as blocked:
            _blocked(blocked, as_json=as_json)
            raise typer.Exit(NOTHING_DONE) from None
        current = runtime.library.shelf.release
    _published(done, current, as_json=as_json)


@release_app.command("rollback")
@guarded
def rollback(
    number: Annotated[int, typer.Argument(help="回到第几版的内容")],
    *,
    account: AccountOption,
    reason: ReasonOption,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """回滚：把旧的一版原样作为新的一版发布。"""
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened

    with opened(data, write=True) as runtime, progress("回滚") as advance:
        person = acting(runtime, account)
        done = runtime.desk.roll_back(person, number, reason=reason, tick=lambda count: advance(count, ""))
    report = {
        "release": done.release.number,
        "changed": done.changed,
        "dropped_drafts": [list(d) for d in done.dropped],
    }
    if as_json:
        print_json(report)
        return
    out.print(
        f"当前发布第 {done.release.number} 版，内容同第 {number} 版" if done.changed else "与当前内容相同，没有改动"
    )
    for item, version in done.dropped:
        err.print(
            f"提醒：{item} 第 {version} 版草稿依据的是被回滚的内容，已作废；可用 zhida entry restore 取回", markup=False
        )


@release_app.command("ask")
@guarded
def ask(
    text: Annotated[str, typer.Argument(help="客户的话")],
    *,
    number: Annotated[int, typer.Option("--release", help="用第几版发布作答")],
    as_of: Annotated[str, typer.Option("--as-of", help="按哪一天的知识答（YYYY-MM-DD）")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """用旧的一版发布重放一句话，看当时会怎样答。"""
    from assistant.api.wire import suggestion_to_dict
    from assistant.cli.opening import opened
    from assistant.cli.questions import show
    from assistant.suggest.request import parse_request

    with opened(data) as runtime:
        assistant = runtime.over(runtime.library.open(number))
        suggestion = suggestion_to_dict(assistant.answer(parse_request({"text": text, "as_of": as_of})))
    if as_json:
        print_json(suggestion)
    else:
        show(suggestion)


def _published(done: Published | None, current: int, *, as_json: bool) -> None:
    changed = done is not None and done.changed
    report: dict[str, Any] = {"release": current, "changed": changed}
    if done is not None:
        report["gate"] = done.gate.to_dict()
    say(report, f"已发布第 {current} 版" if changed else f"没有要发布的，当前第 {current} 版", as_json=as_json)


def _blocked(blocked: Any, *, as_json: bool) -> None:  # noqa: ANN401 - the class is imported where it is caught
    if as_json:
        print_json({"error": blocked.to_dict()})
        return
    worse = blocked.report["worse"]
    rows = [(one.get("question") or one.get("case"), one["text"], one["reason"]) for one in worse[:SHOWN]]
    print_table(("题", "客户的话", "为什么算变差"), rows, title=blocked.message)
    if len(worse) > SHOWN:
        err.print(f"……另有 {len(worse) - SHOWN} 处，用 --json 查看全部")
    err.print(f"办法：{blocked.hint}", markup=False)
