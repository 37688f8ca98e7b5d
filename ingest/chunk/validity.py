"""From when to when: read from title rows, document heads, closing clauses and columns."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from ingest.dates import WHEN, day_after, day_from_text, interval_from_text, optional_day
from ingest.rulebook import pattern, rules
from kb.domain.errors import InvalidRecord
from kb.domain.validity import Validity


@cache
def _rule(name: str) -> re.Pattern[str]:
    return re.compile(str(rules("documents")["validity"][name]).replace("{when}", f"({WHEN})"))


def from_caption(text: str) -> Validity | None:
    """Read a title row or head line: 「执行时间：2025年1月1日起」, 「2024年1月1日至2024年12月31日」."""
    for reader in (_range, _until, _ended, _since):
        if (validity := reader(text)) is not None:
            return validity
    label = _rule("label").search(text)
    if label and (found := re.match(f"({WHEN})", text[label.end() :])):
        return _safe(found[1], None)
    return None


def from_prose(text: str) -> Validity | None:
    """Read a closing clause: 「本办法自2025年1月1日起施行」. Sentences about other documents do not count."""
    for sentence in re.split(r"[。；;]", text):
        if not pattern("documents", "validity", "itself").search(sentence):
            continue
        for reader in (_until, _ended, _since):
            if (validity := reader(sentence)) is not None:
                return validity
    return None


def _range(text: str) -> Validity | None:
    found = _rule("range").search(text)
    try:
        return interval_from_text(found[0]) if found else None
    except ValueError:
        return None


def _until(text: str) -> Validity | None:
    found = _rule("until").search(text)
    return _safe(None, found[1]) if found else None


def _ended(text: str) -> Validity | None:
    found = _rule("ended").search(text)
    try:
        return Validity(valid_to=day_from_text(found[1].strip())) if found else None
    except ValueError:
        return None


def _since(text: str) -> Validity | None:
    found = _rule("since").search(text) or (_rule("since_loose").search(text) if len(text) <= 60 else None)
    return _safe(found[1], None) if found else None


def _safe(start: str | None, last: str | None) -> Validity | None:
    try:
        return Validity(
            valid_from=day_from_text(start.strip()) if start else None,
            valid_to=day_after(last.strip()) if last else None,
        )
    except (ValueError, InvalidRecord):
        return None


def first_of(texts: Iterable[str]) -> Validity:
    """Return the validity of the first caption that has one, or an open one."""
    return next((v for v in map(from_caption, texts) if v is not None), Validity())


def is_dead(text: str) -> bool:
    """Whether a title or sheet name says 已废止, 作废, 历史版本 without a day."""
    return bool(pattern("documents", "validity", "dead").search(text)) and _ended(text) is None


class BadDate(ValueError):
    """A cell that should hold a date and does not. `column` is the field."""

    def __init__(self, column: str, text: str) -> None:
        super().__init__(text)
        self.column = column
        self.text = text


def from_cells(cells: Sequence[str], columns: Mapping[str, Sequence[int]]) -> Validity:
    """Read a row's own validity from the columns valid_from, valid_to, last_day and period.

    Raises:
        BadDate: a cell that is no date, or an end before its start.
    """
    period = _cell(cells, columns, "period")
    try:
        base = interval_from_text(period) if period else Validity()
    except ValueError:
        raise BadDate("period", period) from None
    start = _day(cells, columns, "valid_from") or base.valid_from
    end = _day(cells, columns, "valid_to") or base.valid_to
    last = _cell(cells, columns, "last_day")
    try:
        if last and optional_day(last):
            end = day_after(last)
        return Validity(valid_from=start, valid_to=end)
    except InvalidRecord as error:
        raise BadDate("valid_to", error.message) from None
    except ValueError:
        raise BadDate("last_day", last) from None


def _cell(cells: Sequence[str], columns: Mapping[str, Sequence[int]], name: str) -> str:
    return next((cells[i] for i in columns.get(name, ()) if cells[i]), "")


def _day(cells: Sequence[str], columns: Mapping[str, Sequence[int]], name: str) -> dt.date | None:
    text = _cell(cells, columns, name)
    try:
        return optional_day(text)
    except ValueError:
        raise BadDate(name, text) from None
