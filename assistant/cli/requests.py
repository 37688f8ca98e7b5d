"""`zhida request …`: what agents ask of the knowledge, on its way 坐席 → 班组长 → 知识采编."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from assistant.cli.learners import learning_as
from assistant.cli.output import AccountOption, DataOption, JsonOption, guarded, out, print_json

request_app = typer.Typer(help="坐席对知识的反馈：列出、查看、提交、流转", no_args_is_help=True)
Number = Annotated[str, typer.Argument(help="反馈编号")]


@request_app.command("list")
@guarded
def list_requests(
    *,
    account: AccountOption,
    stage: Annotated[str, typer.Option(help="只列这一环节：班组长审核、知识采编、坐席确认、办结")] = "",
    kind: Annotated[str, typer.Option(help="只列这一类型：没有答案、答案错、表述歧义、不全")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="只列已过最迟时间的")] = False,
    still_open: Annotated[bool, typer.Option("--open", help="不列已办结的")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出自己提交的反馈；班长、采编等列出本部门的。快到时限的在前。"""
    from assistant.learning.request_store import RequestFilter

    wanted = RequestFilter(stage=stage, kind=kind, overdue=overdue, open=still_open)
    with learning_as(data, account) as (learning, person):
        rows = learning.requests.list(person, wanted)
    if as_json:
        for row in rows:
            print_json(row)
        return
    for row in rows:
        head = (row["number"], row["kind"], row["stage"], f"第 {row['version']} 版", row["account"], _clock(row))
        out.print("　".join(head), markup=False, soft_wrap=True)
        out.print(f"　　{row['text']}", markup=False, soft_wrap=True)
    if not rows:
        out.print("没有符合条件的反馈")


@request_app.command("show")
@guarded
def show(number: Number, *, account: AccountOption, data: DataOption = None, as_json: JsonOption = False) -> None:
    """查看一条反馈：时限、答复、谁在什么时候做了什么、您能做哪几步。"""
    with learning_as(data, account) as (learning, person):
        found = learning.requests.show(person, number)
    _say(found, as_json=as_json)


@request_app.command("new")
@guarded
def new(
    text: Annotated[str, typer.Argument(help="客户的话；电话、户号等会先去掉")],
    *,
    account: AccountOption,
    kind: Annotated[str, typer.Option(help="没有答案、答案错、表述歧义、不全")] = "没有答案",
    entry: Annotated[str, typer.Option("--entry", help="说的是哪个条目")] = "",
    note: Annotated[str, typer.Option(help="哪里不对、希望怎样")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """提交一条反馈，等班组长审核。"""
    from assistant.learning.requests import NewRequest

    with learning_as(data, account, write=True) as (learning, person):
        made = learning.requests.submit(person, NewRequest(kind=kind, text=text, note=note, entry_id=entry))
        found = learning.requests.show(person, made.number)
    _say(found, as_json=as_json)


@request_app.command("step")
@guarded
def step(
    number: Number,
    name: Annotated[str, typer.Argument(help="哪一步，如 转采编、采编答复、满意办结（见 zhida request show）")],
    *,
    account: AccountOption,
    expected: Annotated[int, typer.Option("--expected", help="您依据的版本号")],
    note: Annotated[str, typer.Option(help="答复或理由；坐席会看到")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """流转一步；期间别人处理过就不动，并报出现在的版本。"""
    with learning_as(data, account, write=True) as (learning, person):
        learning.requests.step(person, number, name, version=expected, note=note)
        found = learning.requests.show(person, number)
    _say(found, as_json=as_json)


def _say(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    head = (found["number"], found["kind"], found["stage"], f"第 {found['version']} 版", _clock(found))
    out.print("　".join(head), markup=False)
    for name, key in (("客户的话", "text"), ("说明", "note"), ("条目", "entry_id"), ("答复", "reply")):
        if found[key]:
            out.print(f"{name}：{found[key]}", markup=False, soft_wrap=True)
    for one in found["events"]:
        step = f"{one['step']}（超时）" if one["late"] else one["step"]
        out.print("　".join((one["at"][:16], one["account"], step, one["note"])), markup=False, soft_wrap=True)
    if found["steps"]:
        out.print(f"您能做：{'、'.join(each['name'] for each in found['steps'])}", markup=False)


def _clock(row: dict[str, Any]) -> str:
    if row["limit_at"] is None:
        return ""
    late = " 已超时" if row["overdue"] else " 过了目标时间" if row["behind"] else ""
    return f"最迟 {row['limit_at'][:16].replace('T', ' ')}{late}"
