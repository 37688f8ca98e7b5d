"""Which outage notices a call may be about: a place named in the words stands in the notice."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assistant.judge.words import compile_all
from kb.domain.knowledge import FoundPassage
from kb.domain.suggestion import Outage
from kb.text.rulefiles import RuleFiles

FILE = "judge.toml"
STAMP = re.compile(r"(\d{4})[-年/](\d{1,2})[-月/](\d{1,2})")
BOARD = "outage-"
NUMBERS = re.compile(r"[0-9\u2160-\u216b].*$")


class OutageMatcher:
    """Compares the words of a call with the places of published notices."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._split, self._prefix = compile_all((data["split"], data["prefix"]), FILE)
        self._generic = re.compile("|".join(map(re.escape, sorted(data["generic"], key=len, reverse=True))))
        self._least = int(data["least"])

    def places(self, notice: FoundPassage) -> list[str]:
        """Return the place names of a notice without numbers, administrative prefix and generic words."""
        cells = notice.passage.cells
        pieces = self._split.split("，".join(cells.get(key, "") for key in ("区域", "线路")))
        names = (self._generic.sub("", NUMBERS.sub("", self._prefix.sub("", piece))) for piece in pieces)
        return [name for name in dict.fromkeys(names) if len(name) >= 2]

    def matching(
        self, text: str, notices: Iterable[FoundPassage], limit: int = 3, day: dt.date | None = None
    ) -> list[Outage]:
        """Return the notices one of whose places is named in `text`: those of the day asked about, then the longest
        agreement first. A notice of another day is still said: the caller learns which day it is."""
        scored = []
        for notice in notices:
            length = max((self._agreement(name, text) for name in self.places(notice)), default=0)
            if length:
                scored.append((not _falls_on(notice, day), -length, notice.passage.passage_id, notice))
        return [_outage(notice) for *_order, notice in sorted(scored, key=lambda item: item[:3])[:limit]]

    def _agreement(self, name: str, text: str) -> int:
        """Return how much of a place's name the words share: all of it, or a stretch long enough to be one."""
        if name in text:
            return len(name)
        return next(
            (
                size
                for size in range(len(name) - 1, self._least - 1, -1)
                if any(name[at : at + size] in text for at in range(len(name) - size + 1))
            ),
            0,
        )


def current(notices: Sequence[FoundPassage]) -> list[FoundPassage]:
    """Return notices without those from files that the board has a word on: what was changed there is what holds.

    It comes before any filter by day: a notice ended on the board must not come back from the file it stood in.
    """
    own = {number_of(notice) for notice in notices if notice.document.document_id.startswith(BOARD)}
    return [n for n in notices if n.document.document_id.startswith(BOARD) or number_of(n) not in own]


def number_of(notice: FoundPassage) -> str:
    """Return a notice's number, or its passage's where it has none."""
    return notice.passage.cells.get("编号") or notice.passage.passage_id


def load_outage_matcher(files: RuleFiles) -> OutageMatcher:
    """Read the rules in force."""
    return OutageMatcher(files.toml(FILE)["outage"])


def _falls_on(notice: FoundPassage, day: dt.date | None) -> bool:
    """Whether power is off on that day by the notice; any notice when no day is asked about."""
    if day is None:
        return True
    spans = [STAMP.search(notice.passage.cells.get(key, "")) for key in ("停电时间", "送电时间")]
    days = [dt.date(*map(int, match.groups())) for match in spans if match]
    return bool(days) and min(days) <= day <= max(days)


def _outage(notice: FoundPassage) -> Outage:
    cells = notice.passage.cells
    return Outage(
        notice_id=number_of(notice),
        kind=cells.get("类型", ""),
        area=cells.get("区域", ""),
        reason=cells.get("原因", ""),
        starts=cells.get("停电时间", ""),
        ends=cells.get("送电时间", ""),
        text=notice.passage.text,
    )
