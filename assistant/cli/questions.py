"""`zhida suggest`: one utterance, or a file of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.output import SOME_REJECTED, DataOption, JsonOption, err, guarded, out, print_json, progress

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from kb.domain.suggestion import Suggestion

BANDS = {
    "high": "[bold green]高：可直接答复[/]",
    "medium": "[bold yellow]中：请核对[/]",
    "low": "[bold red]低：不要直接答[/]",
}


@guarded
def suggest(  # noqa: PLR0913 - one parameter per option of the command
    text: Annotated[str | None, typer.Argument(help="客户的话")] = None,
    *,
    fact: Annotated[list[str] | None, typer.Option("--fact", help="已知事实，写成 名称=取值，可多次")] = None,
    before: Annotated[str, typer.Option("--before", help="同一通电话里上一句问的；追问“那商业的呢”才接得上")] = "",
    as_of: Annotated[str, typer.Option("--as-of", help="按哪一天的知识答（YYYY-MM-DD）")] = "",
    explain: Annotated[bool, typer.Option("--explain", help="列出候选与依据")] = False,
    batch: Annotated[Path | None, typer.Option("--batch", help="一行一个 JSON 的题目文件")] = None,
    output: Annotated[Path | None, typer.Option("--out", help="批量结果写到哪里")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """给出应答建议。"""
    from assistant.cli.opening import opened
    from assistant.errors import RequestInvalid

    if (text is None) == (batch is None):
        raise RequestInvalid(
            "请给出一句话，或用 --batch 给出题目文件（二选一）", hint='例如：zhida suggest "电表走得快怎么办"'
        )
    with opened(data) as runtime:
        if batch is not None:
            raise typer.Exit(_batch(runtime, batch, output, explain=explain))
        asked = {"text": text, "facts": _facts(fact or []), "as_of": as_of, "explain": explain}
        suggestion = _one(runtime, asked | ({"before": {"text": before}} if before else {}))
    if as_json:
        print_json(suggestion)
    else:
        show(suggestion)


def _one(runtime: Runtime, data: dict[str, Any]) -> dict[str, Any]:
    from assistant.api.wire import suggestion_to_dict
    from assistant.suggest.request import parse_request

    suggestion: Suggestion = runtime.assistant.answer(parse_request(data))
    return suggestion_to_dict(suggestion)


def _facts(pairs: list[str]) -> dict[str, str]:
    from assistant.errors import RequestInvalid

    facts = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator or not name or not value:
            raise RequestInvalid(f"事实写法不对：{pair}", hint="写成 名称=取值，例如 用户类别=合表")
        facts[name] = value
    return facts


def _batch(runtime: Runtime, source: Path, output: Path | None, *, explain: bool) -> int:
    """Answer a file of questions; a bad line is reported in its place and never stops the others."""
    from assistant.errors import RequestInvalid
    from assistant.inventory import write_lines

    try:
        text = source.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise RequestInvalid(f"题目文件读不出来：{source}（{error.strerror}）", hint="请检查路径") from None
    lines = [line for line in text.split("\n") if line.strip()]
    failed = 0

    def answers() -> Iterator[dict[str, Any]]:
        nonlocal failed
        with progress("作答", total=len(lines)) as advance:
            for number, line in enumerate(lines, 1):
                answer = _answer_line(runtime, line, number, explain=explain)
                failed += "error" in answer
                advance(1, "")
                yield answer

    if output is None:
        for answer in answers():
            print_json(answer)
    else:
        write_lines(answers(), output)
    if failed:
        err.print(f"{failed} 行没有作答，原因写在各行的 error 里")
    return SOME_REJECTED if failed else 0


def _answer_line(runtime: Runtime, line: str, number: int, *, explain: bool) -> dict[str, Any]:
    from kb.domain.errors import ZhidaError

    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return {
            "id": None,
            "line": number,
            "error": {"code": "assistant.request_invalid", "message": f"第 {number} 行不是 JSON", "hint": ""},
        }
    known = data.get("id") if isinstance(data, dict) else None
    try:
        request = _known_keys(data, explain=explain) if isinstance(data, dict) else data
        return {"id": known, **_one(runtime, request)}
    except ZhidaError as error:
        return {"id": known, "line": number, "error": error.to_dict()}


def _known_keys(data: dict[str, Any], *, explain: bool) -> dict[str, Any]:
    """Keep what a request knows: question files often carry labels of their own beside the text."""
    from assistant.suggest.request import KEYS

    return {"explain": explain, **{key: value for key, value in data.items() if key in KEYS}}


def show(suggestion: dict[str, Any]) -> None:
    """Print a suggestion for a person: what to say first, then everything around it."""
    for line in suggestion["say"]:
        out.print(f"先说：{line}", style="bold", markup=False)
    out.print(f"把握：{BANDS[suggestion['band']]}")
    for place, answer in enumerate(suggestion["answers"], 1):
        out.print(f"\n{place}. {answer['question']}（{answer['confidence']:.0%}）", markup=False)
        out.print(answer["answer"], style="bold" if place == 1 else "", markup=False)
        for citation in answer["citations"]:
            out.print(f"   依据：{citation['document']} {citation['locator']}", style="dim", markup=False)
    _show_around(suggestion)


def _show_around(suggestion: dict[str, Any]) -> None:
    categories = "、".join(item["label"] for item in suggestion["categories"])
    out.print(
        f"\n类型：{suggestion['call_type']['label']}　类别：{categories}　业务树：{suggestion['business']}",
        markup=False,
    )
    for ask in suggestion["must_ask"]:
        out.print(f"先问：{ask['ask']}（{' / '.join(ask['options'])}）", markup=False)
    for guard in suggestion["avoid"]:
        out.print(f"不要说：{guard['utterance']}　→　{guard['instead']}", markup=False)
    for outage in suggestion["outages"]:
        out.print(f"停电公告：{outage['text']}", markup=False)
    order = suggestion["work_order"]
    if order["needed"]:
        missing = "、".join(order["missing"]) or "无"
        out.print(
            f"工单：{order['form']}（{'、'.join(order['rules'])}）{order['reason']}；还缺：{missing}", markup=False
        )
    else:
        out.print(f"工单：不需要（{'、'.join(order['rules'])}）{order['reason']}", markup=False)
    for item in suggestion["nearby"]:
        out.print(f"相近：{item['question']}", style="dim", markup=False)
