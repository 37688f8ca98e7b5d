"""The rule desk: drafts of rule files, their preview, and the switch to them by a second person; every step audited.

What is in force is what the file says that `RuleFiles` finds; the records hold how it came about. The file is renamed
into place inside the transaction that notes it: killed at any moment, there is the old rule or the new one, and a new
one whose note was lost is taken into the history like any file that was changed by hand.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from assistant.accounts.types import Account, Action
from assistant.audit.chain import Event
from assistant.audit.store import append
from assistant.editing.gate import Gate
from assistant.errors import NotAllowed
from assistant.judge.taxonomy import FILE as TAXONOMY
from assistant.judge.taxonomy import load_taxonomy
from assistant.rulebook import store
from assistant.rulebook.checking import Head, check_rule, load_everything
from assistant.rulebook.names import TITLES, known_name
from assistant.rulebook.placing import hand_made, on_disk, place, tidy
from assistant.rulebook.preview import Preview, Progress, Side, preview
from assistant.rulebook.store import RuleVersion
from assistant.rulebook.views import history_row, row
from kb.curation.library import Shelf
from kb.curation.people import PersonOf
from kb.domain.clock import Clock, FixedClock
from kb.domain.errors import (
    GateBlocked,
    InvalidRecord,
    NotFound,
    RuleFileInvalid,
    SelfApproval,
    StaleVersion,
    WrongState,
)
from kb.store.database import Database
from kb.store.records import current_release
from kb.store.versions import stale_version
from kb.text.rulefiles import RuleFiles

BY_HAND, BY_HAND_REASON = "（文件）", "直接改了数据目录里的文件"
Json = dict[str, Any]
Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Rules as they would be, over the same knowledge, with an index of their own where the words differ.

    `release` is what an index of its own was built from. `retire` stops publications from the old index, `resume` lets
    them go on; `switch` makes the trial answer; `drop` forgets it.
    """

    side: Side
    release: int | None
    retire: Callable[[], None]
    resume: Callable[[], None]
    switch: Callable[[], None]
    drop: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What the desk works with: the shelf in force, both sides of a comparison, and a trial of other files."""

    shelf: Callable[[], Shelf]
    side: Callable[[Clock], Side]
    trial: Callable[[RuleFiles, Clock, Tick], Trial]
    gate: Gate


class RuleDesk:
    """Changes rule files; every step is one transaction and checks its permission."""

    def __init__(self, folder: Path, database: Database, clock: Clock, person_of: PersonOf, workshop: Workshop) -> None:
        self._folder = folder
        self._database = database
        self._clock = clock
        self._person_of = person_of
        self._workshop = workshop

    @property
    def files(self) -> RuleFiles:
        """The files in force."""
        return RuleFiles(override=self._folder)

    def rows(self) -> list[Json]:
        """Return one line for each rule file."""
        with self._database.read() as connection:
            return [row(self._folder, name, store.versions_of(connection, name)) for name in TITLES]

    def page(self, name: str) -> Json:
        """Return a rule file with its text in force, its open draft and its history, newest first.

        Raises:
            NotFound: no such rule file.
        """
        known_name(name)
        with self._database.read() as connection:
            versions = store.versions_of(connection, name)
        draft = next((one for one in versions if one.status == "draft"), None)
        return {
            **row(self._folder, name, versions),
            "text": self.files.text(name),
            "bundled": self.files.trying(name, None).text(name),
            "draft_text": draft.text if draft else None,
            "history": [history_row(one) for one in reversed(versions)],
        }

    def check(self, name: str, text: str) -> Head:
        """Return what a text says about itself if it may be stored; see `check_rule`."""
        return check_rule(self.files, name, text)

    def save(self, account: Account, name: str, text: str, *, expected: int, reason: str) -> int:
        """Draft a text and return its version; it changes nothing until a second person applies it.

        Raises:
            RuleFileInvalid: the text cannot stand in for the file.
            StaleVersion: somebody saved since version `expected`.
            InvalidRecord: it is what is in force already, or no reason is given.
        """
        at = self._allowed(account, "edit", reason)
        known_name(name)
        text = tidy(text)
        self.check(name, text)
        self._still_used(name, text)
        if text == self.files.text(name):
            raise InvalidRecord(f"{name} 和现在生效的一样，没有可存的改动")

        def job(connection: Connection) -> int:
            version = self._begin(connection, name, expected, at)
            new = RuleVersion(
                name=name, version=version, status="draft", text=text, author=account.name, reason=reason.strip(), at=at
            )
            store.add(connection, new)
            _trace(connection, account, "draft", name, version, detail=reason, at=at)
            return version

        return self._database.write(job)

    def restore(self, account: Account, name: str, version: int, *, reason: str) -> int:
        """Draft an earlier version's text again (0: the bundled one) and return the new version.

        Raises:
            NotFound: no such version.
        """
        with self._database.read() as connection:
            versions = store.versions_of(connection, known_name(name))
        text = _one_of(name, versions, version).text if version else None
        if text is None:
            text = self.files.trying(name, None).text(name)
        return self.save(account, name, text, expected=_last(versions), reason=reason)

    def preview(
        self, name: str, text: str, progress: Progress = lambda _d, _t: None, tick: Tick = lambda _n: None
    ) -> Json:
        """Return what a text would change on golden questions and cases; see `Preview`.

        Raises:
            RuleFileInvalid: the text cannot stand in for the file.
        """
        text = tidy(text)
        self.check(name, text)
        trial, found = self._tried(name, text, progress, tick)
        trial.drop()
        return found.to_dict()

    def apply(
        self, account: Account, name: str, version: int, *, override: str = "",
        progress: Progress = lambda _d, _t: None, tick: Tick = lambda _n: None,
    ) -> Json:  # fmt: skip
        """Put a draft in force: a second person's step, past the golden questions, answered by at once.

        Raises:
            SelfApproval: the draft is one's own.
            WrongState: it is no open draft, or its validity has not begun or is over.
            GateBlocked: golden questions get worse and `override` does not say why that is accepted.
            StaleVersion: rules or knowledge changed meanwhile; nothing was changed.
        """
        self._allowed(account, "publish", "应用")
        draft = self._draft(name, version)
        if self._person_of(account.name) == self._person_of(draft.author):
            raise SelfApproval(f"{name} 第 {version} 版由您撰写，不能自己应用")
        text = draft.text or ""
        self._in_its_time(name, check_rule(self.files, name, text))
        self._still_used(name, text)
        trial, found = self._tried(name, text, progress, tick)
        if found.worse and not override.strip():
            trial.drop()
            raise GateBlocked(f"有 {len(found.worse)} 处会变差，没有应用", report=found.to_dict())

        def note(connection: Connection, at: dt.datetime) -> int:
            versions = store.versions_of(connection, name)
            if versions[-1].version != version or (
                hand_made(self._folder, name, versions) and on_disk(self._folder, name) != text
            ):
                raise StaleVersion(f"{name} 期间又改过", current=versions[-1].version, hint="请在现在的内容上重新改")
            store.move(connection, name, "applied", "replaced")
            kept = {**found.to_dict(), "changed": len(found.changed)}
            store.decide(connection, name, version, by=account.name, at=at, note=override.strip(), report=kept)
            _trace(connection, account, "apply", name, version, detail=override or draft.reason, at=at)
            return version

        self._switch(trial, name, text, note)
        return found.to_dict()

    def undo(self, account: Account, name: str, *, reason: str, tick: Tick = lambda _n: None) -> int:
        """Put back what was in force before the newest applied version, as the next version; one reviewer's step.

        Raises:
            WrongState: nothing was ever applied.
            RuleFileInvalid: what would come back no longer fits the other files.
        """
        self._allowed(account, "publish", reason)
        with self._database.read() as connection:
            versions = store.versions_of(connection, known_name(name))
        text = self._earlier(name, versions)
        load_everything(self.files.trying(name, text), name)
        trial = self._workshop.trial(self.files.trying(name, text), FixedClock(self._clock.now()), tick)

        def note(connection: Connection, at: dt.datetime) -> int:
            version = self._begin(connection, name, _last(versions), at)
            store.move(connection, name, "applied", "replaced")
            new = RuleVersion(
                name=name, version=version, status="applied", text=text, author=account.name, reason=reason.strip(),
                at=at, decided_by=account.name, decided_at=at,
            )  # fmt: skip
            store.add(connection, new)
            _trace(connection, account, "undo", name, version, detail=reason, at=at)
            return version

        return self._switch(trial, name, text, note)

    def _tried(self, name: str, text: str, progress: Progress, tick: Tick) -> tuple[Trial, Preview]:
        """Build a trial of a text and compare it with what is in force; the caller switches to it or drops it."""
        workshop, clock = self._workshop, FixedClock(self._clock.now())
        trial = workshop.trial(self.files.trying(name, text), clock, tick)
        try:
            questions = workshop.gate.questions(workshop.shelf())
            cases = workshop.gate.cases(workshop.shelf())
            return trial, preview(workshop.side(clock), trial.side, questions, cases, progress)
        except BaseException:
            trial.drop()
            raise

    def _switch(self, trial: Trial, name: str, text: str | None, note: Callable[[Connection, dt.datetime], int]) -> int:
        """Note the change, rename the file into place in the same transaction, then answer by it."""
        before, at = on_disk(self._folder, name), self._clock.now()
        placed: list[bool] = []

        def job(connection: Connection) -> int:
            current = current_release(connection)
            if trial.release is not None and current != trial.release:
                raise StaleVersion(f"期间已发布第 {current} 版", current=current, hint="请重新应用")
            trial.retire()
            done = note(connection, at)
            placed.append(True)
            place(self._folder, name, text)
            return done

        try:
            done = self._database.write(job)
        except BaseException:
            if placed:
                place(self._folder, name, before)
            trial.resume()
            trial.drop()
            raise
        trial.switch()
        return done

    def _begin(self, connection: Connection, name: str, expected: int, at: dt.datetime) -> int:
        """Return the number of the next version; what was changed by hand is taken into the history first."""
        versions = store.versions_of(connection, name)
        current = _last(versions)
        if current != expected:
            raise stale_version(name, expected, current)
        store.move(connection, name, "draft", "superseded")
        if not hand_made(self._folder, name, versions):
            return current + 1
        store.move(connection, name, "applied", "replaced")
        text = on_disk(self._folder, name)
        found = RuleVersion(
            name=name, version=current + 1, status="applied", text=text, author=BY_HAND, reason=BY_HAND_REASON, at=at
        )
        store.add(connection, found)
        return current + 2

    def _draft(self, name: str, version: int) -> RuleVersion:
        with self._database.read() as connection:
            versions = store.versions_of(connection, known_name(name))
        found = _one_of(name, versions, version)
        if found.status != "draft":
            raise WrongState(f"{name} 第 {version} 版不是草稿", hint="用 zhida rules show 查看各版")
        return found

    def _earlier(self, name: str, versions: Sequence[RuleVersion]) -> str | None:
        """Return the text in force before the one that is now; `None` is the bundled file."""
        held = [one for one in versions if one.status in {"applied", "replaced"}]
        by_hand = hand_made(self._folder, name, versions)
        if not held and not by_hand:
            raise WrongState(f"{name} 没有应用过的改动，无可撤销", hint="用 zhida rules show 查看各版")
        if by_hand:
            return held[-1].text if held else None
        return held[-2].text if len(held) > 1 else None

    def _still_used(self, name: str, text: str) -> None:
        """Refuse to lose a category that knowledge in force belongs to; a new name keeps the old one as a synonym."""
        if name != TAXONOMY:
            return
        now, then = load_taxonomy(self.files), load_taxonomy(self.files.trying(name, text))
        gone = set(now.categories) - set(then.categories) - set(then.synonyms)
        held = Counter(c for entry in self._workshop.shelf().catalogue.entries.values() for c in entry.categories)
        for label in sorted(gone & set(held)):
            raise RuleFileInvalid(
                f"分类「{label}」还有 {held[label]} 条知识在用",
                hint="改名时把旧名写进新分类的 synonyms；不要了就先改这些条目",
            )

    def _in_its_time(self, name: str, head: Head) -> None:
        today = self._clock.now().date()
        if head.valid_from is not None and head.valid_from > today:
            raise WrongState(f"{name} 写着 {head.valid_from} 才生效，今天还不能应用", hint="到那天再应用，或改生效日期")
        if head.valid_to is not None and head.valid_to <= today:
            raise WrongState(f"{name} 写着 {head.valid_to} 已失效，不能应用", hint="请改失效日期")

    def _allowed(self, account: Account, action: Action, reason: str) -> dt.datetime:
        if not account.may(action):
            raise NotAllowed(f"{account.name}（{account.role}）没有这个权限", hint="请由有相应权限的账号操作")
        if not reason.strip():
            raise InvalidRecord("请写明原因", hint="写一句为什么改")
        return self._clock.now()


def _trace(
    connection: Connection, account: Account, step: str, name: str, version: int, *, detail: str, at: dt.datetime
) -> None:
    """Note a step in the audit chain, in its own transaction."""
    event = Event(actor=account.name, action=f"rule.{step}", target=name, version=version, detail=detail[:200])
    append(connection, event, at=at)


def _one_of(name: str, versions: Sequence[RuleVersion], version: int) -> RuleVersion:
    found = next((one for one in versions if one.version == version), None)
    if found is None:
        raise NotFound(f"{name} 没有第 {version} 版", hint="用 zhida rules show 查看各版")
    return found


def _last(versions: Sequence[RuleVersion]) -> int:
    return versions[-1].version if versions else 0
