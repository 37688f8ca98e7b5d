"""Where every entry stands: its stage in the life cycle, and whether it can be answered today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import Connection

from kb.domain.codec import validity_from_dict
from kb.domain.validity import Validity
from kb.store.lineage import Version, in_force, in_release, newest
from kb.store.records import current_release
from kb.store.reviews import Review, archived_items, find_review, reviews_in
from kb.store.versions import ENTRIES

Stage = Literal["草稿", "待审", "已退回", "待发布", "未生效", "已发布", "已过期", "已下线", "已归档"]
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An entry's newest version, the version that is published, its stage, and the review of the newest version.

    `answerable` says whether the published version may be answered on the day it was asked for.
    """

    entry_id: str
    stage: Stage
    head: Version
    live: Version | None
    review: Review | None
    answerable: bool

    @property
    def question(self) -> str:
        """The question of the newest version that has one."""
        source = self.head if self.head.payload else self.live
        return str(source.payload.get("question", "")) if source else ""


def standings(connection: Connection, *, today: dt.date, entry_ids: Iterable[str] | None = None) -> list[Standing]:
    """Return where entries stand, in id order; all of them by default."""
    heads = newest(connection, ENTRIES, entry_ids)
    if entry_ids is None:
        live = in_release(connection, ENTRIES, current_release(connection))
        reviews = reviews_in(connection, "pending", "approved", "rejected")
    else:
        live = in_force(connection, ENTRIES, heads)
        asked = (find_review(connection, "entry", item, head.version) for item, head in heads.items())
        reviews = [review for review in asked if review is not None and review.state != "cancelled"]
    found = {(review.item_id, review.version): review for review in reviews if review.kind == "entry"}
    away = archived_items(connection)
    return [
        _standing(head, live.get(item), found.get((item, head.version)), away=item in away, today=today)
        for item, head in sorted(heads.items())
    ]


def _standing(head: Version, live: Version | None, review: Review | None, *, away: bool, today: dt.date) -> Standing:
    validity = validity_from_dict(live.payload) if live is not None else None
    state = review.state if review is not None else ""
    return Standing(
        entry_id=head.item_id,
        stage=stage_of(is_open=head.open, review=state, live=validity, away=away, today=today),
        head=head,
        live=live,
        review=review,
        answerable=validity is not None and validity.covers(today),
    )


def stage_of(*, is_open: bool, review: str, live: Validity | None, away: bool, today: dt.date) -> Stage:
    """Return the stage of an entry.

    Args:
        is_open: its newest version is a draft that no release has.
        review: the state of that version's review; empty without one.
        live: the validity of what is published of it; `None` when nothing is.
        away: it is in the archive.
        today: the day it is asked for.
    """
    if away:
        return "已归档"
    if is_open:
        named: dict[str, Stage] = {"pending": "待审", "approved": "待发布", "rejected": "已退回"}
        return named.get(review, "草稿")
    if live is None:
        return "已下线"
    if live.covers(today):
        return "已发布"
    return "未生效" if live.valid_from is not None and today < live.valid_from else "已过期"
