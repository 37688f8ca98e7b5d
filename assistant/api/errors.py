"""What can go wrong on the wire, and the one shape it is told in (RFC 9457).

The tree::

    AssistantError
    ├── CrossSite           403  a cookie was sent along by another site
    ├── RouteMissing        404  no such address
    ├── MethodNotAllowed    405  the address does not take this method
    ├── Busy                409  the same work is under way for somebody else
    ├── BodyTooLarge        413  more than the cap
    ├── VersionUnsaid       428  a change that does not say which version it was made on
    ├── TooMany             429  faster than a person or a key may ask
    └── Internal            500  our fault; the cause is in the log, never on the wire
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from assistant.api.wire import to_json
from assistant.errors import AssistantError, RequestInvalid
from eval.errors import BadArgument, GoldInvalid, GoldMissing, RunBroken, RunNotFound, RunsDiffer, SetExists
from ingest.errors import IngestError
from kb.domain.errors import (
    EditConflict,
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
    428: "缺少版本",
    429: "请求太快",
    422: "请求无法处理",
    503: "暂时不可用",
}
KB_STATUS: tuple[tuple[type[ZhidaError], int], ...] = (
    (NotFound, 404),
    (StaleVersion, 409),
    (WrongState, 409),
    (GateBlocked, 409),
    (InvalidRecord, 422),
    (IngestError, 422),
    (RuleFileInvalid, 422),
    (SelfApproval, 403),
    (WriterBusy, 503),
    (NoData, 503),
    (RunNotFound, 404),
    (RunBroken, 422),
    (RunsDiffer, 422),
    (GoldMissing, 422),
    (GoldInvalid, 422),
    (SetExists, 409),
    (BadArgument, 422),
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


class VersionUnsaid(AssistantError):
    """A change that does not say which version it was made on."""

    code = "assistant.version_unsaid"
    status = 428
    hint = "请先读取最新的一版，把其中的 version 放进请求头 If-Match"


class Busy(AssistantError):
    """The same work is under way for somebody else."""

    code = "assistant.busy"
    status = 409
    hint = "请等它做完再看"


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
    if isinstance(error, RequestInvalid | InvalidRecord):
        return type(error)(error.message.partition("：")[0], hint=error.hint)
    return error


# Hints that name a command, and what a page says instead.
WEB_HINTS = {
    "kb.not_found": "请核对编号，或回到列表再找",
    "kb.invalid_record": "请在页面上填好这一项再提交",
    "kb.wrong_state": "请重新读取这一条，看它现在的阶段",
    "kb.gate_blocked": "请按清单改好再发布；审核人确认可以变差时，写明理由后再发布",
    "ingest.file_refused": "请用模板，或另存为 xlsx、csv 或 jsonl 再上传",
    "ingest.bad_mapping": "请在列对应里重新选择",
    "ingest.cannot_export": "请改用 jsonl 导出",
}


def web_hint(error: ZhidaError) -> str:
    """Return what a person at a page can do about an error."""
    spoken = "zhida " in error.hint or "--" in error.hint
    return WEB_HINTS.get(error.code, error.hint) if spoken else error.hint


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
        "hint": web_hint(shown),
    }


def problem_of(error: ZhidaError) -> dict[str, Any]:
    """Return the problem document with what goes beyond words: the current version, both sides, the gate's report."""
    data = problem(error)
    if isinstance(error, StaleVersion):
        data["current"] = error.current
    if isinstance(error, EditConflict):
        data["sides"] = [dict(side) for side in error.sides]
    if isinstance(error, GateBlocked):
        data["gate"] = error.report
    return data


def problem_response(error: ZhidaError, headers: dict[str, str] | None = None) -> Response:
    """Return the response that tells of an error."""
    data = problem_of(error)
    merged = {"Cache-Control": "no-store", **(headers or {})}
    if data["status"] == HTTPStatus.UNAUTHORIZED:
        merged["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        merged["Retry-After"] = str(error.wait)
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
