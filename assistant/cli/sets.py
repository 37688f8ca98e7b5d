"""`zhida eval check|import|split|logged|add`: gold sets made, checked and kept apart from what the system has seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.measuring import ReleaseOption, SetArgument, gold_set, measured
from assistant.cli.output import SOME_REJECTED, DataOption, JsonOption, guarded, out, print_json, print_table, say

if TYPE_CHECKING:
    from assistant.api.store import Logged
    from eval.leaks import Leak
    from eval.question import Question
    from kb.domain.suggestion import Suggestion
    from kb.search.catalogue import Catalogue

SHOWN_LEAKS = 10
sets_app = typer.Typer()
OutOption = Annotated[Path, typer.Option("--out", help="写到哪个新文件（.jsonl）")]


@sets_app.command("check")
@guarded
def check(
    name: SetArgument = "test",
    *,
    train: Annotated[
        list[Path] | None, typer.Option("--train", help="另外查重的 .jsonl（有 text 字段），可多次")
    ] = None,
    release: ReleaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """检查题集：指纹、不存在的编号、没填的答案、重复、与相似问和训练话句的雷同。编号不存在或有雷同时退出码为 1。"""
    from assistant.cli.opening import opened
    from eval.gold import validate
    from eval.leaks import find_leaks

    gold = gold_set(name)
    with opened(data) as runtime:
        target = measured(runtime, release)
    found = validate(gold.questions, target.known_ids)
    leaks = find_leaks(gold.questions, _seen(target.catalogue, train or []))
    facts = {
        "set": gold.name,
        "hash": gold.hash,
        "n": len(gold.questions),
        "answerable": sum(question.answerable for question in gold.questions),
        "unknown": [list(pair) for pair in found.unknown],
        "unfilled": list(found.unfilled),
        "repeated": list(found.repeated),
    }
    if as_json:
        print_json({**facts, "leaks": [_leak_dict(leak) for leak in leaks]})
    else:
        _show_check(facts, leaks)
    raise typer.Exit(SOME_REJECTED if found.unknown or leaks else 0)


@sets_app.command("import")
@guarded
def import_set(
    source: Annotated[Path, typer.Argument(help="题目表：.xlsx .xls .csv .tsv，或 .jsonl")],
    *,
    target: OutOption,
    as_json: JsonOption = False,
) -> None:
    """把表格变成题集文件；UTF-8 与 GB18030 都认，有一行写错就整份不写，并逐行指出。"""
    from eval.sets.importing import import_gold
    from eval.sets.writing import write_gold

    gold = import_gold(source)
    write_gold(gold.questions, target)
    made = {"file": str(target), "n": len(gold.questions), "hash": gold.hash}
    say(made, f"写好 {len(gold.questions)} 题：{target}（指纹 {gold.hash[:16]}）", as_json=as_json)


@sets_app.command("split")
@guarded
def split(
    name: SetArgument,
    *,
    first: Annotated[Path, typer.Option("--first", help="第一份写到哪里")],
    second: Annotated[Path, typer.Option("--second", help="第二份写到哪里")],
    share: Annotated[float, typer.Option("--share", help="第一份占多少（0–1）")] = 0.5,
    seed: Annotated[int, typer.Option("--seed", help="随机种子")] = 95598,
    as_json: JsonOption = False,
) -> None:
    """把题集分成两份，标准答案互不相同，一份调、一份考。"""
    from eval.errors import SetExists
    from eval.sets.splitting import split_by_entry
    from eval.sets.writing import write_gold

    parts = split_by_entry(gold_set(name).questions, share, seed=seed)
    taken = next((path for path in (first, second) if path.exists()), None)
    if taken is not None or first == second:
        raise SetExists(f"已有这个文件：{taken}" if taken else "两份要写到不同的文件")
    for questions, path in zip(parts, (first, second), strict=True):
        write_gold(questions, path)
    sizes = [len(part) for part in parts]
    made = {"first": str(first), "second": str(second), "sizes": sizes}
    say(made, f"分成 {sizes[0]} 题与 {sizes[1]} 题：{first}、{second}", as_json=as_json)


@sets_app.command("logged")
@guarded
def logged(
    *,
    limit: Annotated[int, typer.Option("--limit", help="最多列多少条", min=1)] = 20,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出最近的建议日志（已脱敏），供挑来做题。"""
    from assistant.api.store import list_logged
    from assistant.cli.opening import opened

    with opened(data) as runtime, runtime.database.read() as connection:
        found = list_logged(connection, limit=limit)
    if as_json:
        for call in found:
            print_json(_call_dict(call))
    else:
        rows = [(call.number, f"{call.row.at:%m-%d %H:%M}", call.row.band, call.row.text_masked) for call in found]
        print_table(("编号", "时间", "档位", "客户的话（已脱敏）"), rows)


