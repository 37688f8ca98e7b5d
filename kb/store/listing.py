"""Ids of entries page by page, narrowed by what a stage or a search leaves over; the rest is decided on the content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from kb.store.schema import archived, entry_version
from kb.store.versions import CHUNK

Hint = Literal["open", "ends", "begins", "removed", "archived"]
HINTS: Mapping[str, Hint] = {
    "草稿": "open", "待审": "open", "已退回": "open", "待发布": "open", "未生效": "begins", "已过期": "ends",
    "已下线": "removed", "已归档": "archived",
}  # fmt: skip


def entry_ids_after(connection: Connection, after: str, *, hint: Hint | None = None, search: str = "") -> list[str]:
    """Return the next block of entry ids above `after`, in order.

    Every entry that a stage (`hint`) or a search (letters of the id or the question) is about is among them; others may
    be, too.
    """
    t = entry_version
    conditions: list[ColumnElement[bool]] = [t.c.entry_id > after]
    if hint is not None:
        conditions.append(_hinted(hint))
    if search:
        inside = json.dumps(search, ensure_ascii=False)[1:-1]
        conditions.append(
            or_(t.c.entry_id.contains(search, autoescape=True), t.c.payload.contains(inside, autoescape=True))
        )
    query = select(t.c.entry_id).where(*conditions).group_by(t.c.entry_id).order_by(t.c.entry_id).limit(CHUNK)
    return list(connection.execute(query).scalars())


def _hinted(hint: Hint) -> ColumnElement[bool]:
    t = entry_version
    live = and_(t.c.release_from.is_not(None), t.c.release_to.is_(None))
    found: Mapping[Hint, ColumnElement[bool]] = {
        "open": t.c.status.in_(("draft", "removing")),
        "begins": and_(live, t.c.payload.not_like('%"valid_from": null%')),
        "ends": and_(live, t.c.payload.not_like('%"valid_to": null%')),
        "removed": t.c.status == "removed",
        "archived": t.c.entry_id.in_(select(archived.c.item_id)),
    }
    return found[hint]
