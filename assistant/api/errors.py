"""What can go wrong on the wire, and the one shape it is told in (RFC 9457).

The tree::

    AssistantError
    ├── CrossSite           403  a cookie was sent along by another site
    ├── RouteMissing        404  no such address
    ├── MethodNotAllowed    405  the address does not take this method
    ├── BodyTooLarge        413  more than the cap
    ├── TooMany             429  faster than a person or a key may ask
    └── Internal            500  our fault; the cause is in the log, never on the wire
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from assistant.api.wire import to_json
from assistant.errors import AssistantError, RequestInvalid
from eval.errors import RunBroken, RunNotFound, RunsDiffer
from kb.domain.errors import (
    GateBlocked,
    InvalidRecord,
    NoData,
    NotFound,
    RuleFileInvalid,
    SelfApproval,
    StaleVersion,
    WriterBusy,
    WrongState,
    ZhidaError,
)

PROBLEM = "application/problem+json"
TITLES = {
    400: "请求不完整",
    401: "需要登录",
    403: "拒绝访问",
    404: "找不到",
    405: "方法不支持",
    409: "版本冲突",
    413: "内容过大",
    429: "请求太快",
    422: "请求无法处理",
    503: "暂时不可用",
}
KB_STATUS: tuple[tuple[type[ZhidaError], int], ...] = (
    (NotFound, 404),
    (StaleVersion, 409),
    (WrongState, 409),
    (GateBlocked, 409),
    (RuleFileInvalid, 422),
    (InvalidRecord, 422),
    (SelfApproval, 403),
    (WriterBusy, 503),
    (NoData, 503),
    (RunNotFound, 404),
    (RunBroken, 422),
    (RunsDiffer, 422),
)


class CrossSite(AssistantError):
    """A cookie was sent along by another site."""

    code = "assistant.cross_site"
    status = 403
    hint = "请在知答页面里操作；程序调用请使用 Authorization: Bearer 密钥"


class RouteMissing(AssistantError):
    """No such address."""

    code = "assistant.not_found"
    status = 404
    hint = "接口见 docs/reference/api.md"


class MethodNotAllowed(AssistantError):
    """The address does not take this method."""

    code = "assistant.method_not_allowed"
    status = 405
    hint = "可用的方法见响应头 Allow"


class BodyTooLarge(AssistantError):
    """More than the cap."""

    code = "assistant.body_too_large"
    status = 413
    hint = "请只发送客户最后的问题"


class TooMany(AssistantError):
    """Faster than a person or a key may ask. `wait` is in whole seconds."""

    code = "assistant.too_many"
    status = 429
    hint = "请稍等再试；程序请按响应头 Retry-After 等待"

    def __init__(self, wait: int) -> None:
        super().__init__(f"请求太快，请等 {wait} 秒")
        self.wait = wait


class Internal(AssistantError):
    """Our fault."""

    code = "assistant.internal"
    status = 500
    hint = "请稍后再试；管理员可在服务日志里按时间查找原因"


def status_of(error: ZhidaError) -> int:
    """Return the HTTP status of an error of any package."""
    if isinstance(error, AssistantError):
        return error.status
    return next((status for kind, status in KB_STATUS if isinstance(error, kind)), 500)


def public_error(error: ZhidaError) -> ZhidaError:
    """Return what may be told to the caller: nothing of an unexpected error, and never what was sent.

    By convention a message is "what is wrong：the value"; the command line shows both, the wire only the former,
    because agents type phone numbers into every box.
    """
    if status_of(error) >= 500 and not isinstance(error, AssistantError | WriterBusy | NoData):
        return Internal("服务内部出错")
    if isinstance(error, NotFound):
        return NotFound(error.message.partition("：")[0], hint=error.hint)
    if isinstance(error, RequestInvalid):
        return RequestInvalid(error.message.partition("：")[0], hint=error.hint)
    return error


def problem(error: ZhidaError) -> dict[str, Any]:
    """Return the problem document of an error."""
    shown = public_error(error)
    status = status_of(shown)
    return {
        "type": f"urn:zhida:{shown.code}",
        "title": TITLES.get(status, "服务出错"),
        "status": status,
        "code": shown.code,
        "message": shown.message,
        "hint": shown.hint,
    }


def problem_response(error: ZhidaError, headers: dict[str, str] | None = None) -> Response:
    """Return the response that tells of an error."""
    data = problem(error)
    merged = {"Cache-Control": "no-store", **(headers or {})}
    if data["status"] == HTTPStatus.UNAUTHORIZED:
        merged["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        merged["Retry-After"] = str(error.wait)
    if isinstance(error, StaleVersion):
        data["current"] = error.current
    return Response(to_json(data), status_code=data["status"], media_type=PROBLEM, headers=merged)


def from_http_status(status: int) -> AssistantError:
    """Return our error for one raised by the framework."""
    if status == HTTPStatus.NOT_FOUND:
        return RouteMissing("没有这个地址")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowed("这个地址不支持该方法")
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return RequestInvalid("请求不完整或格式不对")
    return Internal("服务内部出错")
