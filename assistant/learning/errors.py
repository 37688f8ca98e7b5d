"""What can go wrong with a request or a phrasing.

The tree::

    AssistantError
    ├── RequestMissing          404  no such request, or not for this account
    ├── StepInvalid             409  the request cannot take that step from where it stands
    └── NoticeMissing           404  no such outage notice
"""

from __future__ import annotations

from assistant.errors import AssistantError


class RequestMissing(AssistantError):
    """No such request, or not for this account."""

    code = "request.not_found"
    status = 404
    hint = "请核对编号；用 zhida request list 查看"


class StepInvalid(AssistantError):
    """The request cannot take that step from where it stands."""

    code = "request.step_invalid"
    status = 409
    hint = "请重新读取，看它现在在哪个环节、能做哪几步"


class NoticeMissing(AssistantError):
    """No such outage notice, or not for this account."""

    code = "outage.not_found"
    status = 404
    hint = "请核对编号；用 zhida outage list 查看"
