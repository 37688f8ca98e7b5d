"""`zhida rules …`: words and rules drafted, checked, previewed, applied by a second person, undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.output import (
    NOTHING_DONE,
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
    progress,
    say,
)

rules_app = typer.Typer(help="词典与规则：查看、存草稿、检查、预览、应用、撤销", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="文件名，如 synonyms.tsv、deadlines.toml（见 zhida rules list）")]
Source = Annotated[Path, typer.Argument(help="改好的文件，UTF-8")]
SHOWN = 20


@rules_app.command("list")
@guarded
def list_rules(*, data: DataOption = None, as_json: JsonOption = False) -> None:
    """列出可以改的词典和规则：用的是自带的还是自己的，第几版，来源和生效日期。"""
    from assistant.cli.opening import opened

    with opened(data) as runtime:
        rows = runtime.rules.rows()
    print_list(("文件", "内容", "现在用的", "草稿"), rows, _cells, as_json=as_json)


@rules_app.command("show")
@guarded
def show(
    name: Name,
    *,
    bundled: Annotated[bool, typer.Option("--bundled", help="显示自带的内容")] = False,
    version: Annotated[int, typer.Option("--version", help="显示历史上的第几版")] = 0,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """显示一份规则的全文；改好后用 rules set 存回。--json 连同各版历史。"""
    from assistant.cli.opening import opened

    with opened(data) as runtime:
        page = runtime.rules.page(name)
    if as_json:
        print_json(page)
        return
    old = next((one["text"] for one in page["history"] if one["version"] == version), None) if version else None
    typer.echo((page["bundled"] if bundled else old if version and old is not None else page["text"]).rstrip("\n"))


@rules_app.command("check")
@guarded
def check(name: Name, source: Source, *, data: DataOption = None, as_json: JsonOption = False) -> None:
    """检查改好的文件：读得懂、字段齐、有来源和生效日期、与其他规则对得上。"""
    from assistant.cli.opening import opened

    with opened(data) as runtime:
        head = runtime.rules.check(name, _read(source))
    found = {"name": name, "source": head.source, "valid_from": str(head.valid_from), "ok": True}
    say(found, f"{name} 没有问题；来源：{head.source}；生效：{head.valid_from}", as_json=as_json)


@rules_app.command("set")
@guarded
def set_rule(
    name: Name,
    source: Source,
    *,
    account: AccountOption,
    reason: ReasonOption,
    expected: Annotated[
        int, typer.Option("--expected", help="您依据的版本号（rules list 的 version；没改过的写 0）")
    ] = 0,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把改好的文件存成草稿；还不生效，由另一个人 rules apply。"""
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened

    with opened(data, write=True) as runtime:
        version = runtime.rules.save(acting(runtime, account), name, _read(source), expected=expected, reason=reason)
    say({"name": name, "version": version}, f"已存为草稿：{name} 第 {version} 版，还没有生效", as_json=as_json)


@rules_app.command("preview")
@guarded
def preview(name: Name, source: Source, *, data: DataOption = None, as_json: JsonOption = False) -> None:
    """预览：列出哪些黄金题的分词、排序、把握、分类、派单、时限、先问会变。什么也不改。"""
    from assistant.cli.opening import opened

    text = _read(source)
    with opened(data) as runtime, _steps("预览") as (tell, tick):
        report = runtime.rules.preview(name, text, tell, tick)
    if as_json:
        print_json(report)
    else:
        _show(report)
    raise typer.Exit(SOME_REJECTED if report["worse"] else 0)


