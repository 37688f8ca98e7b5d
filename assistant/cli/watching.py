"""`zhida watch`: what in the published knowledge a curator should look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.output import AccountOption, DataOption, JsonOption, guarded, out, print_json, print_table, say

if TYPE_CHECKING:
    from assistant.editing.watching import Report

SHOWN = 20
Kinds = Annotated[
    list[str] | None,
    typer.Argument(
        help="contradiction duplicate stale_source missing_figure expiring too_long never_shown not_chosen，不写就全做"
    ),
]


@guarded
def watch(
    kinds: Kinds = None,
    *,
    account: AccountOption = "",
    limit: Annotated[int, typer.Option(help="每种最多列多少项")] = SHOWN,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """巡查现行知识：互相矛盾、重复、引用失效文件、缺数字、快到期、太长、没出现过、没人选的。"""
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened
    from assistant.editing.watching import read_kind
    from kb.curation.watch.types import KINDS

    wanted = [read_kind(name) for name in kinds] if kinds else list(KINDS)
    with opened(data) as runtime:
        person = acting(runtime, account) if account else None
        for kind in wanted:
            report = runtime.watch.report(person, kind)
            if report is not None:
                _show(report, limit, as_json=as_json)


@guarded
def dismiss(
    finding: Annotated[str, typer.Argument(help="编号（zhida watch --json 的 finding_id）")],
    *,
    kind: Annotated[str, typer.Option(help="哪种报告")],
    account: AccountOption,
    reason: Annotated[str, typer.Option("--reason", help="为什么不是问题")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一项放到一边，写明为什么；任何一边改了，它会再出现。"""
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened
    from assistant.editing.watching import read_kind
    from kb.domain.errors import NotFound

    with opened(data, write=True) as runtime:
        person, wanted = acting(runtime, account), read_kind(kind)
        report = runtime.watch.report(person, wanted)
        found = next((f for f in report.findings if f.finding_id == finding), None) if report else None
        if found is None:
            raise NotFound(f"没有这一项：{finding}", hint="用 zhida watch --json 查看编号")
        runtime.watch.dismiss(person, finding, kind=wanted, digest=found.digest, reason=reason)
    say({"dismissed": finding}, f"已放到一边：{finding}", as_json=as_json)


def _show(report: Report, limit: int, *, as_json: bool) -> None:
    if as_json:
        for finding in report.findings[:limit]:
            print_json(finding.to_dict())
        return
    shown: dict[str, Any] = report.to_dict()
    title = f"{shown['kind_name']}：{report.total} 项"
    title += f"（另有 {report.dismissed} 项已放到一边）" if report.dismissed else ""
    rows = [(finding.finding_id, " ↔ ".join(finding.items), finding.why) for finding in report.findings[:limit]]
    if rows:
        print_table(("编号", "哪几条", "为什么"), rows, title=title)
    else:
        out.print(title)
