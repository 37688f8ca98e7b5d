"""`zhida eval pairs`: how well contradictions and duplicates are found."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.output import DataOption, JsonOption, err, guarded, out, print_json, print_table, progress

if TYPE_CHECKING:
    from eval.pairs import PairFigures
    from eval.statistics import Estimate

NAMES = {"contradiction": "互相矛盾", "duplicate": "近似重复"}
pairing_app = typer.Typer()


@pairing_app.command("pairs")
@guarded
def pairs(
    source: Annotated[
        Path | None, typer.Argument(help="植入的一对对（默认自带的那一半：pairs_report.jsonl 或 pairs.jsonl）")
    ] = None,
    *,
    half: Annotated[str, typer.Option(help="report 报告用的；dev 定规则用的")] = "report",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一对对手写的矛盾、重复、无关条目植入现行知识（不保存），看巡查找得准不准、全不全。"""
    from assistant.cli.opening import opened
    from assistant.editing.planting import plant
    from assistant.errors import RequestInvalid
    from eval.pairs import FILES, FOUND, HALVES, load_pairs, pair_figures
    from kb.curation.watch.rules import load_watch_rules

    part = next((known for known in HALVES if known == half), None)
    if part is None:
        raise RequestInvalid("没有这一半", hint=f"可用：{'、'.join(HALVES)}")
    path = source or FILES[part]
    chosen = load_pairs(path, part)
    with opened(data, write=True) as runtime, progress("植入") as advance:
        rules = load_watch_rules(runtime.files)
        planted = plant(runtime.library, chosen, rules, runtime.clock.now(), lambda count: advance(count, ""))
    made = [pair_figures(chosen, planted.named[label], planted.targets, label) for label in FOUND]
    others = {label: [list(finding.items) for finding in planted.elsewhere[label]] for label in FOUND}
    if as_json:
        print_json({"half": half, "pairs": len(chosen), "finders": [_json(one) for one in made], "unplanted": others})
        return
    rows = [(NAMES[one.label], _share(one.precision), _share(one.recall), len(others[one.label])) for one in made]
    columns = ("找什么", "准确率", "召回率", "没有植入时的")
    print_table(columns, rows, title=f"{path.name} 的 {half} 一半，{len(chosen)} 对")
    for one in made:
        if one.missed or one.wrong:
            err.print(f"{NAMES[one.label]}：漏 {'、'.join(one.missed) or '无'}；误 {'、'.join(one.wrong) or '无'}")
    out.print("括号里是 95% 区间")


def _share(estimate: Estimate) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "—"
    return f"{estimate.value:.3f}（{estimate.low:.3f}–{estimate.high:.3f}，n={estimate.n}）"


def _json(one: PairFigures) -> dict[str, Any]:
    return {
        "finder": one.label,
        "precision": asdict(one.precision),
        "recall": asdict(one.recall),
        "missed": list(one.missed),
        "wrong": list(one.wrong),
    }
