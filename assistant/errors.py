"""What can go wrong in a call or at a face.

The tree::

    ZhidaError
    └── AssistantError
        ├── RequestInvalid      422  the request cannot be answered as asked (empty, over-long, bad date)
        ├── NotSignedIn         401  no valid session or key
        ├── NotAllowed          404  signed in, but not for this; looks like missing on purpose
        ├── LinkInvalid         401  a sign-in link that is used, expired or unknown
        └── NotReady            503  the knowledge is still being opened
"""

from __future__ import annotations

from kb.domain.errors import ZhidaError


class AssistantError(ZhidaError):
    """Anything a face reports to its user. `status` is the HTTP status."""

    code = "assistant.error"
    status = 500


class RequestInvalid(AssistantError):
    """The request cannot be answered as asked."""

    code = "assistant.request_invalid"
    status = 422


class NotSignedIn(AssistantError):
    """No valid session or key."""

    code = "assistant.not_signed_in"
    status = 401
    hint = "请打开登录链接，或在请求头带上 Authorization: Bearer 密钥"


class NotAllowed(AssistantError):
    """Not for this role; the wire says what it says of an address that does not exist."""

    code = "assistant.not_found"
    status = 404
    hint = "接口见 docs/reference/api.md"


class LinkInvalid(AssistantError):
    """A sign-in link that cannot be used."""

    code = "assistant.link_invalid"
    status = 401
    hint = "登录链接只能用一次、会过期；请管理员在“账号”页重新发一个，或停止服务后用 zhida user link 生成"


class NotReady(AssistantError):
    """The knowledge is still being opened."""

    code = "assistant.not_ready"
    status = 503
    hint = "请稍后再试"
