"""What an account may be called and which roles exist."""

from __future__ import annotations

import re

from assistant.accounts.errors import AccountInvalid
from assistant.accounts.types import ROLE_NAMES, ROLES, Role

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
    if not label.strip() or len(label) > MAX_LABEL:
        raise AccountInvalid("密钥要有用途说明", hint=f"1 到 {MAX_LABEL} 个字，例如：电话平台")
    return label.strip()
