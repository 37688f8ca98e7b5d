"""`zhida order …`: look at filed orders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.learners import learning_as
from assistant.cli.output import AccountOption, DataOption, JsonOption, guarded, out, print_json

if TYPE_CHECKING:
    from assistant.workorder.service import Orders

order_app = typer.Typer(help="工单：列出、查看、转成知识草稿", no_args_is_help=True)


@contextmanager
def _orders(data: Path | None) -> Iterator[Orders]:
    from assistant.runtime import RULES
    from assistant.settings import load_settings
    from assistant.workorder.advice import load_adviser
    from assistant.workorder.service import Orders
    from kb.domain.clock import SystemClock
    from kb.store.database import Database
    from kb.text.masking import load_masker
    from kb.text.rulefiles import RuleFiles

    settings = load_settings(data=data)
    files = RuleFiles(override=settings.data / RULES)
    with Database(settings.data, url=settings.database_url) as database:
        yield Orders(database=database, adviser=load_adviser(files), masker=load_masker(files), clock=SystemClock())


@order_app.command("list")
@guarded
def list_orders(
    *,
    stage: Annotated[str | None, typer.Option(help="环节：受理、处理、答复、归档", show_default=False)] = None,
    form: Annotated[str | None, typer.Option(help="工单种类，如 报修单", show_default=False)] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只看已过最迟时间还没答复的")] = False,
    due_hours: Annotated[float | None, typer.Option("--due-hours", help="几小时内到期", show_default=False)] = None,
    limit: Annotated[int, typer.Option(help="最多几张")] = 50,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出工单，新的在前。"""
    from assistant.workorder.types import OrderFilter, order_to_dict

    with _orders(data) as orders:
        now = orders.clock.now()
        wanted = OrderFilter(stage=stage, form=form, overdue=overdue, due_hours=due_hours, limit=max(1, limit))
        found = [order_to_dict(order, now) for order in orders.list(wanted)]
    if as_json:
        print_json({"orders": found})
        return
    for one in found:
        late = "　超时" if one["overdue"] else ""
        head = f"{one['number']}　{one['form']}　{one['stage']}　{one['department']}　最迟 {one['limit_at']}{late}"
        out.print(head, markup=False, soft_wrap=True)
        out.print(f"　　{one['content']}", markup=False, soft_wrap=True)
    if not found:
        out.print("没有符合条件的工单")


@order_app.command("show")
@guarded
def show_order(
    number: Annotated[str, typer.Argument(help="工单编号")], *, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """查看一张工单和它的经过。"""
    from assistant.workorder.types import event_to_dict, order_to_dict

    with _orders(data) as orders:
        order, events = orders.show(number)
        shown = {**order_to_dict(order, orders.clock.now()), "events": [event_to_dict(event) for event in events]}
    if as_json:
        print_json(shown)
        return
    for name, value in shown.items():
        if name not in ("events", "fields", "details"):
            out.print(f"{name}：{value}", markup=False)
    for part in ("fields", "details"):
        for name, value in shown[part].items():
            out.print(f"　{name}：{value}", markup=False)
    for event in shown["events"]:
        out.print(f"{event['at']}　{event['account']}　{event['kind']}　{event['note']}", markup=False)


@order_app.command("promote")
@guarded
def promote(
    number: Annotated[str, typer.Argument(help="工单编号")],
    *,
    account: AccountOption,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """把已归档、客户满意的工单转成知识草稿；姓名、电话、户号、地址先去掉，可见范围先为内部。"""
    with learning_as(data, account, write=True) as (learning, person):
        made = learning.promotion.promote(person, number)
    if as_json:
        print_json(made)
        return
    out.print(f"已存为草稿 {made['entry_id']} 第 {made['version']} 版", markup=False)
    out.print(f"问：{made['question']}\n答：{made['answer']}", markup=False, soft_wrap=True)
    if made["masked"]:
        out.print(f"请改写这些已去掉的地方：{'、'.join(made['masked'])}", markup=False, soft_wrap=True)
