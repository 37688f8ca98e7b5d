"""Accounts and roles as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["agent", "lead", "handler", "curator", "reviewer", "evaluator", "admin", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
Action = Literal["profile", "suggest", "order", "edit", "publish", "evaluate", "manage", "audit"]
CredentialKind = Literal["link", "session", "key"]

ROLE_NAMES: Mapping[Role, str] = {
    "agent": "坐席",
    "lead": "班长",
    "handler": "处理人员",
    "curator": "知识采编",
    "reviewer": "知识审核",
    "evaluator": "评测",
    "admin": "管理员",
    "auditor": "审计",
}

# The one table of who may do what; a route names its action and asks nothing else.
ROLE_ACTIONS: Mapping[Role, frozenset[Action]] = {
    "agent": frozenset({"profile", "suggest", "order"}),
    "lead": frozenset({"profile", "suggest", "order", "evaluate"}),
    "handler": frozenset({"profile", "suggest", "order"}),
    "curator": frozenset({"profile", "suggest", "edit"}),
    "reviewer": frozenset({"profile", "suggest", "edit", "publish"}),
    "evaluator": frozenset({"profile", "suggest", "evaluate"}),
    "admin": frozenset({"profile", "suggest", "order", "edit", "publish", "evaluate", "manage"}),
    "auditor": frozenset({"profile", "audit"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person or a program that may sign in. `created_at` is in Asia/Shanghai."""

    name: str
    role: Role
    disabled: bool
    created_at: dt.datetime

    def may(self, action: Action) -> bool:
        """Whether the account's role allows `action`; a disabled account may do nothing."""
        return not self.disabled and action in ROLE_ACTIONS[self.role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A secret's trace: its SHA-256 (hex), what it opens and until when. `None` means it does not expire."""

    secret_hash: str
    kind: CredentialKind
    account: str
    created_at: dt.datetime
    expires_at: dt.datetime | None = None
    used_at: dt.datetime | None = None
    label: str = ""
