"""`zhida eval replay`: a masked log on another release, or on a candidate data folder."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.measuring import ReleaseOption, measured
from assistant.cli.output import SOME_REJECTED, DataOption, JsonOption, guarded, out, print_json, print_table, progress

if TYPE_CHECKING:
    from eval.replay import Call, Replay

SHOWN = 20
replaying_app = typer.Typer()


@replaying_app.command("replay")
@guarded
def replay(
    *,
    log: Annotated[Path | None, typer.Option("--log", help="日志在哪个数据目录（默认同 --data）")] = None,
    since: Annotated[str, typer.Option("--since", help="从哪一天起（YYYY-MM-DD，默认昨天）")] = "",
    until: Annotated[str, typer.Option("--until", help="到哪一天止（含，默认同 --since）")] = "",
    release: ReleaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把脱敏日志里的话在另一版知识上重放，列出答案会变的，问得最多的在前；有变化时退出码为 1。"""
    from assistant.cli.opening import opened
    from eval.replay import replay as replay_calls

    with opened(data) as runtime:
        first = _day(since) or runtime.clock.now().date() - dt.timedelta(days=1)
        calls = _calls(log if log is not None else runtime.settings.data, first, _day(until) or first)
        target = measured(runtime, release)
        with progress("重放", total=len({call.text for call in calls})) as advance:
            made = replay_calls(calls, target.assistant, progress=lambda _done, _total: advance(1, ""))
        titles = {entry_id: entry.question for entry_id, entry in target.catalogue.entries.items()}
    if as_json:
        print_json({**made.to_dict(), "since": first.isoformat()})
    else:
        _show(made, titles)
    raise typer.Exit(SOME_REJECTED if made.changed or made.failed else 0)


def _calls(folder: Path, first: dt.date, last: dt.date) -> list[Call]:
    """Return the logged calls of some days, oldest first."""
    from assistant.api.store import list_logged
    from assistant.settings import load_settings
    from eval.replay import Call
    from kb.store.database import Database

    settings = load_settings(data=folder)
    with Database(settings.data, url=settings.database_url) as database, database.read() as connection:
        logged = list_logged(connection, since=first, until=last)
    return [
        Call(
            text=call.row.text_masked,
            facts=json.loads(call.row.facts),
            as_of=call.row.as_of,
            release=call.row.release,
            band=call.row.band,
            first=next((answer["entry_id"] for answer in json.loads(call.row.answers)), None),
        )
        for call in reversed(logged)
    ]


def _day(text: str) -> dt.date | None:
    from eval.errors import BadArgument

    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise BadArgument(f"日期无法识别：{text}", hint="请写成 2026-11-01 的样子") from None


def _show(made: Replay, titles: dict[str, str]) -> None:
    share = made.changed_calls / made.calls
    out.print(
        f"{made.calls} 通话、{made.texts} 种说法，在第 {made.release} 版上有 {len(made.changed)} 种、"
        f"{made.changed_calls} 通（{share:.1%}）答案会变",
        markup=False,
    )
    rows = [
        (change.calls, change.kind, change.text, _named(change.before, titles), _named(change.after, titles))
        for change in made.changed[:SHOWN]
    ]
    if rows:
        print_table(("通数", "变化", "客户的话", "之前", "之后"), rows)
    for text, reason in made.failed[:SHOWN]:
        out.print(f"没能重放「{text}」：{reason}", markup=False)


def _named(entry_id: str | None, titles: dict[str, str]) -> str:
    return f"{entry_id} {titles.get(entry_id, '')}".strip() if entry_id else "—"
