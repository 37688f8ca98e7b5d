"""What can go wrong with accounts.

The tree::

    AssistantError
    ├── AccountInvalid      422  a name, role, scope or label that cannot be used
    ├── AccountExists       409  the name is taken
    ├── AccountMissing      404  no such account, or it is disabled
    ├── PasswordWeak        422  a password that would be guessed
    ├── PasswordWrong       401  name and password do not fit, or the account is locked for a while; never says which
    └── LastManager         409  it would leave nobody who can manage accounts
"""

from __future__ import annotations

from assistant.errors import AssistantError


class AccountInvalid(AssistantError):
    """A name, role, scope or label that cannot be used."""

    code = "accounts.invalid"
    status = 422


class AccountExists(AssistantError):
    """The name is taken."""

    code = "accounts.exists"
    status = 409
    hint = "请换一个名字；已有账号见 zhida user list"


class AccountMissing(AssistantError):
    """No such account, or it is disabled."""

    code = "accounts.missing"
    status = 404
    hint = "请核对名字：zhida user list"


class PasswordWeak(AssistantError):
    """A password that would be guessed."""

    code = "accounts.password_weak"
    status = 422


class PasswordWrong(AssistantError):
    """Name and password do not fit, or the account is locked for a while."""

    code = "accounts.password_wrong"
    status = 401
    hint = "连续输错几次会暂停登录一段时间；忘了密码请管理员发一次性登录链接"


class LastManager(AssistantError):
    """It would leave nobody who can manage accounts."""

    code = "accounts.last_manager"
    status = 409
    hint = "请先让另一个账号成为管理员"
