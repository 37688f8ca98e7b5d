"""The curator's desk: every step of the life cycle with its permission, and publication through the gate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import Connection

from assistant.accounts.types import Account, Action
from assistant.audit.chain import Event
from assistant.audit.store import append
from assistant.editing.gate import Gate, GateReport
from assistant.editing.intake import known_entries, take_in, wanted_of
from assistant.editing.reach import reaches, require_free, require_own, require_reach
from assistant.editing.scope import confined
from assistant.errors import NotAllowed
from ingest.exchange.planning import ImportPlan, Known
from kb.curation import lifecycle
from kb.curation.library import Candidate, Library, Publish, Select, Tick, publication
from kb.curation.lifecycle import Decision, Ref
from kb.curation.people import PersonOf
from kb.curation.standing import Standing, Wanted, standing_page, standings
from kb.domain.clock import Clock
from kb.domain.errors import GateBlocked, InvalidRecord
from kb.domain.knowledge import Document, Entry, Release
from kb.store import records, releases, reviews
from kb.store.lineage import newest
from kb.store.records import Ready
from kb.store.releases import Origin
from kb.store.reviews import Review
from kb.store.versions import DOCUMENTS, ENTRIES, Change, Versions

SCHEDULE = "定时发布"
TRIAL = "试用"
Step = Callable[[Connection, Ref], None]
Made = TypeVar("Made", int, int | None)


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
        """Draft an entry; see `lifecycle.save`.

        Raises:
            NotFound: the entry is not within the account's reach.
            InvalidRecord: it would not be, or its id belongs to one that is not.
        """
        change = self._change(account, "edit", reason)
        require_own(account, entry)

        def job(connection: Connection) -> int:
            if expected:
                require_reach(connection, account, "entry", entry.entry_id)
            else:
                require_free(connection, account, entry.entry_id)
            version = lifecycle.save(connection, entry, change, expected=expected)
            self._trace(connection, change, "save", entry.entry_id, version)
            return version

        return self._library.database.write(job)

    def withdraw(self, account: Account, entry_id: str, *, expected: int, reason: str) -> int:
        """Draft a withdrawal; see `lifecycle.withdraw`."""
        change = self._change(account, "edit", reason)
        return self._on_entry(
            account, entry_id, "withdraw", change, lambda c: lifecycle.withdraw(c, entry_id, change, expected=expected)
        )

    def restore(
        self, account: Account, entry_id: str, version: int, *, reason: str, expected: int | None = None
    ) -> int:
        """Draft an earlier version again; see `lifecycle.restore`."""
        change = self._change(account, "edit", reason)
        return self._on_entry(
            account,
            entry_id,
            "restore",
            change,
            lambda c: lifecycle.restore(c, entry_id, version, change, expected=expected),
        )

    def archive(self, account: Account, entry_id: str, *, reason: str, expected: int | None = None) -> None:
        """Archive a withdrawn or expired entry; see `lifecycle.put_away`."""
        change = self._change(account, "edit", reason)

        def away(connection: Connection) -> int | None:
            lifecycle.put_away(connection, entry_id, change, today=change.at.date(), expected=expected)
            return expected

        self._on_entry(account, entry_id, "archive", change, away)

    def known(self) -> dict[str, Known]:
        """Return every entry's newest version, as an import compares with it."""
        with self._library.database.read() as connection:
            return known_entries(connection)

    def bring_in(
        self,
        account: Account,
        plan: ImportPlan,
        *,
        reason: str,
        only: Collection[str] | None = None,
        tick: Tick = lambda _n: None,
    ) -> list[Decision]:
        """Draft everything an import plans, or `only` some of its ids, in one transaction; see `take_in`."""
        change = self._change(account, "edit", reason)
        wanted = wanted_of(plan, only)

        def job(connection: Connection) -> list[Decision]:
            decisions = take_in(connection, account, wanted, change, tick)
            done = sum(one.error is None for one in decisions)
            self._trace(connection, change, "import", f"{done} 条", None)
            return decisions

        return self._library.database.write(job)

    def submit(self, account: Account, refs: Sequence[Ref]) -> list[Decision]:
        """Put drafts forward for review, each by itself."""
        change = self._change(account, "edit", "送审")
        return self._in_bulk(
            account, refs, "submit", change, lambda c, ref: lifecycle.submit(c, ref, by=account.name, at=change.at)
        )

    def approve(
        self, account: Account, refs: Sequence[Ref], *, note: str = "", publish_at: dt.datetime | None = None
    ) -> list[Decision]:
        """Approve what waits, each by itself; nobody approves what they wrote, in bulk neither."""
        change = self._change(account, "publish", note.strip() or "批准")
        return self._in_bulk(
            account,
            refs,
            "approve",
            change,
            lambda c, ref: lifecycle.approve(
                c, ref, by=account.name, at=change.at, person_of=self._person_of, note=note, publish_at=publish_at
            ),
        )

    def reject(self, account: Account, refs: Sequence[Ref], *, note: str) -> list[Decision]:
        """Send back what waits, each by itself."""
        change = self._change(account, "publish", note.strip() or "退回")
        return self._in_bulk(
            account,
            refs,
            "reject",
            change,
            lambda c, ref: lifecycle.reject(c, ref, by=account.name, at=change.at, note=note),
        )

    def publish(
        self, account: Account, *, note: str = "", override: str = "", tick: Tick = lambda _n: None
    ) -> Published:
        """Publish what is approved, due and within the account's reach, through the gate.

        Raises:
            GateBlocked: golden questions or cases get worse and `override` does not say why that is accepted.
            StaleVersion: somebody changed something meanwhile; nothing was published.
        """
        at = self._change(account, "publish", note or "发布").at
        return self.release(account.name, self.due(at, account), note=note or "发布", override=override, tick=tick)

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

    def withdraw_now(self, account: Account, entry_id: str, *, reason: str, expected: int | None = None) -> Published:
        """Take an entry down at once: a reviewer's emergency brake, past review and gate, because it only removes.

        Raises:
            WrongState: nothing of it is published, or it is being withdrawn already.
            StaleVersion: `expected` is given and somebody saved since.
        """
        change = self._change(account, "publish", reason)

        def draft(connection: Connection) -> int:
            version = lifecycle.head_of(connection, entry_id).version if expected is None else expected
            return lifecycle.withdraw(connection, entry_id, change, expected=version)

        version = self._on_entry(account, entry_id, "withdraw", change, draft)
        note = f"下线 {entry_id}：{change.reason}"
        candidate = self._library.prepare(
            publication(at=change.at, note=note, select=lambda c: Ready(entries=_alone(c, ENTRIES, entry_id, version)))
        )
        return self._commit(candidate, Origin(action="withdraw", account=account.name), GateReport())

    def announce(self, account: Account, document: Document, *, expected: int, reason: str, origin: str) -> Published:
        """Publish one outage notice at once, past review and gate: it is news, not wording, and no ranked answer.

        Drafting and publishing are one transaction, so that no draft of it ever waits.

        Raises:
            StaleVersion: somebody changed it since version `expected`.
        """
        change = replace(self._change(account, "outage", reason), origin=origin)

        def publish(connection: Connection) -> Release:
            version = records.put_document(connection, document, change, expected=expected)
            ready = Ready(documents=_alone(connection, DOCUMENTS, document.document_id, version))
            return records.publish(connection, at=change.at, note=f"{document.title}：{change.reason}", ready=ready)

        candidate = self._library.prepare(publish)
        return self._commit(candidate, Origin(action="outage", account=account.name), GateReport())

    def trial(self, entry: Entry) -> GateReport:
        """Return what golden questions would lose if `entry` were published now; nothing is kept of the attempt."""

        def publish(connection: Connection) -> Release:
            head = newest(connection, ENTRIES, [entry.entry_id]).get(entry.entry_id)
            change = Change(author=TRIAL, reason=TRIAL, at=self._clock.now())
            version = records.put_entry(connection, entry, change, expected=head.version if head else 0)
            ready = Ready(entries=_alone(connection, ENTRIES, entry.entry_id, version))
            return records.publish(connection, at=change.at, note=TRIAL, ready=ready)

        candidate = self._library.prepare(publish)
        try:
            return self._gate.compare(self._library.shelf, candidate.shelf)
        finally:
            self._library.discard(candidate)

    def roll_back(self, account: Account, target: int, *, reason: str, tick: Tick = lambda _n: None) -> Published:
        """Bring back what release `target` held, as the next release; past the gate, because it passed before.

        Raises:
            NotFound: no such release.
            NotAllowed: the account is confined to a department or region; a roll-back reaches beyond both.
        """
        change = self._change(account, "publish", reason)
        if confined(account):
            raise NotAllowed("回滚会动到全部知识，请由不限部门和地区的审核人操作")
        dropped: list[tuple[str, int]] = []

        def back(connection: Connection) -> Release:
            done = releases.roll_back(connection, target, change, note=f"回滚到第 {target} 版：{reason}")
            dropped[:] = done.dropped
            return done.release

        candidate = self._library.prepare(back, tick)
        origin = Origin(action="rollback", account=account.name, basis=target)
        return replace(self._commit(candidate, origin, GateReport()), dropped=tuple(dropped))

    def due(self, at: dt.datetime, account: Account | None = None) -> Select:
        """Return the choice of everything approved whose moment has come, and that an account reaches."""
        if account is None:
            return lambda connection: reviews.approved_drafts(connection, at=at)
        return lambda connection: reviews.approved_drafts(
            connection, at=at, wanted=lambda kind, item: reaches(connection, account, kind, item)
        )

    def _commit(self, candidate: Candidate, origin: Origin, report: GateReport) -> Published:
        release = self._library.commit(with_origin(candidate, origin, self._clock.now()))
        return Published(release=release, changed=candidate.changes, gate=report)

    def _on_entry(
        self, account: Account, entry_id: str, action: str, change: Change, step: Callable[[Connection], Made]
    ) -> Made:
        """Take a step on an entry within the account's reach; it returns the version it made or was about."""

        def job(connection: Connection) -> Made:
            require_reach(connection, account, "entry", entry_id)
            version = step(connection)
            self._trace(connection, change, action, entry_id, version)
            return version

        return self._library.database.write(job)

    def _in_bulk(
        self, account: Account, refs: Sequence[Ref], action: str, change: Change, step: Step
    ) -> list[Decision]:
        def taken(connection: Connection, ref: Ref) -> None:
            require_reach(connection, account, ref.kind, ref.item_id)
            step(connection, ref)
            self._trace(connection, change, action, ref.item_id, ref.version, kind=ref.kind)

        return self._library.database.write(lambda c: lifecycle.in_bulk(list(refs), lambda ref: taken(c, ref)))

    @staticmethod
    def _trace(
        connection: Connection, change: Change, action: str, target: str, version: int | None, *, kind: str = "entry"
    ) -> None:
        """Note a step in the audit chain, in its own transaction."""
        event = Event(
            actor=change.author, action=f"{kind}.{action}", target=target, version=version, detail=change.reason[:200]
        )
        append(connection, event, at=change.at)

    def _change(self, account: Account, action: Action, reason: str) -> Change:
        if not account.may(action):
            raise NotAllowed(f"{account.name}（{account.role}）没有这个权限", hint="请由有相应权限的账号操作")
        if not reason.strip():
            raise InvalidRecord("请写明原因", hint="用 --reason 写一句为什么")
        return Change(author=account.name, reason=reason.strip(), at=self._clock.now())


def _alone(connection: Connection, versions: Versions, item_id: str, version: int) -> frozenset[int]:
    """Return the key of one draft, to be published by itself."""
    return frozenset(pk for pk, *key, _ in versions.drafts(connection) if key == [item_id, version])


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
