"""`zhida gaps` and `zhida phrasing …`: what calls teach the knowledge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.learners import learning_as
from assistant.cli.output import (
    SOME_REJECTED,
    AccountOption,
    DataOption,
    JsonOption,
    ReasonOption,
    err,
    guarded,
    out,
    print_json,
    print_table,
    say,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

phrasing_app = typer.Typer(help="由坐席的采用得出的相似问建议：列出、采用、不要", no_args_is_help=True)
gap_app = typer.Typer(help="知识缺口：写明理由放到一边、重新列出（列表见 zhida gaps）", no_args_is_help=True)
EntryId = Annotated[str, typer.Argument(help="条目编号")]
Words = Annotated[str, typer.Argument(help="相似问原文（见 zhida phrasing list）")]


@guarded
def gaps(
    *,
    days: Annotated[int, typer.Option(min=0, help="看最近多少天（默认按规则）")] = 0,
    min_calls: Annotated[int, typer.Option("--min-calls", min=0, help="至少多少通电话")] = 0,
    everything: Annotated[bool, typer.Option("--all", help="现在已能答的和放到一边的也列出")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出知识缺口：没答上、低把握、改判、反馈有错的问题，已脱敏、归并，电话多的在前，带最近的现有条目。"""
    from assistant.cli.opening import opened
    from assistant.learning.gaps import GapQuery
    from assistant.services import learning_of

    with opened(data) as runtime:
        found = learning_of(runtime).gaps.report(GapQuery(days=days, min_calls=min_calls, everything=everything))
    if as_json:
        print_json(found)
        return
    rows = [
        (gap["calls"], gap["text"], _counts(gap["kinds"]), "；".join(map(_near, gap["nearest"])), gap["last"][:10])
        for gap in found["gaps"]
    ]
    title = f"{found['since']} 以来 {found['calls']} 通，{found['groups']} 组，其中 {found['answered']} 组现在已能答"
    title += f"，{found['aside']} 组已放到一边" if found["aside"] else ""
    print_table(("电话", "客户的话（已脱敏）", "怎么看出来的", "最近的条目", "最近一次"), rows, title=title)


@gap_app.command("aside")
@guarded
def aside(
    text: Annotated[str, typer.Argument(help="缺口的话，照 zhida gaps 列出的写")],
    *,
    account: AccountOption,
    reason: ReasonOption,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一个缺口放到一边并写明理由；又有规定的通数问到时再列出。"""
    with learning_as(data, account, write=True) as (learning, person):
        done = learning.aside.put(person, text, reason=reason)
    say(done, f"已放到一边，编号 {done['gap_id']}", as_json=as_json)


@gap_app.command("back")
@guarded
def back(
    gap_id: Annotated[str, typer.Argument(help="放到一边时给的编号")],
    *,
    account: AccountOption,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把放到一边的缺口重新列出。"""
    with learning_as(data, account, write=True) as (learning, person):
        done = learning.aside.take_back(person, gap_id)
    say(done, "已重新列出", as_json=as_json)


@phrasing_app.command("list")
@guarded
def list_phrasings(*, data: DataOption = None, as_json: JsonOption = False) -> None:
    """列出建议：坐席用哪些话采用了哪个条目，还不是它的相似问；以及已处理过的结果。"""
    from assistant.cli.opening import opened
    from assistant.services import learning_of

    with opened(data) as runtime:
        found = learning_of(runtime).phrasings.report()
    if as_json:
        print_json(found)
        return
    rows = [(r["entry_id"], r["question"], r["text"], r["calls"], r["problem"]) for r in found["phrasings"]]
    print_table(("条目", "标准问题", "建议的相似问", "采用次数", "不能用的原因"), rows)
    settled = [(r["entry_id"], r["text"], r["state"], r["account"], r["detail"]) for r in found["settled"]]
    print_table(("条目", "相似问", "结果", "谁", "为什么"), settled, title="已处理")


@phrasing_app.command("accept")
@guarded
def accept(
    entry_id: EntryId, text: Words, *, account: AccountOption, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """先在黄金题上试；没有一道变差才存成草稿并送审，否则列出变差的题，退出码 1。"""
    from assistant.learning.phrasings import REFUSED

    with learning_as(data, account, write=True) as (learning, person):
        done = learning.phrasings.accept(person, entry_id, text)
    if as_json:
        print_json(done)
    elif done["state"] == REFUSED:
        worse = [(one["text"], one["reason"]) for one in done["gate"]["worse"]]
        print_table(("黄金题", "为什么算变差"), worse, title=f"没有采用：有 {len(worse)} 处会变差")
        err.print("办法：换一个更具体的说法，或先改好那几个条目", markup=False)
    else:
        out.print(f"已存为 {entry_id} 第 {done['version']} 版草稿并送审", markup=False)
    raise typer.Exit(SOME_REJECTED if done["state"] == REFUSED else 0)


@phrasing_app.command("dismiss")
@guarded
def dismiss(
    entry_id: EntryId,
    text: Words,
    *,
    account: AccountOption,
    reason: ReasonOption,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """不要这条建议，以后不再列出。"""
    with learning_as(data, account, write=True) as (learning, person):
        done = learning.phrasings.dismiss(person, entry_id, text, reason=reason)
    say(done, "已记下：不要", as_json=as_json)


def _counts(kinds: Mapping[str, int]) -> str:
    return "、".join(f"{kind} {count}" for kind, count in kinds.items())


def _near(near: Mapping[str, Any]) -> str:
    return f"{near['entry_id']} {near['question']}"
