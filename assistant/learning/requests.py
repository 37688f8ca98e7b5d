"""Requests from agents on their way 坐席 → 班组长 → 知识采编: one transaction per call, each with its audit event."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection

from assistant.accounts.types import Account
from assistant.audit.chain import Event
from assistant.audit.store import append
from assistant.errors import NotAllowed, RequestInvalid
from assistant.learning import request_store as store
from assistant.learning.errors import RequestMissing, StepInvalid
from assistant.learning.request_rules import CLOSED, FIRST, RequestRules
from assistant.learning.request_store import Asked, Done, RequestFilter
from kb.domain.clock import Clock
from kb.domain.errors import StaleVersion
from kb.store.database import Database
from kb.text.normalise import printable

SUBMITTED, SENT = "提交", "坐席"
MAX_TEXT, MAX_NOTE, MAX_ID = 5_000, 500, 140
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """What an agent hands in, not masked yet. `kind` is one of the trade's feedback types."""

    kind: str
    text: str
    note: str = ""
    entry_id: str = ""
    release: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """All that faces do with requests. `database` must be open for writing to hand one in or take a step."""

    database: Database
    rules: RequestRules
    masker: Callable[[str], str]
    clock: Clock

    def submit(self, account: Account, new: NewRequest) -> Asked:
        """Hand a request in; it waits for the team lead.

        Raises:
            NotAllowed: the account may not.
            RequestInvalid: the kind is unknown, or there are no words.
        """
        if not account.may("suggest"):
            raise NotAllowed("没有这个权限")
        return self.database.write(lambda connection: self.open(connection, account, new))

    def open(self, connection: Connection, account: Account, new: NewRequest) -> Asked:
        """Add a request in its caller's transaction; see `submit`."""
        if new.kind not in self.rules.kinds:
            raise RequestInvalid("反馈类型不认识", hint=f"可用：{'、'.join(self.rules.kinds)}")
        text = self._masked(new.text, MAX_TEXT)
        if not text.strip():
            raise RequestInvalid("没有可读的文字", hint="请写下客户说了什么")
        at = self.clock.now()
        asked = Asked(
            number="",
            at=at,
            account=account.name,
            department=account.department,
            kind=new.kind,
            text=text,
            note=self._masked(new.note, MAX_NOTE),
            entry_id=self._masked(new.entry_id, MAX_ID),
            release=new.release,
            stage=FIRST,
            stage_at=at,
        )
        made = store.insert_request(connection, self._clocked(asked))
        done = Done(
            at=at, account=account.name, step=SUBMITTED, stage_from=SENT, stage_to=FIRST, late=False, note=made.note
        )
        self._note(connection, made, done)
        return made

    def step(
        self, account: Account, number: str, name: str, *, version: int, note: str = "", entry_id: str = ""
    ) -> Asked:
        """Take a step.

        Raises:
            RequestMissing: no such request, or not for this account.
            StepInvalid: it does not start where the request stands.
            NotAllowed: this account may not take it.
            RequestInvalid: the step needs words.
            StaleVersion: it was changed since `version`.
        """

        def job(connection: Connection) -> Asked:
            before = self._found(connection, account, number)
            if before.version != version:
                raise StaleVersion(f"反馈 {number} 已被别人处理过", current=before.version)
            after, done = self._taken(account, before, name, note)
            after = replace(after, entry_id=self._masked(entry_id, MAX_ID) or after.entry_id)
            store.move(connection, before, after)
            self._note(connection, after, done)
            return after

        return self.database.write(job)

    def list(self, account: Account, wanted: RequestFilter) -> list[Json]:
        """Return an account's own requests, or its team's, each with the steps open to the account.

        Raises:
            RequestInvalid: an unknown stage or kind.
        """
        for value, known, name in (
            (wanted.stage, self.rules.stages, "环节"),
            (wanted.kind, self.rules.kinds, "反馈类型"),
        ):
            if value and value not in known:
                raise RequestInvalid(f"{name}不认识", hint=f"可用：{'、'.join(known)}")
        team = account.may("team")
        mine = replace(
            wanted,
            account=wanted.account if team else account.name,
            department=account.department if team else "",
        )
        with self.database.read() as connection:
            found = store.list_requests(connection, mine, self.clock.now())
        return [self.row(account, asked) for asked in found]

    def show(self, account: Account, number: str) -> Json:
        """Return one request with the steps taken.

        Raises:
            RequestMissing: no such request, or not for this account.
        """
        with self.database.read() as connection:
            asked = self._found(connection, account, number)
            taken = store.done_to(connection, asked.request_id)
        return {**self.row(account, asked), "events": [done_to_dict(done) for done in taken]}

    def row(self, account: Account, asked: Asked) -> Json:
        """Return a request as JSON, with what the account may do about it."""
        now, own = self.clock.now(), asked.account == account.name
        target, limit = self.rules.text(asked.stage)
        moments = {
            name: value.isoformat(timespec="minutes") if (value := getattr(asked, name)) else None
            for name in ("at", "stage_at", "target_at", "limit_at", "closed_at")
        }
        plain = ("number", "account", "department", "kind", "text", "note", "entry_id", "release", "stage", "version")
        steps = self.rules.open_steps(asked.stage, account, own=own)
        return {
            **{name: getattr(asked, name) for name in (*plain, "reply", "provisional")},
            **moments,
            "target_text": target,
            "limit_text": limit,
            "overdue": asked.overdue(now),
            "behind": asked.behind(now),
            "own": own,
            "steps": [{"name": step.name, "to": step.after, "say": step.say} for step in steps],
        }

    def _taken(self, account: Account, before: Asked, name: str, note: str) -> tuple[Asked, Done]:
        step = self.rules.step(before.stage, name)
        if step is None:
            raise StepInvalid(f"反馈在“{before.stage}”，不能{name}")
        if not step.open_to(account, own=before.account == account.name):
            raise NotAllowed("没有这个权限")
        words = self._masked(note, MAX_NOTE).strip()
        if step.say and not words:
            raise RequestInvalid(f"{name}要写几句", hint="坐席要看得懂结果和理由")
        at = self.clock.now()
        after = replace(
            before,
            stage=step.after,
            version=before.version + 1,
            stage_at=at,
            reply=words if step.reply else before.reply,
            closed_at=at if step.after == CLOSED else None,
        )
        late = before.overdue(at)
        done = Done(
            at=at,
            account=account.name,
            step=step.name,
            stage_from=before.stage,
            stage_to=step.after,
            late=late,
            note=words,
        )
        return self._clocked(after), done

    def _clocked(self, asked: Asked) -> Asked:
        clocks = self.rules.clocks(asked.stage, asked.stage_at)
        if clocks is None:
            return replace(asked, target_at=None, limit_at=None, provisional=False)
        return replace(asked, target_at=clocks.target, limit_at=clocks.limit, provisional=clocks.provisional)

    def _found(self, connection: Connection, account: Account, number: str) -> Asked:
        asked = store.find_request(connection, number)
        if asked is None or not (asked.account == account.name or account.leads(asked.department)):
            raise RequestMissing("没有这条反馈")
        return asked

    def _note(self, connection: Connection, asked: Asked, done: Done) -> None:
        store.insert_done(connection, asked.request_id, done)
        event = Event(
            actor=done.account,
            action="request.step",
            target=asked.number,
            version=asked.version,
            detail=f"{done.step}：{done.stage_from} → {done.stage_to}",
        )
        append(connection, event, at=done.at)

    def _masked(self, text: str, most: int) -> str:
        if len(text) > most:
            raise RequestInvalid(f"文字过长（上限 {most} 字）")
        return self.masker(unicodedata.normalize("NFKC", printable(text)))


def done_to_dict(done: Done) -> Json:
    """Return a step taken as JSON."""
    return {**asdict(done), "at": done.at.isoformat(timespec="seconds")}
