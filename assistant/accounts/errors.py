"""What can go wrong with accounts.

The tree::

    AssistantError
    ├── AccountInvalid      422  a name, role or label that cannot be used
    ├── AccountExists       409  the name is taken
    └── AccountMissing      404  no such account, or it is disabled
"""

from __future__ import annotations

from assistant.errors import AssistantError


class AccountInvalid(AssistantError):
    """A name, role or label that cannot be used."""

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
