"""Who may turn what calls teach into knowledge."""

from __future__ import annotations

from assistant.accounts.types import Account
from assistant.errors import NotAllowed


def require_edit(account: Account) -> None:
    """Let an account through that may edit knowledge.

    Raises:
        NotAllowed: it may not.
    """
    if not account.may("edit"):
        raise NotAllowed(f"{account.name}（{account.role}）没有这个权限", hint="请由知识采编操作")
