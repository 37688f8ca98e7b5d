"""The outage board: notices added, changed and ended at once, the history of promises, and who was told an old time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from assistant.accounts.types import Account
from assistant.editing.desk import Desk
from assistant.editing.reach import Place
from assistant.editing.scope import may_see
from assistant.errors import NotAllowed, RequestInvalid
from assistant.learning import store
from assistant.learning.errors import NoticeMissing
from assistant.learning.heard import questions
from assistant.learning.rules import LearningRules
from assistant.outage.match import BOARD, current, number_of
from assistant.outage.notices import (
    CELLS,
    ENDED,
    FILE,
    KINDS,
    MOMENTS,
    Notice,
    document_id,
    from_cells,
    iso,
    notice_to_dict,
    of_passage,
    read_moment,
    to_document,
)
from kb.domain.clock import Clock
from kb.domain.errors import StaleVersion
from kb.domain.knowledge import FoundPassage
from kb.search.catalogue import Catalogue
from kb.store.database import Database
from kb.store.lineage import newest, passages_of, versions_of
from kb.store.versions import DOCUMENTS

EDITABLE = ("kind", "place", "line", "scope", "cause", *MOMENTS, "region", "visibility")
RECENT = dt.timedelta(days=1)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All that faces do with outage notices. Every change is one release; when it returns, calls are answered by it."""

    database: Database
    desk: Desk
    clock: Clock
    rules: LearningRules
    catalogue: Callable[[], Catalogue]

    def rows(self, account: Account) -> list[Json]:
        """Return the notices that hold and those that ended within a day, the next to begin first."""
        now = self.clock.now().replace(tzinfo=None)
        found = [self._row(one, now) for one in current(self.catalogue().notices) if self._seen(account, one)]
        kept = [row for row in found if row["state"] != "past"]
        return sorted(kept, key=lambda row: (row["starts"], row["notice_id"]))

    def show(self, account: Account, notice_id: str) -> Json:
        """Return one notice with its version and what it promised when.

        Raises:
            NoticeMissing: no such notice, or not for this account.
        """
        found = self._found(account, notice_id)
        now = self.clock.now().replace(tzinfo=None)
        return {**self._row(found, now), "version": self._version(notice_id), "history": self.history(notice_id)}

    def history(self, notice_id: str) -> list[Json]:
        """Return every version of a notice, oldest first: who, when, why, and the times it gave."""
        rows = [
            {"version": 0, "author": n.document.file, "at": None, "reason": "由文件导入", **_times(of_passage(n))}
            for n in self.catalogue().notices
            if number_of(n) == notice_id and not n.document.document_id.startswith(BOARD) and _told(n)
        ]
        with self.database.read() as connection:
            for version in versions_of(connection, DOCUMENTS, document_id(notice_id)):
                for passage in passages_of(connection, version.pk).values():
                    notice = from_cells(passage["cells"], notice_id=notice_id, region=None, visibility="对外")
                    at = version.at.isoformat(timespec="minutes")
                    head = {"version": version.version, "author": version.author, "at": at, "reason": version.reason}
                    rows.append({**head, **_times(notice)})
        return rows

    def add(self, account: Account, fields: Mapping[str, str], *, reason: str = "") -> Json:
        """Put a notice on the board; without a number it gets the next one of its day.

        Raises:
            NotAllowed: the account may not, or not in that region.
            RequestInvalid: a field is wrong, or the number is taken.
        """
        given = dict(fields)
        chosen = given.pop("notice_id", "").strip()
        taken = {number_of(notice) for notice in self.catalogue().notices}
        if chosen in taken:
            raise RequestInvalid(f"编号已经有了：{chosen}", hint="要改它请用修改，或换一个编号")
        moments = _moments(given)
        starts = moments.get("starts")
        if starts is None:
            raise RequestInvalid("没有写停电时间", hint="请写成 2026-11-25 08:00 的样子")
        number = chosen or self._next_number(taken)
        words = {key: given.get(key, "").strip() for key in CELLS if key not in {"notice_id", "state"}}
        notice = Notice(
            **{**words, "kind": _kind(words["kind"])},
            notice_id=number,
            starts=starts,
            planned=moments.get("planned") or moments.get("promised"),
            promised=moments.get("promised") or moments.get("planned"),
            region=given.get("region", "").strip() or account.region or None,
            visibility=given.get("visibility", "") or "对外",
        )
        return self._publish(account, notice, expected=0, reason=reason.strip() or "登记停电公告")

    def change(
        self, account: Account, notice_id: str, fields: Mapping[str, str], *, expected: int, reason: str
    ) -> Json:
        """Change a notice; the answer lists the calls that were told another time than it promises now.

        Raises:
            NoticeMissing: no such notice, or not for this account.
            NotAllowed: the account may not, or not in that region.
            RequestInvalid: a field is wrong, nothing changes, or no reason is given.
            StaleVersion: it was changed since version `expected`.
        """
        before = self._before(account, notice_id, expected)
        unknown = sorted(set(fields) - set(EDITABLE))
        if unknown:
            raise RequestInvalid("有不认识的字段", hint=f"可用：{'、'.join(EDITABLE)}")
        words = {key: value.strip() for key, value in fields.items() if key not in MOMENTS}
        if "region" in words:
            words["region"] = words["region"] or account.region
        after = replace(before, **words, **_moments(fields))  # type: ignore[arg-type]
        kind = before.kind if after.kind in {"", before.kind} else _kind(after.kind)
        after = replace(after, region=after.region or None, kind=kind)
        if after == before:
            raise RequestInvalid("没有改动", hint="请改好再保存")
        return self._publish(account, after, expected=expected, reason=reason)

    def end(self, account: Account, notice_id: str, *, expected: int, reason: str = "") -> Json:
        """Say that power is back: from now on nobody is told of the notice; see `change`."""
        before = self._before(account, notice_id, expected)
        if before.state == ENDED:
            raise RequestInvalid("这条公告已经结束")
        return self._publish(account, before.ended(), expected=expected, reason=reason.strip() or "已送电")

    def told(self, account: Account, notice_id: str) -> list[Json]:
        """Return the calls whose last word on this notice was another time than it promises now, newest first.

        Raises:
            NoticeMissing: no such notice, or not for this account.
        """
        now = of_passage(self._found(account, notice_id))
        promised = iso(now.promised) if now.promised else ""
        with self.database.read() as connection:
            rows = store.heard_of_notice(connection, notice_id)
        calls = {question.key: question for question in questions(rows, self.rules.pause)}
        stale = [q for q in calls.values() if not _same(q.told[notice_id], promised)]
        return [
            {
                "call": q.last.call_id,
                "account": q.last.account,
                "at": q.last.at.isoformat(timespec="minutes"),
                "told": q.told[notice_id],
                "text": q.last.text,
            }
            for q in sorted(stale, key=lambda q: q.last.number, reverse=True)
        ]

    def _publish(self, account: Account, notice: Notice, *, expected: int, reason: str) -> Json:
        if not account.in_region(notice.region):
            raise NotAllowed("不在您的地区")
        if not reason.strip():
            raise RequestInvalid("请写明原因", hint="例如：施工延时、提前送电")
        document = to_document(notice, self.clock.now().date())
        done = self.desk.announce(account, document, expected=expected, reason=reason.strip(), origin=FILE)
        told = self.told(account, notice.notice_id)
        version = self._version(notice.notice_id)
        return {"notice": notice_to_dict(notice), "version": version, "release": done.release.number, "told": told}

    def _before(self, account: Account, notice_id: str, expected: int) -> Notice:
        """Return a notice as it is published, if that is version `expected`."""
        found, version = self._found(account, notice_id), self._version(notice_id)
        if version != expected:
            raise StaleVersion(f"停电公告已是第 {version} 版", current=version)
        return of_passage(found)

    def _found(self, account: Account, notice_id: str) -> FoundPassage:
        for found in current(self.catalogue().notices):
            if number_of(found) == notice_id and self._seen(account, found):
                return found
        raise NoticeMissing("没有这条停电公告")

    def _seen(self, account: Account, found: FoundPassage) -> bool:
        head = found.document
        return may_see(account, Place(owner="", region=head.region, visibility=head.visibility))

    def _row(self, found: FoundPassage, now: dt.datetime) -> Json:
        cells, today = found.passage.cells, now.date()
        ends = _moment_or_none(cells.get("送电时间", ""))
        starts = _moment_or_none(cells.get("停电时间", ""))
        holds = found.passage.validity.covers(today) and found.document.validity.covers(today)
        return {
            "notice_id": number_of(found),
            "kind": cells.get("类型", ""),
            "area": cells.get("区域", ""),
            "line": cells.get("线路", ""),
            "scope": cells.get("影响范围", ""),
            "reason": cells.get("原因", ""),
            "starts": cells.get("停电时间", ""),
            "ends": cells.get("送电时间", ""),
            "planned": cells.get("计划送电时间", ""),
            "state": _state(cells, (starts, ends), now, holds=holds),
            "region": found.document.region or "",
            "visibility": found.document.visibility,
            "board": found.document.document_id.startswith(BOARD),
            "text": found.passage.text,
        }

    def _version(self, notice_id: str) -> int:
        item = document_id(notice_id)
        with self.database.read() as connection:
            found = newest(connection, DOCUMENTS, [item]).get(item)
        return found.version if found else 0

    def _next_number(self, taken: set[str]) -> str:
        day = f"TD{self.clock.now():%Y%m%d}"
        return next(number for n in range(1, 10_000) if (number := f"{day}-{n:02d}") not in taken)


