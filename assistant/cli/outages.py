"""`zhida outage …`: the outage board."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from assistant.cli.learners import learning_as
from assistant.cli.output import (
    AccountOption,
    DataOption,
    JsonOption,
    ReasonOption,
    guarded,
    out,
    print_json,
    print_list,
    print_table,
)

outage_app = typer.Typer(help="停电公告板：登记、修改、结束，谁听过旧时间", no_args_is_help=True)
NoticeId = Annotated[str, typer.Argument(help="公告编号")]
Fields = Annotated[
    list[str],
    typer.Argument(
        metavar="名称=取值...",
        help="可写多个：编号 类型 区域 线路 影响范围 原因 停电时间 计划送电 承诺送电 地区 可见范围",
    ),
]
Expected = Annotated[int, typer.Option("--expected", help="您依据的版本号；文件里来的、还没在板上改过的写 0")]
NAMES = {
    "编号": "notice_id",
    "类型": "kind",
    "区域": "place",
    "线路": "line",
    "影响范围": "scope",
    "原因": "cause",
    "停电时间": "starts",
    "计划送电": "planned",
    "承诺送电": "promised",
    "地区": "region",
    "可见范围": "visibility",
}
STATES = {"off": "停着", "late": "过了承诺时间", "ahead": "将停", "ended": "已送电"}


@outage_app.command("list")
@guarded
def list_notices(*, account: AccountOption, data: DataOption = None, as_json: JsonOption = False) -> None:
    """列出有效的和刚结束的停电公告。"""
    with learning_as(data, account) as (learning, person):
        rows = learning.board.rows(person)
    print_list(
        ("编号", "状态", "区域", "停电时间", "送电时间", "原因"),
        rows,
        lambda r: (r["notice_id"], STATES[r["state"]], r["area"], r["starts"], r["ends"] or "待定", r["reason"]),
        as_json=as_json,
    )


@outage_app.command("show")
@guarded
def show(notice_id: NoticeId, *, account: AccountOption, data: DataOption = None, as_json: JsonOption = False) -> None:
    """查看一条公告、它的版本和每次承诺的时间。"""
    with learning_as(data, account) as (learning, person):
        found = learning.board.show(person, notice_id)
    if as_json:
        print_json(found)
        return
    out.print(found["text"], markup=False, soft_wrap=True)
    rows = [(r["version"], r["at"] or "", r["author"], r["promised"] or "待定", r["reason"]) for r in found["history"]]
    print_table(("版本", "时间", "谁", "承诺送电", "原因"), rows)


@outage_app.command("add")
@guarded
def add(
    fields: Fields,
    *,
    account: AccountOption,
    reason: Annotated[str, typer.Option("--reason", help="登记的依据")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记一条停电公告，如 区域=阳光小区 停电时间="2026-11-25 08:00"；命令返回时，客户问起就按它答。"""
    given = _given(fields)
    with learning_as(data, account, write=True) as (learning, person):
        done = learning.board.add(person, given, reason=reason)
    _say(done, "已登记", as_json=as_json)


@outage_app.command("change")
@guarded
def change(
    notice_id: NoticeId,
    fields: Fields,
    *,
    account: AccountOption,
    expected: Expected,
    reason: ReasonOption,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """修改一条公告，如 承诺送电="2026-11-25 20:00"，立即生效；列出听过旧送电时间的通话。"""
    given = _given(fields)
    with learning_as(data, account, write=True) as (learning, person):
        done = learning.board.change(person, notice_id, given, expected=expected, reason=reason)
    _say(done, "已修改", as_json=as_json)


@outage_app.command("end")
@guarded
def end(
    notice_id: NoticeId,
    *,
    account: AccountOption,
    expected: Expected,
    reason: Annotated[str, typer.Option("--reason", help="说明")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """已经送电：命令返回时不再对客户说这条公告。"""
    with learning_as(data, account, write=True) as (learning, person):
        done = learning.board.end(person, notice_id, expected=expected, reason=reason)
    _say(done, "已结束", as_json=as_json)


@outage_app.command("told")
@guarded
def told(notice_id: NoticeId, *, account: AccountOption, data: DataOption = None, as_json: JsonOption = False) -> None:
    """列出最后听到的送电时间与现在不同的通话。"""
    with learning_as(data, account) as (learning, person):
        rows = learning.board.told(person, notice_id)
    if as_json:
        print_json({"told": rows})
    else:
        _show_told(rows)


def _given(fields: list[str]) -> dict[str, str]:
    """Read `名称=取值`; an empty value clears the field.

    Raises:
        RequestInvalid: no `=`, or a name that does not exist.
    """
    from assistant.errors import RequestInvalid

    given = {}
    for field in fields:
        name, mark, value = field.partition("=")
        if not mark or name.strip() not in NAMES:
            raise RequestInvalid(f"看不懂：{field}", hint=f"写成 名称=取值；名称可用：{'、'.join(NAMES)}")
        given[NAMES[name.strip()]] = value.strip()
    return given


def _say(done: dict[str, Any], verb: str, *, as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    notice = done["notice"]
    out.print(f"{verb} {notice['notice_id']}（第 {done['version']} 版，发布第 {done['release']} 版）", markup=False)
    if done["told"]:
        _show_told(done["told"])


def _show_told(rows: list[dict[str, str]]) -> None:
    shown = [(r["at"].replace("T", " "), r["account"], r["call"], r["told"] or "待定", r["text"]) for r in rows]
    print_table(("时间", "坐席", "通话", "听到的送电时间", "客户的话（已脱敏）"), shown, title="听过旧时间的通话")
