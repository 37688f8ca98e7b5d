"""The curator's desk: every step of the life cycle with its permission, and publication through the gate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from assistant.accounts.types import Account, Action
from assistant.audit.chain import Event
from assistant.audit.store import append
from assistant.editing.gate import Gate, GateReport
from assistant.errors import NotAllowed
from ingest.exchange.planning import ImportPlan, Known
from kb.curation import lifecycle
from kb.curation.library import Candidate, Library, Publish, Select, Tick, publication
from kb.curation.lifecycle import Decision, Ref
from kb.curation.people import PersonOf
from kb.curation.standing import Standing, Wanted, standing_page, standings
from kb.domain.clock import Clock
from kb.domain.codec import entry_from_dict
from kb.domain.errors import GateBlocked, InvalidRecord
from kb.domain.knowledge import Entry, Release
from kb.store import releases, reviews
from kb.store.lineage import newest
from kb.store.records import Ready
from kb.store.releases import Origin
from kb.store.reviews import Review
from kb.store.versions import ENTRIES, Change

SCHEDULE = "定时发布"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A publication's outcome. `changed` is false when there was nothing to publish."""

    release: Release
    changed: bool
    gate: GateReport
    dropped: tuple[tuple[str, int], ...] = ()


class Desk:
    """One place where accounts change knowledge; every method is one transaction and checks its permission."""

    def __init__(self, library: Library, clock: Clock, person_of: PersonOf, gate: Gate) -> None:
        self._library = library
        self._clock = clock
        self._person_of = person_of
        self._gate = gate

    def standings(self, entry_ids: Sequence[str] | None = None) -> list[Standing]:
        """Return where entries stand today."""
        with self._library.database.read() as connection:
            return standings(connection, today=self._clock.now().date(), entry_ids=entry_ids)

    def page(self, *, stage: str, search: str, limit: int, offset: int = 0) -> list[Standing]:
        """Return one page of where entries stand; see `standing_page`."""
        wanted = Wanted(stage=stage, search=search, limit=limit, offset=offset)
        with self._library.database.read() as connection:
            return standing_page(connection, wanted, today=self._clock.now().date())

    def waiting(self) -> list[Review]:
        """Return what waits for review or for its moment, oldest first."""
        with self._library.database.read() as connection:
            return reviews.reviews_in(connection, "pending", "approved")

    def save(self, account: Account, entry: Entry, *, expected: int, reason: str) -> int:
        """Draft an entry; see `lifecycle.save`."""
        change = self._change(account, "edit", reason)
        return self._library.database.write(lambda c: lifecycle.save(c, entry, change, expected=expected))

    def withdraw(self, account: Account, entry_id: str, *, expected: int, reason: str) -> int:
        """Draft a withdrawal; see `lifecycle.withdraw`."""
        change = self._change(account, "edit", reason)
        return self._library.database.write(lambda c: lifecycle.withdraw(c, entry_id, change, expected=expected))

    def restore(self, account: Account, entry_id: str, version: int, *, reason: str) -> int:
        """Draft an earlier version again; see `lifecycle.restore`."""
        change = self._change(account, "edit", reason)
        return self._library.database.write(lambda c: lifecycle.restore(c, entry_id, version, change))

    def archive(self, account: Account, entry_id: str, *, reason: str) -> None:
        """Archive a withdrawn or expired entry; see `lifecycle.put_away`."""
        change = self._change(account, "edit", reason)
        today = change.at.date()
        self._library.database.write(lambda c: lifecycle.put_away(c, entry_id, change, today=today))

    def known(self) -> dict[str, Known]:
        """Return every entry's newest version, as an import compares with it."""
        with self._library.database.read() as connection:
            heads, away = newest(connection, ENTRIES), reviews.archived_items(connection)
        return {
            item: Known(
                entry=None if head.removal else entry_from_dict(head.payload),
                version=head.version,
                archived=item in away,
            )
            for item, head in heads.items()
        }

    def bring_in(
        self, account: Account, plan: ImportPlan, *, reason: str, tick: Tick = lambda _n: None
    ) -> list[Decision]:
        """Draft everything an import plans, in one transaction; what somebody changed meanwhile is reported."""
        change = self._change(account, "edit", reason)
        wanted = {line.entry_id: (line.entry, line.expected) for line in plan.lines if line.entry is not None}
        return self._library.database.write(lambda c: lifecycle.save_many(c, list(wanted.values()), change, tick))

    def submit(self, account: Account, refs: Sequence[Ref]) -> list[Decision]:
        """Put drafts forward for review, each by itself."""
        at = self._change(account, "edit", "送审").at
        return self._in_bulk(refs, lambda c, ref: lifecycle.submit(c, ref, by=account.name, at=at))

    def approve(
        self, account: Account, refs: Sequence[Ref], *, note: str = "", publish_at: dt.datetime | None = None
    ) -> list[Decision]:
        """Approve what waits, each by itself; nobody approves what they wrote, in bulk neither."""
        at = self._change(account, "publish", "批准").at
        return self._in_bulk(
            refs,
            lambda c, ref: lifecycle.approve(
                c, ref, by=account.name, at=at, person_of=self._person_of, note=note, publish_at=publish_at
            ),
        )

    def reject(self, account: Account, refs: Sequence[Ref], *, note: str) -> list[Decision]:
        """Send back what waits, each by itself."""
        at = self._change(account, "publish", "退回").at
        return self._in_bulk(refs, lambda c, ref: lifecycle.reject(c, ref, by=account.name, at=at, note=note))

    def publish(
        self, account: Account, *, note: str = "", override: str = "", tick: Tick = lambda _n: None
    ) -> Published:
        """Publish what is approved and due, through the gate.

        Raises:
            GateBlocked: golden questions or cases get worse and `override` does not say why that is accepted.
            StaleVersion: somebody changed something meanwhile; nothing was published.
        """
        at = self._change(account, "publish", note or "发布").at
        return self.release(account.name, self.due(at), note=note or "发布", override=override, tick=tick)

    def publish_due(self) -> Published | None:
        """Publish what was approved for a moment that has come; `None` when nothing was.

        Raises:
            GateBlocked: see `publish`; a reviewer has to look.
        """
        at = self._clock.now()
        with self._library.database.read() as connection:
            approved = reviews.reviews_in(connection, "approved")
        if not any(one.publish_at is not None and one.publish_at <= at for one in approved):
            return None
        return self.release(SCHEDULE, self.due(at), note=SCHEDULE)

    def release(
        self, name: str, select: Select, *, note: str, override: str = "", tick: Tick = lambda _n: None
    ) -> Published:
        """Publish some drafts through the gate, under a name; see `publish`."""
        candidate = self._library.prepare(publication(at=self._clock.now(), note=note, select=select), tick)
        try:
            report = self._judged(candidate, override.strip())
        except BaseException:
            self._library.discard(candidate)
            raise
        record = {**report.to_dict(), "override": override.strip()}
        return self._commit(candidate, Origin(action="publish", account=name, gate=record), report)

    def _judged(self, candidate: Candidate, override: str) -> GateReport:
        if not candidate.changes or candidate.base == 0:
            return GateReport()
        report = self._gate.compare(self._library.shelf, candidate.shelf)
        if report.worse and not override:
            raise GateBlocked(f"有 {len(report.worse)} 处会变差，没有发布", report=report.to_dict())
        return report

    def withdraw_now(self, account: Account, entry_id: str, *, reason: str) -> Published:
        """Take an entry down at once: a reviewer's emergency brake, past review and gate, because it only removes.

        Raises:
            WrongState: nothing of it is published, or it is being withdrawn already.
        """
        change = self._change(account, "publish", reason)

        def draft(connection: Connection) -> int:
            version = lifecycle.head_of(connection, entry_id).version
            return lifecycle.withdraw(connection, entry_id, change, expected=version)

        version = self._library.database.write(draft)
        candidate = self._library.prepare(
            publication(
                at=change.at,
                note=f"下线 {entry_id}：{change.reason}",
                select=lambda c: Ready(
                    entries=frozenset(pk for pk, *key, _ in ENTRIES.drafts(c) if key == [entry_id, version])
                ),
            )
        )
        return self._commit(candidate, Origin(action="withdraw", account=account.name), GateReport())

    def roll_back(self, account: Account, target: int, *, reason: str, tick: Tick = lambda _n: None) -> Published:
        """Bring back what release `target` held, as the next release; past the gate, because it passed before.

        Raises:
            NotFound: no such release.
        """
        change = self._change(account, "publish", reason)
        dropped: list[tuple[str, int]] = []

        def back(connection: Connection) -> Release:
            done = releases.roll_back(connection, target, change, note=f"回滚到第 {target} 版：{reason}")
            dropped[:] = done.dropped
            return done.release

        candidate = self._library.prepare(back, tick)
        origin = Origin(action="rollback", account=account.name, basis=target)
        published = self._commit(candidate, origin, GateReport())
        return Published(
            release=published.release, changed=published.changed, gate=published.gate, dropped=tuple(dropped)
        )

    def due(self, at: dt.datetime) -> Select:
        """Return the choice of everything approved whose moment has come."""
        return lambda connection: reviews.approved_drafts(connection, at=at)

    def _commit(self, candidate: Candidate, origin: Origin, report: GateReport) -> Published:
        release = self._library.commit(with_origin(candidate, origin, self._clock.now()))
        return Published(release=release, changed=candidate.changes, gate=report)

    def _in_bulk(self, refs: Sequence[Ref], step: Any) -> list[Decision]:  # noqa: ANN401 - (Connection, Ref) -> None
        return self._library.database.write(lambda c: lifecycle.in_bulk(list(refs), lambda ref: step(c, ref)))

    def _change(self, account: Account, action: Action, reason: str) -> Change:
        if not account.may(action):
            raise NotAllowed(f"{account.name}（{account.role}）没有这个权限", hint="请由有相应权限的账号操作")
        if not reason.strip():
            raise InvalidRecord("请写明原因", hint="用 --reason 写一句为什么")
        return Change(author=account.name, reason=reason.strip(), at=self._clock.now())


def with_origin(candidate: Candidate, origin: Origin, at: dt.datetime) -> Candidate:
    """Return a candidate whose publication also says how it came to be, and leaves its trace in the audit chain."""
    inner: Publish = candidate.publish

    def publish(connection: Connection) -> Release:
        made = inner(connection)
        releases.put_origin(connection, made.number, origin)
        event = Event(
            actor=origin.account,
            action=f"release.{origin.action}",
            target="知识",
            release=made.number,
            detail=made.note[:200],
        )
        append(connection, event, at=at)
        return made

    return replace(candidate, publish=publish)
