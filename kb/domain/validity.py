"""When something may be answered: half-open validity `[valid_from, valid_to)` and the filter built on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

from kb.domain.errors import InvalidRecord

Visibility = Literal["对外", "内部"]
VISIBILITIES: tuple[str, ...] = get_args(Visibility)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """A half-open interval of days; `None` means open on that side."""

    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    def __post_init__(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise InvalidRecord(f"失效日期 {self.valid_to} 不晚于生效日期 {self.valid_from}")

    def covers(self, day: dt.date) -> bool:
        """Whether the interval contains `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a query may see. Applied before ranking, never after.

    `internal` admits internal knowledge (curators' previews); customer-facing answers keep it `False`.
    `region` is the caller's region; knowledge without a region applies everywhere.
    """

    as_of: dt.date
    internal: bool = False
    region: str | None = None

    def admits(self, validity: Validity, visibility: str, region: str | None) -> bool:
        """Whether knowledge with these properties may be a candidate."""
        if visibility == "内部" and not self.internal:
            return False
        if region is not None and self.region is not None and region != self.region:
            return False
        return validity.covers(self.as_of)


def parse_day(text: str) -> dt.date | None:
    """Parse `YYYY-MM-DD`; empty means open.

    Raises:
        InvalidRecord: the text is not a date.
    """
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidRecord(f"日期无法识别：{text!r}", hint="请写成 2025-01-31 的样子") from None