def _moments(fields: Mapping[str, str]) -> dict[str, dt.datetime | None]:
    found = {key: read_moment(fields[key]) for key in MOMENTS if key in fields}
    if "starts" in found and found["starts"] is None:
        raise RequestInvalid("没有写停电时间", hint="请写成 2026-11-25 08:00 的样子")
    return found


def _kind(text: str) -> str:
    if text and text not in KINDS:
        raise RequestInvalid("停电类型不认识", hint=f"可用：{'、'.join(KINDS)}")
    return text or KINDS[0]


def _moment_or_none(text: str) -> dt.datetime | None:
    try:
        return read_moment(text)
    except RequestInvalid:
        return None


def _state(
    cells: Mapping[str, str], span: tuple[dt.datetime | None, dt.datetime | None], now: dt.datetime, *, holds: bool
) -> str:
    """Return `past`, `ended`, `late` (the promised time has passed), `off` (power is off) or `ahead`."""
    starts, ends = span
    if cells.get("状态") == ENDED:
        recent = ends is None or now - ends < RECENT
        return "ended" if recent else "past"
    if not holds:
        return "past"
    if ends is not None and now > ends:
        return "late"
    return "off" if starts is not None and starts <= now else "ahead"


def _times(notice: Notice) -> Json:
    shown = notice_to_dict(notice)
    return {key: shown[key] for key in (*MOMENTS, "state")}


def _told(found: FoundPassage) -> bool:
    return _moment_or_none(found.passage.cells.get("停电时间", "")) is not None


def _same(told: str, promised: str) -> bool:
    try:
        moment = read_moment(told)
    except RequestInvalid:
        return False
    return (iso(moment) if moment else "") == promised
