"""`zhida eval robust|typing`: what worse words cost, and how soon the right answer is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.measuring import Measured, ReleaseOption, SetArgument, measuring
from assistant.cli.output import SOME_REJECTED, DataOption, JsonOption, guarded, out, print_json, print_table, progress

if TYPE_CHECKING:
    from eval.gold import GoldSet
    from eval.variants.robustness import Drop
    from eval.variants.typing import TypingCurve

SHOWN_LOST = 10
MARKS = (2, 4, 6, 8, 10, 12, 15, 20, 30, 40)
disturbing_app = typer.Typer()
SampleOption = Annotated[int, typer.Option("--sample", help="抽多少题（0 为全部）", min=0)]
SeedOption = Annotated[int, typer.Option("--seed", help="随机种子")]


@disturbing_app.command("robust")
@guarded
def robust(
    name: SetArgument = "dev",
    *,
    sample: SampleOption = 200,
    seed: SeedOption = 95598,
    release: ReleaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把题改成同音字、漏字、颠倒、带口头语、繁体、念数字，看首位命中跌多少；超过限度时退出码为 1。"""
    from eval.extras import save_extra
    from eval.variants.robustness import robustness

    with measuring(name, release, data) as (gold, target, runtime):
        with progress("评测") as advance:
            drops = robustness(
                target.assistant, gold, size=sample, seed=seed, progress=lambda label, _d, _t: advance(1, label)
            )
        payload = {"sample": sample, "seed": seed, "drops": [drop.to_dict() for drop in drops]}
        path = save_extra("robustness", payload, runtime.settings.data, gold, target.catalogue.release)
    if as_json:
        print_json({**payload, **_facts(gold, target, path)})
    else:
        _show_drops(drops)
    raise typer.Exit(SOME_REJECTED if any(drop.beyond for drop in drops) else 0)


@disturbing_app.command("typing")
@guarded
def typing(
    name: SetArgument = "dev",
    *,
    sample: SampleOption = 100,
    seed: SeedOption = 95598,
    release: ReleaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """逐字打出每道题，看打到第几个字时正确答案排到第一。"""
    from eval.extras import save_extra
    from eval.variants.typing import typing_curve

    with measuring(name, release, data) as (gold, target, runtime):
        total = min(sample or len(gold.questions), sum(question.answerable for question in gold.questions))
        with progress("逐字输入", total=total) as advance:
            curve = typing_curve(target.assistant, gold, size=sample, seed=seed, progress=lambda _d, _t: advance(1, ""))
        payload = {"sample": sample, "seed": seed, **curve.to_dict()}
        path = save_extra("typing", payload, runtime.settings.data, gold, target.catalogue.release)
    if as_json:
        print_json({**payload, **_facts(gold, target, path)})
    else:
        _show_curve(curve)


def _facts(gold: GoldSet, target: Measured, path: Path) -> dict[str, Any]:
    return {"set": gold.name, "release": target.catalogue.release, "file": str(path)}


def _show_drops(drops: tuple[Drop, ...]) -> None:
    from eval.summary import show

    rows = [
        (
            f"{drop.label} ▼" if drop.beyond else drop.label,
            show(drop.before, "share"),
            show(drop.after, "share"),
            f"{drop.drop:+.1%}",
            show(drop.limit, "share"),
            f"{drop.p:.3f}",
            drop.n,
        )
        for drop in drops
    ]
    print_table(("干扰", "原话", "受干扰", "跌", "限度", "p", "n"), rows, title="首位命中率 hit@1")
    lost = [(drop.label, item.question_id, item.disturbed, item.first) for drop in drops for item in drop.lost]
    if lost:
        print_table(
            ("干扰", "编号", "改成的话", "排第一的"), lost[:SHOWN_LOST], title=f"因此答错的题（共 {len(lost)}）"
        )


def _show_curve(curve: TypingCurve) -> None:
    rows = [(length, f"{curve.shares[length - 1]:.1%}") for length in MARKS if length <= len(curve.shares)]
    print_table(("打了几个字", "正确答案排第一"), rows, title=f"逐字输入（{len(curve.typed)} 题）")
    settled = [typed for typed in curve.typed if typed.settled_at is not None]
    if curve.median_settled is not None:
        out.print(
            f"{len(settled)} 题最终排第一，其中一半在第 {curve.median_settled:.0f} 个字之前就定下来", markup=False
        )