@rules_app.command("apply")
@guarded
def apply(
    name: Name,
    *,
    version: Annotated[int, typer.Option("--version", help="应用第几版草稿")],
    account: AccountOption,
    override: Annotated[str, typer.Option("--override", help="有题变差也要应用时，写明理由")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """审核人让草稿生效；自己写的不能自己应用。黄金题有变差的就不应用并列出。"""
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened
    from kb.domain.errors import GateBlocked

    with opened(data, write=True) as runtime, _steps("应用") as (tell, tick):
        person = acting(runtime, account)
        try:
            report = runtime.rules.apply(person, name, version, override=override, progress=tell, tick=tick)
        except GateBlocked as blocked:
            _blocked(blocked, as_json=as_json)
            raise typer.Exit(NOTHING_DONE) from None
    done = {"name": name, "version": version, **report}
    say(done, f"已生效：{name} 第 {version} 版；{len(report['changed'])} 道黄金题有变化", as_json=as_json)


@rules_app.command("undo")
@guarded
def undo(
    name: Name,
    *,
    account: AccountOption,
    reason: ReasonOption,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """审核人撤销最近一次应用：前一版立即生效，历史不删。"""
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened

    with opened(data, write=True) as runtime, _steps("撤销") as (_tell, tick):
        version = runtime.rules.undo(acting(runtime, account), name, reason=reason, tick=tick)
    say({"name": name, "version": version}, f"已撤销：{name} 现在是第 {version} 版", as_json=as_json)


@rules_app.command("restore")
@guarded
def restore(
    name: Name,
    *,
    version: Annotated[int, typer.Option("--version", help="取回第几版的内容；0 是自带的")],
    account: AccountOption,
    reason: ReasonOption,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把旧版本的内容存成新的草稿。"""
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened

    with opened(data, write=True) as runtime:
        number = runtime.rules.restore(acting(runtime, account), name, version, reason=reason)
    say({"name": name, "version": number}, f"已存为草稿：{name} 第 {number} 版", as_json=as_json)


@contextmanager
def _steps(name: str) -> Iterator[tuple[Any, Any]]:
    """Show one bar over an index built anew and the golden questions asked."""
    with progress(name) as advance:
        before = [0]

        def tell(done: int, total: int) -> None:
            advance(done - before[0], f"黄金题与案例 {done}/{total}")
            before[0] = done

        yield tell, lambda count: advance(count, "建立索引")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    draft = f"第 {row['draft']['version']} 版" if row["draft"] else ""
    return row["name"], row["title"], _kind(row), draft


def _kind(row: dict[str, Any]) -> str:
    if row["by_hand"]:
        return "自己的（直接改的文件）" if row["own"] else "自带的（自己的文件被拿走）"
    return f"自己的，第 {row['applied']} 版" if row["own"] else "自带的"


def _read(source: Path) -> str:
    from assistant.errors import RequestInvalid

    try:
        return source.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RequestInvalid(f"文件读不出来：{source}（{error.strerror}）", hint="请检查路径") from None
    except UnicodeDecodeError:
        raise RequestInvalid(f"{source} 不是 UTF-8 编码", hint="请用 UTF-8 编码另存后再试") from None


def _show(report: dict[str, Any]) -> None:
    counts = "，".join(f"{name} {count}" for name, count in report["counts"].items())
    asked = f"{report['questions']} 道黄金题、{report['expectations']} 处案例期望"
    if not report["questions"]:
        out.print("没有适用的黄金题：请把自己的题放进 数据目录/gold/")
        return
    out.print(
        f"{asked}：{len(report['changed'])} 道有变化{f'（{counts}）' if counts else ''}，{len(report['worse'])} 处变差"
    )
    for one in report["changed"][:SHOWN]:
        for aspect in one["aspects"]:
            out.print(f"{one['text']}　{one['before'][aspect]} → {one['after'][aspect]}", markup=False)
    for one in report["worse"][:SHOWN]:
        out.print(f"变差：{one['text']}　{one['reason']}", markup=False)


def _blocked(blocked: Any, *, as_json: bool) -> None:  # noqa: ANN401 - GateBlocked
    if as_json:
        print_json({"error": blocked.to_dict()})
    err.print(f"没有应用：{blocked.message}；{blocked.hint}", markup=False)
    for one in blocked.report["worse"][:SHOWN]:
        err.print(f"  {one['text']}：{one['reason']}", markup=False)
