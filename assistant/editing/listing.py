"""The list of entries, kept ready in memory: a request reads only what moved since the one before.

At 50,000 entries reading the records anew costs seconds; one pass over ready lines costs milliseconds.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.accounts.types import Account
from assistant.editing import scope
from kb.curation.standing import Stage, stage_of
from kb.domain.clock import Clock
from kb.store.database import Database
from kb.store.faces import Face, Line, Mark, lines, mark_of, moved_since, review_states
from kb.store.reviews import archived_items

SOON = dt.timedelta(days=30)
REMEMBERED = 64
Validities = Mapping[str, Callable[[Face, dt.date], bool]]
VALIDITIES: Validities = {
    "valid": lambda face, day: face.validity.covers(day),
    "soon": lambda face, day: face.validity.valid_to is not None and day < face.validity.valid_to <= day + SOON,
    "past": lambda face, day: face.validity.valid_to is not None and face.validity.valid_to <= day,
    "future": lambda face, day: face.validity.valid_from is not None and day < face.validity.valid_from,
    "endless": lambda face, _day: face.validity.valid_to is None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is narrowed to; an empty text narrows nothing. `validity` is a key of `VALIDITIES`."""

    q: str = ""
    stage: str = ""
    kind: str = ""
    category: str = ""
    owner: str = ""
    visibility: str = ""
    validity: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry as an account may see it. `edits` says whether it may be changed; then `face` may be a draft's."""

    line: Line
    face: Face
    stage: Stage
    edits: bool
    answerable: bool


class Listing:
    """Every entry's line in id order. Safe to ask from several threads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._mark: Mark | None = None
        self._day: dt.date | None = None
        self._lines: dict[str, Line] = {}
        self._stages: dict[str, Stage] = {}
        self._ordered: Sequence[Line] = ()
        self._found: OrderedDict[tuple[object, ...], list[Row]] = OrderedDict()

    def refresh(self) -> None:
        """Read what moved since the last time: nothing, most of the time."""
        today = self._clock.now().date()
        with self._lock, self._database.read() as connection:
            mark = mark_of(connection)
            if mark == self._mark and today == self._day:
                return
            if self._mark is None:
                self._lines = {line.entry_id: line for line in lines(connection)}
            elif moved := self._moved(moved_since(connection, self._mark), mark):
                self._lines.update((line.entry_id, line) for line in lines(connection, moved))
            reviews, away = review_states(connection), archived_items(connection)
            self._stages = {
                item: stage_of(
                    is_open=line.is_open,
                    review=reviews.get((item, line.version), ""),
                    live=line.live.validity if line.live is not None else None,
                    away=item in away,
                    today=today,
                )
                for item, line in self._lines.items()
            }
            self._ordered = tuple(self._lines[item] for item in sorted(self._lines))
            self._found.clear()
            self._mark, self._day = mark, today

    def find(self, account: Account, wanted: Wanted) -> Sequence[Row]:
        """Return what an account may see of what it wants, in id order."""
        self.refresh()
        place = (account.department, account.region, account.may("edit"), account.may("internal"))
        key = (place, wanted)
        with self._lock:
            known = self._found.get(key)
            ordered, stages, day = self._ordered, self._stages, self._day
        if known is not None or day is None:
            return known or []
        rows = [row for line in ordered if (row := self._row(account, line, stages, day))]
        fits = _filter(wanted, day)
        found = [row for row in rows if fits(row)]
        with self._lock:
            if stages is self._stages:
                self._found[key] = found
                while len(self._found) > REMEMBERED:
                    self._found.popitem(last=False)
        return found

    def one(self, account: Account, entry_id: str) -> Row | None:
        """Return one entry as an account may see it, or `None` when it may not or there is none."""
        self.refresh()
        with self._lock:
            line, stages, day = self._lines.get(entry_id), self._stages, self._day
        return None if line is None or day is None else self._row(account, line, stages, day)

    def owners(self, account: Account) -> list[str]:
        """Return the departments of what an account may see."""
        return sorted({row.face.owner for row in self.find(account, Wanted()) if row.face.owner})

    def _moved(self, found: set[str], mark: Mark) -> set[str]:
        if self._mark is not None and mark.release != self._mark.release:
            found |= {item for item, line in self._lines.items() if line.is_open}
        return found

    @staticmethod
    def _row(account: Account, line: Line, stages: Mapping[str, Stage], day: dt.date) -> Row | None:
        answerable = line.live is not None and line.live.validity.covers(day)
        both = [face for face in (line.head, line.live) if face is not None]
        if both and all(scope.may_edit(account, face) for face in both):
            return Row(line=line, face=both[0], stage=stages[line.entry_id], edits=True, answerable=answerable)
        if answerable and line.live is not None and scope.may_see(account, line.live):
            return Row(line=line, face=line.live, stage="已发布", edits=False, answerable=True)
        return None


def _filter(wanted: Wanted, day: dt.date) -> Callable[[Row], bool]:
    """Return the test a row has to pass. The archive shows only when it is asked for."""
    words = wanted.q.casefold().split()
    checks: list[Callable[[Row], bool]] = [
        (lambda row: row.stage == wanted.stage) if wanted.stage else (lambda row: row.stage != "已归档")
    ]
    if wanted.kind:
        checks.append(lambda row: row.face.kind == wanted.kind)
    if wanted.owner:
        checks.append(lambda row: row.face.owner == wanted.owner)
    if wanted.visibility:
        checks.append(lambda row: row.face.visibility == wanted.visibility)
    if wanted.author:
        checks.append(lambda row: row.edits and row.line.author == wanted.author)
    if wanted.category:
        checks.append(lambda row: wanted.category in row.face.categories)
    if wanted.validity:
        inside = VALIDITIES[wanted.validity]
        checks.append(lambda row: inside(row.face, day))
    if words:
        checks.append(lambda row: all(word in row.face.text for word in words))
    return lambda row: all(check(row) for check in checks)
