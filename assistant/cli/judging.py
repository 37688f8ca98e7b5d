"""`zhida eval rules` and `zhida eval walk`: which rules decide, and calls replayed as JSON to read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.measuring import SetArgument, gold_set
from assistant.cli.output import DataOption, JsonOption, err, guarded, out, print_json, print_table, progress

if TYPE_CHECKING:
    from assistant.rulehits import Hits


@guarded
def rules(name: SetArgument = "test", *, data: DataOption = None, as_json: JsonOption = False) -> None:
    """每条规则在题集上命中几次、对几次：工单、必问、业务类型；没用上的规则也列出。"""
    from dataclasses import asdict

    from assistant.cli.opening import opened
    from assistant.rulehits import rule_hits

    questions = gold_set(name).questions
    with opened(data) as runtime, progress("规则", total=len(questions)) as advance:
        found = rule_hits(runtime, questions, lambda: advance(1, ""))
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        print_table(
            ("种类", "规则", "命中", "其中对", "做什么"), [_row(one) for one in found], title=f"规则命中：{name}"
        )
        out.print(f"共 {len(found)} 条，{sum(one.hits == 0 for one in found)} 条没有命中", markup=False)


def _row(one: Hits) -> tuple[str, str, int, int, str]:
    return one.kind, one.rule_id, one.hits, one.right, one.does


@guarded
def walk(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="写到哪个文件夹，每个案例一个 JSON 文件")],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把六个反面案例逐轮走一遍，写成 JSON：客户怎么说，现在提示座席什么。"""
    from assistant.cli.replay import bundled
    from assistant.judge.script import load_script_checker
    from assistant.runtime import open_runtime
    from assistant.settings import load_settings
    from assistant.walkthrough import MOMENT, chosen, walk
    from eval.cases import load_cases
    from kb.domain.clock import FixedClock

    folder.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    with open_runtime(load_settings(data=data), clock=FixedClock(MOMENT)) as runtime:
        checker = load_script_checker(runtime.files)
        for case in chosen(load_cases(bundled("cases"))):
            path = folder / f"{case.name[:2]}.json"
            path.write_text(walk(case, runtime.assistant.suggest, checker.check), encoding="utf-8")
            written.append(str(path))
            err.print(f"已写 {path}（{case.name}）", markup=False)
    if as_json:
        print_json({"written": written})
