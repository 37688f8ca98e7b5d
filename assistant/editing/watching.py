"""The watchers' reports for an account, what it sets aside, and one-click remedies, which are the desk's own steps."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from assistant.accounts.types import Account
from assistant.editing import scope
from assistant.editing.desk import Desk
from assistant.editing.store import read_usage
from assistant.editing.usage import never_shown, not_chosen
from assistant.errors import NotAllowed, RequestInvalid
from kb.curation.library import Library, Shelf
from kb.curation.lifecycle import head_of, live_of
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.run import Watchers
from kb.curation.watch.types import KIND_NAMES, KINDS, Finding, Kind
from kb.domain.clock import Clock
from kb.domain.codec import entry_from_dict
from kb.domain.errors import NotFound, StaleVersion, WrongState
from kb.domain.knowledge import MAX_PHRASING, Entry
from kb.store.dismissals import Dismissal, dismissals, put_dismissal

USED: tuple[Kind, ...] = ("never_shown", "not_chosen")
SHOWN = 500
PATIENCE = 4.0  # seconds a request waits for a report before it says that it is being made
REMEDIES = ("withdraw", "merge")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One watcher's findings that nobody set aside, and how many were; `total` before the list was cut."""

    kind: Kind
    findings: tuple[Finding, ...]
    total: int
    dismissed: int
    release: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "kind": self.kind,
            "kind_name": KIND_NAMES[self.kind],
            "release": self.release,
            "total": self.total,
            "dismissed": self.dismissed,
            "findings": [finding.to_dict() for finding in self.findings],
        }


