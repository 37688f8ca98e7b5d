"""Who acts in a command, and on which versions."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.accounts import store
from assistant.accounts.errors import AccountMissing
from assistant.accounts.policy import load_policy
from assistant.accounts.types import Account
from assistant.errors import RequestInvalid
from assistant.runtime import Runtime
from kb.curation.lifecycle import Ref
from kb.domain.errors import NotFound
from kb.store.lineage import newest
from kb.store.reviews import TABLES


def acting(runtime: Runtime, name: str) -> Account:
    """Return the account a command acts for; its permissions hold here as they do in the console.

    Raises:
        AccountMissing: no such account, or it is disabled.
    """
    with runtime.database.read() as connection:
        account = store.find_account(connection, name)
    if account is None or account.disabled:
        raise AccountMissing(f"没有这个账号，或已停用：{name}", hint="用 zhida user list 查看，zhida user add 新建")
    return load_policy(runtime.files).equip(account)


def named_refs(runtime: Runtime, item_ids: Sequence[str]) -> list[Ref]:
    """Return the newest versions of named entries or documents.

    Raises:
        RequestInvalid: no id is given.
        NotFound: an id does not exist.
    """
    if not item_ids:
        raise RequestInvalid("请写出编号，或用 --all")
    with runtime.database.read() as connection:
        heads = [(kind, newest(connection, versions, item_ids)) for kind, versions in TABLES.items()]
    refs = []
    for item in item_ids:
        found = next((Ref(kind=k, item_id=item, version=v[item].version) for k, v in heads if item in v), None)
        if found is None:
            raise NotFound(f"没有这个编号：{item}", hint="用 zhida entry list 查看编号")
        refs.append(found)
    return refs


def drafts_of(runtime: Runtime, author: str) -> list[Ref]:
    """Return the newest versions that are drafts of one author and do not wait for review."""
    waiting = {(one.kind, one.item_id, one.version) for one in runtime.desk.waiting()}
    with runtime.database.read() as connection:
        heads = [(kind, head) for kind, versions in TABLES.items() for head in newest(connection, versions).values()]
    return [
        Ref(kind=kind, item_id=head.item_id, version=head.version)
        for kind, head in heads
        if head.open and head.author == author and (kind, head.item_id, head.version) not in waiting
    ]


def pending_refs(runtime: Runtime) -> list[Ref]:
    """Return everything that waits for review."""
    return [
        Ref(kind=one.kind, item_id=one.item_id, version=one.version)
        for one in runtime.desk.waiting()
        if one.state == "pending"
    ]
