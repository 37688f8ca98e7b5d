"""Whether stored knowledge lies within an account's reach; what does not reads as if it did not exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from assistant.accounts.types import Account
from assistant.editing.scope import confined, may_edit
from kb.domain.errors import InvalidRecord, NotFound
from kb.domain.knowledge import Entry
from kb.store.lineage import in_force, newest, versions_of
from kb.store.reviews import TABLES, ItemKind
from kb.store.versions import ENTRIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where stored knowledge belongs. A document belongs to no department."""

    owner: str
    region: str | None
    visibility: str


def place_of(payload: Mapping[str, Any]) -> Place:
    """Return where a stored entry or document belongs."""
    return Place(owner=payload.get("owner", ""), region=payload.get("region"), visibility=payload["visibility"])


def reaches(connection: Connection, account: Account, kind: ItemKind, item_id: str) -> bool:
    """Whether an account may change an item: what is drafted of it and what is published must both be its own."""
    versions = TABLES[kind]
    if not confined(account) and account.may("internal"):
        return True
    both = (newest(connection, versions, [item_id]), in_force(connection, versions, [item_id]))
    known = [found[item_id] for found in both if item_id in found and found[item_id].payload]
    if not known:
        known = [version for version in versions_of(connection, versions, item_id) if version.payload][-1:]
    return bool(known) and all(may_edit(account, place_of(version.payload)) for version in known)


def require_reach(connection: Connection, account: Account, kind: ItemKind, item_id: str) -> None:
    """Refuse what an account may not change.

    Raises:
        NotFound: the words are those for an id that does not exist.
    """
    if not reaches(connection, account, kind, item_id):
        raise NotFound(f"没有这个编号：{item_id}", hint="用 zhida entry list 查看编号")


def require_free(connection: Connection, account: Account, entry_id: str) -> None:
    """Refuse an id for a new entry that belongs to one out of the account's reach; its own shows as a conflict.

    Raises:
        InvalidRecord: saying no more than that it is taken.
    """
    if newest(connection, ENTRIES, [entry_id]) and not reaches(connection, account, "entry", entry_id):
        raise InvalidRecord("这个编号已经有人用了", hint="请换一个编号，或留空由系统编")


def require_own(account: Account, entry: Entry) -> None:
    """Refuse content that would put an entry where its author may not go.

    Raises:
        InvalidRecord: the department, region or visibility is not the account's.
    """
    if not may_edit(account, entry):
        mine = "、".join(filter(None, (account.department, account.region)))
        raise InvalidRecord("维护部门、地区或可见范围不在您的权限内", hint=f"您的范围：{mine or '不含内部知识'}")