class Watch:
    """Reports over the release in force. A report of knowledge is made once a release and day, and kept in memory."""

    def __init__(self, library: Library, desk: Desk, clock: Clock, rules: Callable[[], WatchRules]) -> None:
        self.library = library
        self._desk = desk
        self._clock = clock
        self._load = rules
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="watch")
        self._key: tuple[int, dt.date] | None = None
        self._made: dict[Kind, Future[list[Finding]]] = {}
        self._watchers: Watchers | None = None

    def report(self, account: Account | None, kind: Kind, *, wait: float | None = None) -> Report | None:
        """Return a report for an account that may edit; `None` when it is not made within `wait` seconds.

        Without an account it is confined to nothing: whoever sits at the machine reads the records anyway.

        Raises:
            NotAllowed: the account may not edit.
        """
        if account is not None and not account.may("edit"):
            raise NotAllowed(f"{account.name}（{account.role}）没有这个权限", hint="请由有相应权限的账号操作")
        shelf = self.library.shelf
        found = self._usage(shelf, kind) if kind in USED else self._knowledge(shelf, kind, wait)
        if found is None:
            return None
        with self.library.database.read() as connection:
            aside = dismissals(connection)
        mine = [finding for finding in found if account is None or covers(account, shelf, finding)]
        kept = [finding for finding in mine if not _set_aside(finding, aside)]
        return Report(
            kind=kind,
            findings=tuple(kept[:SHOWN]),
            total=len(kept),
            dismissed=len(mine) - len(kept),
            release=shelf.release,
        )

    def dismiss(self, account: Account, finding_id: str, *, kind: Kind, digest: str, reason: str) -> None:
        """Set a finding aside until either side changes.

        Raises:
            NotAllowed: the account may not edit.
            RequestInvalid: no reason is given.
            NotFound: there is no such finding for this account.
            StaleVersion: a side changed since the finding was read.
        """
        if not reason.strip():
            raise RequestInvalid("请写明为什么不是问题", hint="写一句，别的采编会看到")
        report = self.report(account, kind)
        known = {finding.finding_id: finding for finding in (report.findings if report else ())}
        if finding_id not in known:
            raise NotFound("没有这一项，或它已经处理")
        if known[finding_id].digest != digest:
            raise StaleVersion("这一项的内容刚刚变了", current=self.library.shelf.release, hint="请重新读取后再看一次")
        new = Dismissal(
            finding_id=finding_id,
            kind=kind,
            digest=digest,
            account=account.name,
            reason=reason.strip(),
            at=self._clock.now(),
        )
        self.library.database.write(lambda c: put_dismissal(c, new))

    def remedy(self, account: Account, action: str, item_id: str, *, into: str, reason: str) -> dict[str, Any]:
        """Draft a remedy: a withdrawal, or an entry's phrasings merged into another and its own withdrawal.

        Everything is a draft that takes the usual way through review and gate; returns the versions made.

        Raises:
            NotAllowed: the account may not edit one of the entries.
            RequestInvalid: an action there is no click for, or no reason.
            NotFound: no such entry.
            StaleVersion: somebody saved meanwhile; see `Desk.save`.
        """
        if not reason.strip():
            raise RequestInvalid("请写明原因", hint="写一句为什么这样处理")
        gone = self._entry(account, item_id)
        if action not in REMEDIES:
            raise RequestInvalid("没有这种处理", hint=f"可用：{'、'.join(REMEDIES)}；修改请用 zhida entry save")
        made = {}
        if action == "merge":
            kept = self._entry(account, into)
            if into == item_id:
                raise RequestInvalid("不能并入自己", hint="into 写另一个条目的编号")
            entry = merged(kept[0], gone[0])
            made[into] = self._desk.save(account, entry, expected=kept[1], reason=reason)
        made[item_id] = self._desk.withdraw(account, item_id, expected=gone[1], reason=reason)
        return {"versions": made}

    def _entry(self, account: Account, entry_id: str) -> tuple[Entry, int]:
        with self.library.database.read() as connection:
            head = head_of(connection, entry_id)
            live = live_of(connection, entry_id)
        source = live if head.removal else head
        entry = entry_from_dict(source.payload) if source is not None else None
        if entry is None or not scope.may_edit(account, entry):
            raise NotFound("没有这个条目", hint="用 zhida entry list 查看编号")
        if head.removal:
            raise WrongState(f"{entry_id} 已经下线或正在下线")
        return entry, head.version

    def _knowledge(self, shelf: Shelf, kind: Kind, wait: float | None) -> list[Finding] | None:
        today = self._clock.now().date()
        with self._lock:
            if self._key != (shelf.release, today) or self._watchers is None:
                self._key, self._made = (shelf.release, today), {}
                self._watchers = Watchers(shelf, self._load(), today)
            if kind not in self._made:
                self._made[kind] = self._pool.submit(self._watchers.report, kind)
            future = self._made[kind]
        try:
            return future.result(timeout=wait)
        except TimeoutError:
            return None

    def _usage(self, shelf: Shelf, kind: Kind) -> list[Finding]:
        now, rules = self._clock.now(), self._load()
        with self.library.database.read() as connection:
            usage = read_usage(connection, now=now, days=int(rules.limit("usage", "days")))
        watcher = never_shown if kind == "never_shown" else not_chosen
        entries = shelf.catalogue.entries.values()
        return sorted(watcher(entries, usage, now.date(), rules), key=lambda finding: (-finding.score, finding.items))


def read_kind(name: str) -> Kind:
    """Return a watcher by name.

    Raises:
        RequestInvalid: there is none of that name.
    """
    for kind in KINDS:
        if kind == name:
            return kind
    raise RequestInvalid("没有这种报告", hint=f"可用：{'、'.join(KINDS)}")


def covers(account: Account, shelf: Shelf, finding: Finding) -> bool:
    """Whether an account may see every side of a finding and edit one of them."""
    regions, owners = [], []
    for item in finding.items:
        entry = shelf.catalogue.entries.get(item)
        if entry is not None:
            regions.append(entry.region)
            owners.append(entry.owner)
        else:
            regions.append(shelf.catalogue.passages[item].document.region)
    editable = not owners or any(account.covers(owner) for owner in owners)
    return editable and all(account.in_region(region) for region in regions)


def merged(kept: Entry, gone: Entry) -> Entry:
    """Return an entry with another's question and phrasings among its own, each once."""
    asked: Collection[str] = (*kept.phrasings, gone.question, *gone.phrasings)
    fitting = [text for text in asked if text != kept.question and len(text) <= MAX_PHRASING]
    return replace(kept, phrasings=tuple(dict.fromkeys(fitting)))


def _set_aside(finding: Finding, aside: Mapping[str, Dismissal]) -> bool:
    found = aside.get(finding.finding_id)
    return found is not None and found.digest == finding.digest
