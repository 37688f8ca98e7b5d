"""Filing, finding and moving orders: one transaction per call, at the clock in force."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from assistant.errors import RequestInvalid
from assistant.workorder import store
from assistant.workorder.advice import Adviser, Intake
from assistant.workorder.errors import KeyReused, OrderMissing, StageInvalid
from assistant.workorder.types import (
    EVERYTHING,
    PERSONAL,
    STAGES,
    STEPS,
    Decision,
    Earlier,
    Order,
    OrderEvent,
    OrderFilter,
    Scope,
    Stage,
)
from kb.domain.clock import Clock
from kb.domain.errors import StaleVersion
from kb.domain.suggestion import Suggestion, WorkOrderAdvice
from kb.store.database import Database
from kb.text.normalise import printable

REPEAT_HOURS = 48
ANONYMOUS_FIELD, YES = "是否匿名", "是"
DANGER_RULE = "W02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What an agent sends: the suggestion it comes from, what was filled in by hand, and a decision of their own.

    `key` makes a repeated post harmless; `digest` tells whether the repetition says the same. `needed` and `form` are
    the agent's decision, `None` where they follow the advice; `reason` is due when the two differ. `team` is the
    account's department.
    """

    account: str
    team: str = ""
    key: str
    digest: str
    suggestion: Suggestion
    facts: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    region: str | None = None
    needed: bool | None = None
    form: str | None = None
    reason: str = ""
    related: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """The order filed, or none when the decision was not to; `again` when an earlier post had done it already."""

    order: Order | None
    missing: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """All that faces do with orders. `database` must be open for writing to file or move one."""

    database: Database
    adviser: Adviser
    masker: Callable[[str], str]
    clock: Clock

    def file(self, filing: Filing) -> Filed:
        """File an order, or record the decision not to. Posting the same again returns the same order.

        Raises:
            RequestInvalid: a decision against the advice without a reason, an unknown form or field, a bad number.
            KeyReused: the key was used for something else.
        """
        now = self.clock.now()
        decision = self._decision(filing, now)
        order, missing = self._order(filing, decision, now) if decision.needed else (None, ())

        def job(connection: Connection) -> Filed:
            before = store.decided(connection, filing.account, filing.key)
            if before is not None:
                if before[0] != filing.digest:
                    raise KeyReused("这个 key 已经用于另一份内容")
                return Filed(order=before[1], missing=missing, again=True)
            made = store.insert_order(connection, order) if order is not None else None
            store.insert_decision(connection, decision, made.order_id if made else None)
            if made is not None:
                note = f"改判：{self._masked(filing.reason)}" if decision.overridden else ""
                event = OrderEvent(at=now, account=filing.account, kind="受理", stage_to="受理", note=note)
                store.insert_event(connection, made.order_id, event)
            return Filed(order=made, missing=missing)

        return self.database.write(job)

    def draft(self, form: str, suggestion: Suggestion, facts: Mapping[str, str], region: str | None) -> WorkOrderAdvice:
        """Return a form an agent chose themselves, half filled from the call as an advised one is.

        Raises:
            RequestInvalid: there is no such form.
        """
        if form not in self.adviser.forms:
            raise RequestInvalid("工单种类不认识", hint=f"可用：{'、'.join(self.adviser.forms)}")
        return self._prepared(form, suggestion, facts, region, self.clock.now())

    def show(self, number: str, *, scope: Scope = EVERYTHING) -> tuple[Order, list[OrderEvent]]:
        """Return an order with its events.

        Raises:
            OrderMissing: no such order within the scope.
        """
        with self.database.read() as connection:
            order = self._found(connection, number, scope)
            return order, store.events_of(connection, order.order_id)

    def list(self, wanted: OrderFilter, *, scope: Scope = EVERYTHING) -> list[Order]:
        """Return the orders of a scope.

        Raises:
            RequestInvalid: an unknown stage or form.
        """
        if wanted.stage is not None and wanted.stage not in STAGES:
            raise RequestInvalid("环节不认识", hint=f"可用：{'、'.join(STAGES)}")
        if wanted.form is not None and wanted.form not in self.adviser.forms:
            raise RequestInvalid("工单种类不认识", hint=f"可用：{'、'.join(self.adviser.forms)}")
        with self.database.read() as connection:
            return store.list_orders(connection, wanted, self.clock.now(), scope)

    def move(
        self,
        number: str,
        to: str,
        *,
        version: int,
        account: str,
        note: str = "",
        satisfied: bool | None = None,
        scope: Scope = EVERYTHING,
    ) -> Order:
        """Put an order to its next stage; `satisfied` is what the caller said when it is closed.

        Raises:
            OrderMissing: no such order within the scope.
            StageInvalid: `to` does not follow the stage it stands at.
            StaleVersion: it was changed since `version`.
        """
        now = self.clock.now()

        def job(connection: Connection) -> Order:
            order = self._found(connection, number, scope)
            if order.version != version:
                raise StaleVersion(f"工单已是第 {order.version} 版", current=order.version)
            stage = next((step for step in STEPS[order.stage] if step == to), None)
            if stage is None:
                raise StageInvalid(f"工单在“{order.stage}”，不能到这个环节")
            return self._moved(connection, order, stage, OrderEvent(
                at=now, account=account, kind="流转", stage_from=order.stage, stage_to=stage, note=self._masked(note),
                satisfied=satisfied if stage == "归档" else None,
            ))  # fmt: skip

        return self.database.write(job)

    def earlier(self, phone: str, account_no: str, *, scope: Scope = EVERYTHING) -> Earlier:
        """Return what the same phone or 户号 filed within 48 hours in a scope, and the fields known from it."""
        if not phone and not account_no:
            return Earlier()
        since = self.clock.now() - dt.timedelta(hours=REPEAT_HOURS)
        with self.database.read() as connection:
            orders = store.orders_of(connection, phone, account_no, since, scope)
        known: dict[str, str] = {}
        for order in orders:
            if not order.anonymous:
                known = {**order.fields, **known}
        return Earlier(orders=tuple(orders), known=known)

    def _masked(self, text: str) -> str:
        """Return text without personal data, however it is hidden: full-width digits, invisible characters between.

        Widths are folded only where something hides in them; it would turn every Chinese comma into a plain one.
        """
        kept = self.masker(printable(text))
        folded = unicodedata.normalize("NFKC", kept)
        masked = self.masker(folded)
        return kept if masked == folded else masked

    def _moved(self, connection: Connection, order: Order, stage: Stage, event: OrderEvent) -> Order:
        moved = store.move(connection, order, stage, at=event.at)
        store.insert_event(connection, order.order_id, event)
        return moved

    def _found(self, connection: Connection, number: str, scope: Scope) -> Order:
        order = store.find_order(connection, number, scope)
        if order is None:
            raise OrderMissing("没有这张工单")
        return order

    def _decision(self, filing: Filing, now: dt.datetime) -> Decision:
        advice = filing.suggestion.work_order
        needed = advice.needed if filing.needed is None else filing.needed
        form = (filing.form or advice.form) if needed else None
        if needed and form not in self.adviser.forms:
            raise RequestInvalid(
                "建议是不派单，没有指明要哪种工单" if form is None else "工单种类不认识",
                hint=f"要派单请写 form 和 reason；可用：{'、'.join(self.adviser.forms)}",
            )
        decision = Decision(
            at=now,
            account=filing.account,
            key=filing.key,
            digest=filing.digest,
            text_masked=self._masked(filing.suggestion.text),
            release=filing.suggestion.release,
            rules=advice.rules,
            advised_needed=advice.needed,
            advised_form=advice.form,
            needed=needed,
            form=form,
            reason=self._masked(filing.reason.strip()),
        )
        if decision.overridden and not decision.reason:
            raise RequestInvalid("与建议不同的决定要写明理由", hint="请在 reason 里写为什么改判")
        return decision

    def _prepared(
        self, form: str, suggestion: Suggestion, facts: Mapping[str, str], region: str | None, now: dt.datetime
    ) -> WorkOrderAdvice:
        category = suggestion.categories[0].label if suggestion.categories else ""
        return self.adviser.prepare(
            form, Intake(said=suggestion.text, category=category, accepted=now, region=region), facts
        )

    def _order(self, filing: Filing, decision: Decision, now: dt.datetime) -> tuple[Order, tuple[str, ...]]:
        suggestion = filing.suggestion
        category = suggestion.categories[0].label if suggestion.categories else ""
        made = self._prepared(str(decision.form), suggestion, filing.facts, filing.region, now)
        due = made.due or {}
        draft = {**made.draft, **self.adviser.checked(str(decision.form), filing.fields)}
        anonymous = draft.get(ANONYMOUS_FIELD) == YES
        personal = {name: text for name, text in draft.items() if name in PERSONAL}
        kept = {name: text for name, text in personal.items() if PERSONAL[name] == "address"} if anonymous else personal
        content = self.adviser.content_field(str(decision.form))
        details = {n: self._masked(t) for n, t in draft.items() if n not in PERSONAL and n != content}
        order = Order(
            number="",
            form=str(decision.form),
            stage="受理",
            version=1,
            call_type=suggestion.call_type.label,
            category=category,
            region=filing.region or "",
            department=made.department or "",
            urgent=DANGER_RULE in suggestion.work_order.rules,
            anonymous=anonymous,
            fields=kept,
            content=self._masked(draft.get(content, "")),
            details=details,
            reason=decision.reason if decision.overridden else suggestion.work_order.reason,
            rules=decision.rules,
            release=suggestion.release,
            created_by=filing.account,
            team=filing.team,
            related=filing.related,
            accepted_at=now,
            target_at=dt.datetime.fromisoformat(due["target"]),
            limit_at=dt.datetime.fromisoformat(due["limit"]),
            provisional=bool(due["provisional"]),
        )
        return order, tuple(name for name in self.adviser.asked(str(decision.form)) if name not in draft)
