"""The list of entries, kept ready in memory: a request reads only what moved since the one before.

At 50,000 entries reading the records anew costs seconds; one pass over ready lines costs milliseconds.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from assistant.accounts.types import Account
from assistant.editing import scope
from kb.curation.standing import Stage, stage_of
from kb.domain.clock import Clock
from kb.store.database import Database
from kb.store.faces import Face, Line, Mark, lines, mark_of, moved_since, review_states
from kb.store.reviews import State, archived_items

SOON = dt.timedelta(days=30)
REMEMBERED, PLACES = 64, 16
Reviews = Mapping[tuple[str, int], State]
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


class Place:
    """What decides which rows an account gets; accounts of one place share them."""

    __slots__ = ("account", "key")

    def __init__(self, account: Account) -> None:
        self.account = account
        self.key = (account.department, account.region, account.may("edit"), account.may("internal"))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and self.key == other.key


class Listing:
    """Every entry's line in id order. Safe to ask from several threads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.RLock()
        self._mark: Mark | None = None
        self._day: dt.date | None = None
        self._lines: dict[str, Line] = {}
        self._stages: dict[str, Stage] = {}
        self._reviews: Reviews = {}
        self._away: frozenset[str] = frozenset()
        self._ids: list[str] = []
        self._rows: OrderedDict[Place, dict[str, Row | None]] = OrderedDict()
        self._found: OrderedDict[tuple[Place, Wanted], list[Row]] = OrderedDict()

    def refresh(self) -> None:
        """Read what moved since the last time: nothing, most of the time."""
        today = self._clock.now().date()
        with self._lock, self._database.read() as connection:
            mark = mark_of(connection)
            if mark == self._mark and today == self._day:
                return
            moved = self._moved(connection, mark, today)
            self._day = today
            for item in moved:
                self._stages[item] = self._stage(item, today)
            if len(self._ids) != len(self._lines):
                self._ids = sorted(self._lines)
            for place, rows in self._rows.items():
                rows.update((item, self._row(place, item, today)) for item in moved)
            self._found.clear()
            self._mark = mark

    def find(self, account: Account, wanted: Wanted) -> Sequence[Row]:
        """Return what an account may see of what it wants, in id order."""
        self.refresh()
        place = Place(account)
        with self._lock:
            key = (place, wanted)
            if key not in self._found:
                rows = self._rows_of(place)
                seen = [row for item in self._ids if (row := rows[item]) is not None]
                self._found[key] = _narrowed(seen, wanted, self._day or self._clock.now().date())
                while len(self._found) > REMEMBERED:
                    self._found.popitem(last=False)
            return self._found[key]

    def one(self, account: Account, entry_id: str) -> Row | None:
        """Return one entry as an account may see it, or `None` when it may not or there is none."""
        self.refresh()
        with self._lock:
            known = entry_id in self._lines and self._day is not None
            return self._row(Place(account), entry_id, self._day or dt.date.min) if known else None

    def owners(self, account: Account) -> list[str]:
        """Return the departments of what an account may see."""
        return sorted({row.face.owner for row in self.find(account, Wanted()) if row.face.owner})

    def _moved(self, connection: Connection, mark: Mark, today: dt.date) -> set[str]:
        """Read the lines that changed; return the ids whose line or stage may be another one than before."""
        reviews, away = review_states(connection), archived_items(connection)
        if self._mark is None:
            self._lines = {line.entry_id: line for line in lines(connection)}
            moved = set(self._lines)
        else:
            moved = moved_since(connection, self._mark)
            if mark.release != self._mark.release:
                moved |= {item for item, line in self._lines.items() if line.is_open}
            if moved:
                self._lines.update((line.entry_id, line) for line in lines(connection, moved))
            moved |= {item for (item, _version), _state in reviews.items() ^ self._reviews.items()} | away ^ self._away
        self._reviews, self._away = reviews, away
        return (moved if today == self._day else set(self._lines)) & self._lines.keys()

    def _stage(self, item: str, today: dt.date) -> Stage:
        line = self._lines[item]
        return stage_of(
            is_open=line.is_open,
            review=self._reviews.get((item, line.version), ""),
            live=line.live.validity if line.live is not None else None,
            away=item in self._away,
            today=today,
        )

    def _rows_of(self, place: Place) -> dict[str, Row | None]:
        if place not in self._rows:
            day = self._day or self._clock.now().date()
            self._rows[place] = {item: self._row(place, item, day) for item in self._ids}
            while len(self._rows) > PLACES:
                self._rows.popitem(last=False)
        self._rows.move_to_end(place)
        return self._rows[place]

    def _row(self, place: Place, item: str, day: dt.date) -> Row | None:
        line, account = self._lines[item], place.account
        answerable = line.live is not None and line.live.validity.covers(day)
        both = [face for face in (line.head, line.live) if face is not None]
        if both and all(scope.may_edit(account, face) for face in both):
            return Row(line=line, face=both[0], stage=self._stages[item], edits=True, answerable=answerable)
        if answerable and line.live is not None and scope.may_see(account, line.live):
            return Row(line=line, face=line.live, stage="已发布", edits=False, answerable=True)
        return None


def _narrowed(rows: list[Row], wanted: Wanted, day: dt.date) -> list[Row]:
    """Return the rows that pass every test, one test after the other. The archive shows only when it is asked for."""
    for check in _checks(wanted, day):
        rows = [row for row in rows if check(row)]
    return rows


def _checks(wanted: Wanted, day: dt.date) -> Iterator[Callable[[Row], bool]]:
    if wanted.stage:
        yield lambda row: row.stage == wanted.stage
    else:
        yield lambda row: row.stage != "已归档"
    for name in ("kind", "owner", "visibility"):
        if value := getattr(wanted, name):
            yield partial(_holds, name, value)
    if wanted.author:
        yield lambda row: row.edits and row.line.author == wanted.author
    if wanted.category:
        yield lambda row: wanted.category in row.face.categories
    if wanted.validity:
        yield lambda row: VALIDITIES[wanted.validity](row.face, day)
    for word in wanted.q.casefold().split():
        yield lambda row, word=word: word in row.face.text  # type: ignore[misc]


def _holds(name: str, value: str, row: Row) -> bool:
    return bool(getattr(row.face, name) == value)
