"""Learning over a desk with real records and a real index; agents' words are put straight into the log."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from assistant.api.store import LogRow, insert_suggestions
from assistant.calls import store as calls
from assistant.calls.types import Feedback, FeedbackKind
from assistant.learning.service import Learning
from assistant.services import build_learning
from assistant.workorder.advice import load_adviser
from assistant.workorder.service import Orders
from kb.store.database import Database
from kb.text.masking import load_masker
from kb.text.rulefiles import RuleFiles
from tests.assistant.editing.conftest import Office, gold, office, open_office, parts

__all__ = ["gold", "office", "open_office", "parts"]


@dataclass
class School:
    """An office that learns."""

    office: Office
    learning: Learning
    orders: Orders
    tokens: int = 0

    @property
    def database(self) -> Database:
        return self.office.library.database

    def later(self, **span: float) -> None:
        self.office.clock.moment += dt.timedelta(**span)

    def log(self, text: str, *, account: str = "张三", band: str = "low", **more: Any) -> None:
        """Put a suggestion into the log as the journal would."""
        told = [{"notice_id": number, "starts": "", "ends": ends} for number, ends in more.pop("told", {}).items()]
        row = LogRow(
            at=self.office.clock.now(),
            text_masked=text,
            facts="{}",
            as_of="2026-11-22",
            release=1,
            band=band,
            answers="[]",
            took_ms=1,
            account=account,
            call_id=more.pop("call", ""),
            outages=json.dumps(told),
        )
        self.database.write(lambda connection: insert_suggestions(connection, [row]))

    def tell(self, kind: FeedbackKind, text: str, *, account: str = "张三", entry_id: str = "") -> None:
        """Keep feedback."""
        self.tokens += 1
        given = Feedback(token=f"token-{self.tokens:08d}", kind=kind, text=text, facts={}, release=1, as_of="",
                         entry_id=entry_id, note="")  # fmt: skip
        at = self.office.clock.now()
        self.database.write(lambda c: calls.insert_feedback(c, given, account=account, department="", at=at))

    def audited(self, action: str) -> list[str]:
        from assistant.audit.store import walk

        with self.database.read() as connection:
            return [noted.event.detail for noted in walk(connection) if noted.event.action == action]


@pytest.fixture
def school(office: Office, rule_files: RuleFiles) -> School:
    database, masker = office.library.database, load_masker(rule_files)
    orders = Orders(database=database, adviser=load_adviser(rule_files), masker=masker, clock=office.clock)
    learning = build_learning(rule_files, office.library, office.desk, office.assistant, orders)
    return School(office=office, learning=learning, orders=orders)


def confined(account: Any, **place: str) -> Any:
    return replace(account, **place)
