"""From a closed order whose caller was satisfied to a draft entry, without anything that names the caller."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.accounts.types import Account
from assistant.audit.chain import Event
from assistant.audit.store import append
from assistant.editing.desk import Desk
from assistant.learning.permission import require_edit
from assistant.workorder.service import Orders
from assistant.workorder.types import Order, OrderEvent, OrderFilter, Scope
from kb.domain.errors import WrongState
from kb.domain.knowledge import MAX_ANSWER, MAX_QUESTION, Branch, Entry, Source

PREFIX = "GD"
MOST = 200
PLACEHOLDER = re.compile(r"〔[^〕]{1,20}〕")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """Turns orders into drafts. The draft is 内部 until its curator says otherwise."""

    orders: Orders
    desk: Desk
    masker: Callable[[str], str]

    def promote(self, account: Account, number: str) -> Json:
        """Draft an entry from an order: its content is the question, the reply the answer.

        Returns:
            `entry_id`, `version`, `question`, `answer`, and `masked`: which placeholders stand in the texts, so that
            the curator rewrites those places.

        Raises:
            NotAllowed: the account may not.
            OrderMissing: no such order within the account's department and region.
            WrongState: it is not closed or anonymous, its caller was not satisfied, or nothing was answered.
            StaleVersion: it was promoted before.
        """
        require_edit(account)
        order, events = self.orders.show(number, scope=_scope(account))
        question, answer = self._texts(order, events)
        entry = Entry(
            entry_id=f"{PREFIX}{order.number}",
            kind="标问",
            question=question[:MAX_QUESTION],
            branches=(Branch(answer=answer[:MAX_ANSWER]),),
            categories=(order.category,) if order.category else (),
            sources=(Source(document=f"工单 {order.number}"),),
            owner=account.department,
            visibility="内部",
        )
        version = self.desk.save(account, entry, expected=0, reason=f"由工单 {order.number} 转来")
        self._trace(account, entry.entry_id, order)
        texts = {"question": entry.question, "answer": entry.branches[0].answer}
        masked = sorted(set(PLACEHOLDER.findall(question + answer)))
        return {"entry_id": entry.entry_id, "version": version, **texts, "masked": masked}

    def candidates(self, account: Account) -> list[Json]:
        """Return the orders an account may promote: closed of late, caller satisfied, answered, not promoted before.

        Returns:
            The newest first: `number`, `form`, `category`, `closed_at`, and `question` and `answer` as the draft would
            have them, without what names the caller.

        Raises:
            NotAllowed: the account may not.
        """
        require_edit(account)
        found = []
        for order in self.orders.list(OrderFilter(stage="归档", limit=MOST), scope=_scope(account)):
            try:
                question, answer = self._texts(*self.orders.show(order.number))
            except WrongState:
                continue
            closed = order.closed_at.isoformat(timespec="minutes") if order.closed_at else ""
            found.append({"number": order.number, "form": order.form, "category": order.category, "closed_at": closed,
                          "question": question, "answer": answer})  # fmt: skip
        drafted = {standing.entry_id for standing in self.desk.standings([PREFIX + row["number"] for row in found])}
        return [row for row in found if PREFIX + row["number"] not in drafted]

    def _texts(self, order: Order, events: list[OrderEvent]) -> tuple[str, str]:
        """Return question and answer of an order without what names the caller.

        Raises:
            WrongState: see `promote`.
        """
        reply = _answer_of(order, events)
        places = {name: value for name, value in order.details.items() if "地址" in name}
        question, answer = (self._clean(text, {**places, **order.fields}) for text in (order.content, reply))
        if not (question and answer):
            raise WrongState("工单没有写明客户的问题或答复", hint="没有内容可以转成条目")
        return question, answer

    def _clean(self, text: str, fields: Mapping[str, str]) -> str:
        """Mask a text: first what the order's own named columns hold, then what the rules know."""
        for name, value in sorted(fields.items(), key=lambda item: -len(item[1])):
            if len(value.strip()) >= 2:
                text = text.replace(value.strip(), f"〔{name}〕")
        return " ".join(self.masker(text).split())

    def _trace(self, account: Account, entry_id: str, order: Order) -> None:
        at = self.orders.clock.now()
        event = Event(actor=account.name, action="order.promote", target=order.number, version=1, detail=entry_id)
        self.orders.database.write(lambda connection: append(connection, event, at=at))


def _scope(account: Account) -> Scope:
    """Return whose orders become an account's drafts: as for looking at them, its department's and region's."""
    return Scope(department=account.department, region=account.region)


def _answer_of(order: Order, events: list[OrderEvent]) -> str:
    """Return what the caller was answered.

    Raises:
        WrongState: the order is not closed, its caller was not satisfied, or wished to stay unnamed: then no column
            holds the name that would have to be masked.
    """
    if order.anonymous:
        raise WrongState("匿名的工单不能转成条目", hint="请照它的内容另写一条")
    if order.stage != "归档":
        raise WrongState("工单还没有归档", hint="归档并回访满意后才能转成条目")
    closing = next((event for event in reversed(events) if event.stage_to == "归档"), None)
    if closing is None or closing.satisfied is not True:
        raise WrongState("工单没有记下客户满意", hint="归档时写明 satisfied")
    return next((event.note for event in reversed(events) if event.stage_to == "答复" and event.note), "")
