"""`zhida entry …`: an entry's life from draft to archive."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
    print_list,
    print_table,
    say,
)

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from kb.curation.lifecycle import Decision

entry_app = typer.Typer(help="知识条目：草稿、送审、批准、下线、恢复、归档", no_args_is_help=True)
EntryId = Annotated[str, typer.Argument(help="条目编号")]
EntryIds = Annotated[list[str] | None, typer.Argument(help="条目或文件编号，可写多个")]


@entry_app.command("list")
@guarded
def list_entries(
    *,
    stage: Annotated[
        str, typer.Option(help="只列这一阶段：草稿 待审 已退回 待发布 未生效 已发布 已过期 已下线 已归档")
    ] = "",
    search: Annotated[str, typer.Option(help="编号或问题里含有的字")] = "",
    limit: Annotated[int, typer.Option(help="最多列多少条")] = 50,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出条目和它们所处的阶段；不指定阶段时不列已归档的。"""
    from assistant.cli.opening import opened
    from assistant.editing.views import standing_row

    with opened(data) as runtime:
        rows = [standing_row(one) for one in runtime.desk.page(stage=stage, search=search, limit=limit)]
    print_list(
        ("编号", "阶段", "版本", "标准问题"),
        rows,
        lambda r: (r["entry_id"], r["stage"], r["version"], r["question"]),
        as_json=as_json,
    )


@entry_app.command("show")
@guarded
def show(entry_id: EntryId, *, data: DataOption = None, as_json: JsonOption = False) -> None:
    """显示一个条目：阶段、最新版本的内容、正在作答的版本。"""
    from assistant.cli.opening import opened
    from assistant.editing.views import entry_page

    with opened(data) as runtime:
        page = entry_page(runtime.database, runtime.desk, entry_id)
    if as_json:
        print_json(page)
        return
    for key, value in page.items():
        out.print(f"{key}：{json.dumps(value, ensure_ascii=False)}", markup=False)


@entry_app.command("history")
@guarded
def history(entry_id: EntryId, *, data: DataOption = None, as_json: JsonOption = False) -> None:
    """列出一个条目的全部版本：谁、何时、为什么、在第几版发布里。"""
    from assistant.cli.opening import opened
    from assistant.editing.views import history_rows

    with opened(data) as runtime:
        rows = history_rows(runtime.database, entry_id)
    if as_json:
        print_json(rows)
        return
    shown = [(r["version"], r["status"], r["author"], r["at"], r["reason"], r["releases"]) for r in rows]
    print_table(("版本", "状态", "作者", "时间", "原因", "发布"), shown)


