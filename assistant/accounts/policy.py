"""The one table of who may do what, read from `roles.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from assistant.accounts.types import ACTIONS, ROLES, Account, Action, Role
from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

FILE = "roles.toml"


@dataclass(frozen=True, slots=True)
class Policy:
    """Role -> actions, and what each action means in Chinese."""

    actions: Mapping[Role, frozenset[Action]]
    meanings: Mapping[str, str]

    def equip(self, account: Account, scope: tuple[Action, ...] = ()) -> Account:
        """Return the account with the actions open to it, narrowed to `scope` when there is one."""
        allowed = self.actions[account.role]
        return replace(account, actions=allowed & frozenset(scope) if scope else allowed)


def load_policy(files: RuleFiles) -> Policy:
    """Read the table in force.

    Raises:
        RuleFileInvalid: a role is missing or unknown, an action is unknown, or nobody could manage accounts.
    """
    data = files.toml(FILE)
    roles, meanings = data.get("roles", {}), data.get("actions", {})
    if set(roles) != set(ROLES) or set(meanings) != set(ACTIONS):
        raise RuleFileInvalid(f"{FILE} 的角色或权限不全", hint=f"角色：{' '.join(ROLES)}；权限：{' '.join(ACTIONS)}")
    unknown = sorted({action for actions in roles.values() for action in actions} - set(ACTIONS))
    if unknown:
        raise RuleFileInvalid(f"{FILE} 里有不认识的权限：{'、'.join(unknown)}", hint=f"可用：{' '.join(ACTIONS)}")
    table = {cast("Role", role): frozenset(cast("list[Action]", actions)) for role, actions in roles.items()}
    if not any("manage" in actions for actions in table.values()):
        raise RuleFileInvalid(f"{FILE} 里没有角色能管理账号", hint="至少给一个角色 manage")
    return Policy(table, dict(meanings))
