"""What an account may be called and which roles exist."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.accounts.errors import AccountInvalid
from assistant.accounts.types import ACTIONS, ROLE_NAMES, ROLES, Action, Role

NAME = re.compile(r"[\w.@-]{1,80}")
MAX_LABEL = 80


def check_name(name: str) -> str:
    """Return a usable account name.

    Raises:
        AccountInvalid: empty, over 80 characters, or with other than letters, digits, Chinese, `_ . @ -`.
    """
    if not NAME.fullmatch(name):
        raise AccountInvalid("账号名不能用", hint="1 到 80 个汉字、字母、数字或 _ . @ -，不含空格")
    return name


def check_role(role: str) -> Role:
    """Return a known role.

    Raises:
        AccountInvalid: no such role.
    """
    if role not in ROLES:
        known = "、".join(f"{key}（{ROLE_NAMES[key]}）" for key in ROLES)
        raise AccountInvalid("角色不认识", hint=f"可用：{known}")
    return role


def check_label(label: str) -> str:
    """Return a usable label for a key.

    Raises:
        AccountInvalid: empty or over 80 characters.
    """
    if not label.strip() or len(label) > MAX_LABEL or not label.isprintable():
        raise AccountInvalid("密钥要有用途说明", hint=f"1 到 {MAX_LABEL} 个字，例如：电话平台")
    return label.strip()


def check_place(text: str, what: str) -> str:
    """Return a usable department or region; empty means everything.

    Raises:
        AccountInvalid: over 80 characters, or not printable.
    """
    found = text.strip()
    if len(found) > MAX_LABEL or not found.isprintable():
        raise AccountInvalid(f"{what}不能用", hint=f"最多 {MAX_LABEL} 个字；留空表示不限")
    return found


def check_scope(scope: Iterable[str]) -> tuple[Action, ...]:
    """Return a key's scope in the order of the table; empty means whatever its account may do.

    Raises:
        AccountInvalid: an action is unknown.
    """
    wanted = set(scope)
    if not wanted <= set(ACTIONS):
        raise AccountInvalid("权限不认识", hint=f"可用：{' '.join(ACTIONS)}")
    return tuple(action for action in ACTIONS if action in wanted)