@entry_app.command("diff")
@guarded
def diff(
    entry_id: EntryId,
    *,
    before: Annotated[int, typer.Option("--from", help="旧版本号（默认最新版的前一版）")] = 0,
    after: Annotated[int, typer.Option("--to", help="新版本号（默认最新版）")] = 0,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """比较一个条目的两个版本，逐字段列出。"""
    from assistant.cli.opening import opened
    from assistant.editing.views import entry_diff

    with opened(data) as runtime:
        changes = entry_diff(runtime.database, entry_id, before, after)
    if as_json:
        print_json(changes)
        return
    print_table(("字段", "原来", "现在"), [(c["field"], _short(c["before"]), _short(c["after"])) for c in changes])


@entry_app.command("save")
@guarded
def save(
    source: Annotated[Path, typer.Argument(help="一个条目的 JSON 文件（zhida entry show 编号 --json 的 content）")],
    *,
    account: AccountOption,
    reason: ReasonOption,
    expected: Annotated[int, typer.Option("--expected", help="您依据的版本号；新条目写 0")] = 0,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一个条目存成草稿；期间别人改过会列出两边的改动，不会覆盖。"""
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened
    from kb.domain.codec import entry_from_dict

    with opened(data, write=True) as runtime:
        entry = entry_from_dict(_read(source))
        version = runtime.desk.save(acting(runtime, account), entry, expected=expected, reason=reason)
    say(
        {"entry_id": entry.entry_id, "version": version},
        f"已存为草稿：{entry.entry_id} 第 {version} 版",
        as_json=as_json,
    )


@entry_app.command("submit")
@guarded
def submit(
    entry_ids: EntryIds = None,
    *,
    account: AccountOption,
    everything: Annotated[bool, typer.Option("--all", help="送审自己的全部草稿")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """送审最新的草稿。"""
    from assistant.cli.acting import acting, drafts_of, named_refs
    from assistant.cli.opening import opened

    with opened(data, write=True) as runtime:
        refs = drafts_of(runtime, account) if everything else named_refs(runtime, entry_ids or [])
        decisions = runtime.desk.submit(acting(runtime, account), refs)
    _report(decisions, "已送审", as_json=as_json)


@entry_app.command("queue")
@guarded
def queue(*, data: DataOption = None, as_json: JsonOption = False) -> None:
    """列出待审的和批准后待发布的。"""
    from assistant.cli.opening import opened
    from assistant.editing.views import review_row

    with opened(data) as runtime:
        rows = [review_row(one) for one in runtime.desk.waiting()]
    if as_json:
        print_json(rows)
        return
    shown = [(r["item_id"], r["version"], r["state"], r["submitted_by"], r["publish_at"] or "") for r in rows]
    print_table(("编号", "版本", "状态", "送审人", "定时"), shown)


@entry_app.command("approve")
@guarded
def approve(
    entry_ids: EntryIds = None,
    *,
    account: AccountOption,
    everything: Annotated[bool, typer.Option("--all", help="批准全部待审的（自己写的除外）")] = False,
    at: Annotated[str, typer.Option("--at", help="到这个时刻才发布，如 2026-12-01T08:00")] = "",
    note: Annotated[str, typer.Option(help="批注")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """批准待审的；自己写的不能自己批准，换一个账号也不行。批准后用 zhida release publish 发布。"""
    from assistant.cli.acting import acting, named_refs, pending_refs
    from assistant.cli.opening import opened

    moment = _moment(at)
    with opened(data, write=True) as runtime:
        refs = pending_refs(runtime) if everything else named_refs(runtime, entry_ids or [])
        decisions = runtime.desk.approve(acting(runtime, account), refs, note=note, publish_at=moment)
    _report(decisions, "已批准", as_json=as_json)


@entry_app.command("reject")
@guarded
def reject(
    entry_ids: EntryIds = None,
    *,
    account: AccountOption,
    note: Annotated[str, typer.Option(help="哪里要改")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """退回待审的，写明哪里要改。"""
    from assistant.cli.acting import acting, named_refs
    from assistant.cli.opening import opened

    with opened(data, write=True) as runtime:
        decisions = runtime.desk.reject(acting(runtime, account), named_refs(runtime, entry_ids or []), note=note)
    _report(decisions, "已退回", as_json=as_json)


@entry_app.command("withdraw")
@guarded
def withdraw(
    entry_id: EntryId,
    *,
    account: AccountOption,
    reason: ReasonOption,
    now: Annotated[bool, typer.Option("--now", help="审核人立即下线，返回时已不会再答出")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """下线一个条目：采编提出后送审；审核人可用 --now 立即下线。"""
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened

    with opened(data, write=True) as runtime:
        person = acting(runtime, account)
        if now:
            release = runtime.desk.withdraw_now(person, entry_id, reason=reason).release.number
            report: dict[str, Any] = {"entry_id": entry_id, "release": release}
            sentence = f"{entry_id} 已下线，当前发布第 {release} 版"
        else:
            head = _head_version(runtime, entry_id)
            version = runtime.desk.withdraw(person, entry_id, expected=head, reason=reason)
            report = {"entry_id": entry_id, "version": version}
            sentence = f"{entry_id} 的下线已存为草稿（第 {version} 版），送审批准并发布后生效"
    say(report, sentence, as_json=as_json)


@entry_app.command("restore")
@guarded
def restore(
    entry_id: EntryId,
    *,
    version: Annotated[int, typer.Option("--version", help="恢复到第几版的内容")],
    account: AccountOption,
    reason: ReasonOption,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把旧版本的内容存成新的草稿；已归档的同时取出。"""
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened

    with opened(data, write=True) as runtime:
        number = runtime.desk.restore(acting(runtime, account), entry_id, version, reason=reason)
    say({"entry_id": entry_id, "version": number}, f"已恢复为草稿：{entry_id} 第 {number} 版", as_json=as_json)


@entry_app.command("archive")
@guarded
def archive(
    entry_id: EntryId,
    *,
    account: AccountOption,
    reason: ReasonOption,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """归档一个已下线或已过期的条目。"""
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened

    with opened(data, write=True) as runtime:
        runtime.desk.archive(acting(runtime, account), entry_id, reason=reason)
    say({"entry_id": entry_id, "stage": "已归档"}, f"{entry_id} 已归档", as_json=as_json)


def _head_version(runtime: Runtime, entry_id: str) -> int:
    from kb.curation.lifecycle import head_of

    with runtime.database.read() as connection:
        return head_of(connection, entry_id).version


def _read(source: Path) -> dict[str, Any]:
    from assistant.errors import RequestInvalid

    try:
        data = json.loads(source.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise RequestInvalid(f"文件读不出来：{source}（{error.strerror}）", hint="请检查路径") from None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise RequestInvalid(f"{source} 不是一个条目的 JSON 对象", hint="格式见 docs/reference/formats.md")
    content = data.get("content", data)
    if not isinstance(content, dict):
        raise RequestInvalid(f"{source} 里的 content 不是一个对象")
    return content


def _moment(text: str) -> dt.datetime | None:
    from assistant.errors import RequestInvalid
    from kb.domain.clock import CHINA

    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise RequestInvalid(f"时刻读不懂：{text}", hint="写成 2026-12-01T08:00 的样子") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _report(decisions: list[Decision], done: str, *, as_json: bool) -> None:
    refused = [one for one in decisions if one.error is not None]
    accepted = [asdict(one.ref) for one in decisions if one.error is None]
    if as_json:
        failures = [{**asdict(one.ref), "error": one.error.to_dict()} for one in refused if one.error is not None]
        print_json({"done": accepted, "refused": failures})
    else:
        out.print(f"{done} {len(accepted)} 项")
        for one in refused:
            if one.error is not None:
                err.print(f"没有处理：{one.error.message}；{one.error.hint}", markup=False)
    raise typer.Exit(SOME_REJECTED if refused else 0)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:119] + "…"
