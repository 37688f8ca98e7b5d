"""`zhida eval cases` and `zhida eval slots`: calls replayed turn by turn, and what is read off the words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.output import SOME_REJECTED, DataOption, JsonOption, guarded, out, print_json, print_table

if TYPE_CHECKING:
    from eval.cases import Total, Verdict


def bundled(name: str) -> Path:
    """Return the bundled gold file of a name, or the path itself."""
    import eval as package

    path = Path(str(package.__file__)).parent / "gold" / f"{name}.jsonl"
    return path if path.is_file() else Path(name)


@guarded
def cases(
    name: Annotated[str, typer.Argument(metavar="SET", help="自带的 cases，或案例文件路径")] = "cases",
    *,
    as_of: Annotated[str, typer.Option("--as-of", help="按哪一天的知识答（YYYY-MM-DD）")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把反面案例逐轮放给助手，按语言、判断、业务、主动四个方面核对。有不合格项时退出码为 1。"""
    from assistant.cli.opening import opened
    from assistant.judge.script import load_script_checker
    from eval.cases import load_cases, require_known, run_cases

    loaded = load_cases(bundled(name))
    with opened(data) as runtime:
        require_known(loaded, runtime.library.shelf.catalogue.entries)
        checker = load_script_checker(runtime.files)
        verdicts = run_cases(loaded, runtime.assistant.suggest, checker=checker, as_of=as_of or None)
    failed = [verdict for verdict in verdicts if verdict.passed is False]
    if as_json:
        print_json(_as_json(verdicts))
    else:
        _show(verdicts, failed)
    raise typer.Exit(SOME_REJECTED if failed else 0)


def _as_json(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    from eval.cases import by_axis, by_case, by_turn

    return {
        "axes": {axis: _counts(total) for axis, total in by_axis(verdicts).items()},
        "cases": {case: _counts(total) for case, total in by_case(verdicts).items()},
        "turns": [
            {"case": case, "turn": turn, "axis": axis, **_counts(total)}
            for (case, turn, axis), total in by_turn(verdicts).items()
        ],
        "failed": [
            {"case": v.case, "turn": v.turn, "axis": v.axis, "expected": str(v.expectation), "seen": list(v.seen)}
            for v in verdicts
            if v.passed is False
        ],
    }


def _counts(total: Total) -> dict[str, int]:
    return {"passed": total.passed, "failed": total.failed, "untested": total.untested}


def _show(verdicts: Sequence[Verdict], failed: Sequence[Verdict]) -> None:
    from eval.case_checks import AXES
    from eval.cases import by_axis, by_turn

    turns: dict[tuple[str, int], dict[str, str]] = {}
    for (case, turn, axis), total in by_turn(verdicts).items():
        turns.setdefault((case, turn), {})[axis] = _cell(total)
    rows = [(case, turn, *(cells.get(axis, "") for axis in AXES)) for (case, turn), cells in turns.items()]
    print_table(("案例", "轮", *AXES), rows, title="反面案例逐轮核对（合格/应有）")
    for axis, total in by_axis(verdicts).items():
        out.print(f"{axis}：{_cell(total)}", markup=False)
    for one in failed:
        seen = "／".join(text[:30] for text in one.seen[:4]) or "无"
        out.print(f"✗ {one.case} 第 {one.turn} 轮〔{one.axis}〕应有 {one.expectation}；实际 {seen}", markup=False)


def _cell(total: Total) -> str:
    return f"{total.passed}/{total.passed + total.failed}" + (f"（{total.untested} 未测）" if total.untested else "")


@guarded
def slots(
    *,
    part: Annotated[str, typer.Option("--part", help="report（报告用）、tune（调整用）各 100 句，或 all")] = "report",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """测要素提取：户号、户名、联系人、电话、用电地址、时间、金额、申请或工单编号，逐项给出 F1。"""
    from assistant.runtime import RULES
    from assistant.settings import load_settings
    from assistant.workorder.slots import load_slots
    from eval.slots import load_utterances, measure
    from kb.text.rulefiles import RuleFiles

    reader = load_slots(RuleFiles(override=load_settings(data=data).data / RULES))
    result = measure(load_utterances(bundled("slots"), part), reader.extract)
    if as_json:
        print_json(result.to_dict())
        return
    rows = [(s.label, f"{s.precision:.3f}", f"{s.recall:.3f}", f"{s.f1:.3f}", s.support) for s in result.scores]
    rows.append(("合计", f"{result.total.precision:.3f}", f"{result.total.recall:.3f}", f"{result.total.f1:.3f}",
                 result.total.support))  # fmt: skip
    low, high = result.interval
    print_table(("要素", "精确率", "召回率", "F1", "个数"), rows, title=f"要素提取，{result.utterances} 句")
    out.print(f"合计 F1 的 95% 区间：{low:.3f} – {high:.3f}", markup=False)
    for wrong in result.wrong:
        out.print(f"✗ {wrong.text}　应有 {dict(wrong.wanted)}　读成 {dict(wrong.found)}", markup=False)
