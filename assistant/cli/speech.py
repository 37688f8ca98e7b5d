"""`zhida check-script`: is a drafted reply fit to be said."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.output import SOME_REJECTED, DataOption, JsonOption, guarded, out, print_json


@guarded
def check_script(
    text: Annotated[str, typer.Argument(help="准备对客户说的话")],
    *,
    caller: Annotated[str, typer.Option("--caller", help="客户刚才说的话（判断该不该先致歉）")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """检查一段话术：反问、警告、推诿、缺请、缺致歉、缺结束语，并给出改法。有问题时退出码为 1。"""
    from assistant.judge.script import load_script_checker, remark_to_dict
    from assistant.runtime import RULES
    from assistant.settings import load_settings
    from kb.text.rulefiles import RuleFiles

    folder: Path = load_settings(data=data).data
    remarks = load_script_checker(RuleFiles(override=folder / RULES)).review(text, caller)
    if as_json:
        print_json({"ok": not remarks, "remarks": [remark_to_dict(remark) for remark in remarks]})
    elif not remarks:
        out.print("没有发现问题")
    else:
        for remark in remarks:
            quote = f"“{remark.quote}”：" if remark.quote else ""
            out.print(f"〔{remark.mark}〕{quote}{remark.why}", markup=False)
            out.print(f"　　改说：{remark.instead}", markup=False)
    raise typer.Exit(SOME_REJECTED if remarks else 0)
