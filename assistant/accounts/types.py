"""Accounts and roles as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["agent", "lead", "handler", "curator", "reviewer", "evaluator", "admin", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
Action = Literal[
    "profile",
    "suggest",
    "order",
    "handle",
    "team",
    "triage",
    "knowledge",
    "internal",
    "outage",
    "edit",
    "publish",
    "evaluate",
    "manage",
    "audit",
]
ACTIONS: tuple[Action, ...] = get_args(Action)
CredentialKind = Literal["link", "session", "key"]
SessionKind = Literal["link", "password"]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person or a program that may sign in.

    Attributes:
        created_at: in Asia/Shanghai.
        department: what the account is confined to; empty for everything.
        region: likewise, for knowledge and calls of one region.
        has_password: whether a password was ever set; without one only links open the account.
        locked_until: when password sign-in is let in again after too many wrong ones; a link unlocks at once.
        actions: what it may do here and now: its role's row of the table, narrowed by the scope of the key it came
            with. Empty on an account that was listed, not recognised.
    """

    name: str
    role: Role
    disabled: bool
    created_at: dt.datetime
    department: str = ""
    region: str = ""
    has_password: bool = False
    locked_until: dt.datetime | None = None
    actions: frozenset[Action] = frozenset()

    def may(self, action: Action) -> bool:
        """Whether `action` is open to the account; a disabled account may do nothing."""
        return not self.disabled and action in self.actions

    def covers(self, department: str) -> bool:
        """Whether something of `department` lies within the account's scope; what belongs to none concerns all."""
        return not self.department or not department or self.department == department

    def leads(self, department: str) -> bool:
        """Whether a thing of `department` is the account's team's; confined to one, it shares none with others."""
        return self.may("team") and (not self.department or self.department == department)

    def in_region(self, region: str | None) -> bool:
        """Whether something of `region` lies within the account's scope."""
        return not self.region or not region or self.region == region


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A secret's trace: its SHA-256 (hex), what it opens and until when. `None` means it does not expire.

    Attributes:
        label: a key's purpose; how a session was opened (`SessionKind`).
        scope: the actions a key is confined to; empty for all of its account's.
        seen_at: when a session was last used, to the minute.
    """

    secret_hash: str
    kind: CredentialKind
    account: str
    created_at: dt.datetime
    expires_at: dt.datetime | None = None
    used_at: dt.datetime | None = None
    seen_at: dt.datetime | None = None
    label: str = ""
    scope: tuple[Action, ...] = ()

    @property
    def public_id(self) -> str:
        """What names the credential to people: the hash's beginning, which opens nothing."""
        return self.secret_hash[:12]
