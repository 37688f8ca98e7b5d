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
from kb.store.listing import HINTS, entry_ids_after
from kb.store.records import current_release
from kb.store.reviews import Review, archived_items, reviews_in, reviews_of
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
        waiting = [item for item, head in heads.items() if head.open]
        reviews = reviews_of(connection, "entry", waiting, "pending", "approved", "rejected")
    found = {(review.item_id, review.version): review for review in reviews if review.kind == "entry"}
    away = archived_items(connection)
    return [
        _standing(head, live.get(item), found.get((item, head.version)), away=item in away, today=today)
        for item, head in sorted(heads.items())
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list of entries is narrowed to: one stage (empty: all but the archive), letters of the id or question."""

    stage: str = ""
    search: str = ""
    limit: int = 50
    offset: int = 0


def standing_page(connection: Connection, wanted: Wanted, *, today: dt.date) -> list[Standing]:
    """Return one page of where entries stand, in id order; it reads on only until the page is full."""
    found: list[Standing] = []
    after, enough = "", wanted.offset + wanted.limit
    while len(found) < enough:
        ids = entry_ids_after(connection, after, hint=HINTS.get(wanted.stage), search=wanted.search)
        if not ids:
            break
        after = ids[-1]
        rows = standings(connection, today=today, entry_ids=ids)
        found += [one for one in rows if _is_wanted(one, wanted)]
    return found[wanted.offset : enough]


def _is_wanted(one: Standing, wanted: Wanted) -> bool:
    in_stage = one.stage == wanted.stage if wanted.stage else one.stage != "已归档"
    return in_stage and (wanted.search in one.entry_id or wanted.search in one.question)


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