@sets_app.command("add")
@guarded
def add(  # noqa: PLR0913 - one parameter per option of the command
    number: Annotated[int, typer.Argument(help="日志编号，见 zhida eval logged")],
    *,
    target: Annotated[Path, typer.Option("--to", help="加到哪个题集文件（.jsonl，没有就新建）")],
    entry: Annotated[list[str] | None, typer.Option("--entry", help="标准答案编号，可多次")] = None,
    no_answer: Annotated[bool, typer.Option("--no-answer", help="没有可答的知识")] = False,
    call_type: Annotated[str, typer.Option("--call-type", help="业务类型（默认取系统判断）")] = "",
    category: Annotated[list[str] | None, typer.Option("--category", help="类别，主要的在前，可多次")] = None,
    order: Annotated[bool | None, typer.Option("--order/--no-order", help="要不要工单（默认取系统判断）")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把日志里的一句话（已脱敏）加成一道题；标准答案由人给，没给的标签取系统判断并提醒核对。"""
    from assistant.api.store import get_logged
    from assistant.cli.opening import opened
    from eval.gold import validate
    from eval.sets.writing import add_question

    entries = _answers(entry or [], no_answer=no_answer)
    with opened(data) as runtime:
        with runtime.database.read() as connection:
            call = get_logged(connection, number)
        text = runtime.masker(call.row.text_masked)
        suggestion = runtime.assistant.suggest(text)
        question = _question(call, text, suggestion, entries)
        known = measured(runtime).known_ids
    given = {"call_type": call_type, "categories": tuple(category or ()), "needs_work_order": order}
    question = _labelled(question, {name: value for name, value in given.items() if value not in {"", (), None}})
    validate([question], known).require()
    grown = add_question(question, target)
    guessed = [label for name, label in LABELS.items() if given[name] in {"", (), None}]
    if as_json:
        print_json({**question.to_dict(), "file": str(target), "n": len(grown.questions), "guessed": guessed})
    else:
        out.print(f"已加入 {target}（共 {len(grown.questions)} 题）：{question.text}", markup=False)
        if guessed:
            out.print(f"{'、'.join(guessed)}取自系统判断，请核对", markup=False)


LABELS = {"call_type": "业务类型", "categories": "类别", "needs_work_order": "要不要工单"}


def _answers(entries: list[str], *, no_answer: bool) -> tuple[str, ...]:
    from eval.errors import BadArgument

    if bool(entries) == no_answer:
        raise BadArgument("请给出标准答案编号，或写明没有可答的（二选一）", hint="--entry 编号，或 --no-answer")
    return tuple(entries)


def _question(call: Logged, text: str, suggestion: Suggestion, entries: tuple[str, ...]) -> Question:
    from eval.question import Question

    row = call.row
    return Question(
        id=f"log-{call.number}",
        text=text,
        call_type=suggestion.call_type.label,
        categories=tuple(label.label for label in suggestion.categories[:1]) or ("其他咨询",),
        entries=entries,
        needs_work_order=suggestion.work_order.needed,
        facts=json.loads(row.facts),
        as_of=row.as_of if row.as_of != row.at.date().isoformat() else None,
        source="日志",
    )


def _labelled(question: Question, given: dict[str, Any]) -> Question:
    from eval.gold import parse_gold

    line = json.dumps({**question.to_dict(), **given}, ensure_ascii=False)
    return parse_gold(Path("参数"), [(1, line)]).questions[0]


def _seen(catalogue: Catalogue, train: list[Path]) -> dict[str, list[str]]:
    """Return the texts the system was built from: phrasings of the release, bundled training calls, given files."""
    from eval.leaks import training_texts
    from kb.text.rulefiles import CORPUS

    phrasings = [text for entry in catalogue.entries.values() for text in (entry.question, *entry.phrasings)]
    files = [*sorted((CORPUS / "utterances").glob("*.jsonl")), *train]
    return {"相似问": phrasings, **{path.name: training_texts(path) for path in files}}


def _leak_dict(leak: Leak) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(leak)


def _call_dict(call: Logged) -> dict[str, Any]:
    row = call.row
    return {
        "number": call.number,
        "at": row.at.isoformat(),
        "text": row.text_masked,
        "facts": json.loads(row.facts),
        "as_of": row.as_of,
        "release": row.release,
        "band": row.band,
        "answers": json.loads(row.answers),
    }


def _show_check(facts: dict[str, Any], leaks: tuple[Leak, ...]) -> None:
    out.print(f"题集 {facts['set']}：{facts['n']} 题，{facts['answerable']} 题有可答知识", markup=False)
    out.print(f"指纹 {facts['hash']}", markup=False)
    for name, label in (("unknown", "知识库没有的编号"), ("unfilled", "写了主题没写答案"), ("repeated", "重复的题")):
        if facts[name]:
            out.print(f"{label} {len(facts[name])} 个：{_few(facts[name])}", markup=False)
    if leaks:
        rows = [(x.question_id, x.text, x.source, x.other, f"{x.similarity:.2f}") for x in leaks[:SHOWN_LEAKS]]
        print_table(("编号", "题", "出处", "雷同的话", "相似"), rows, title=f"与见过的话雷同 {len(leaks)} 句")
    else:
        out.print("与相似问、训练话句没有雷同", markup=False)


def _few(items: list[Any]) -> str:
    shown = "、".join("→".join(item) if isinstance(item, list) else str(item) for item in items[:5])
    return f"{shown}…" if len(items) > 5 else shown
