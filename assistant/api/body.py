"""Request bodies, read by us: capped before they are whole, decoded without echoing what was sent."""

from __future__ import annotations

import json
from typing import NoReturn
from urllib.parse import parse_qs

from fastapi import Request

from assistant.api.errors import BodyTooLarge
from assistant.errors import RequestInvalid

# 20,000 characters escaped as surrogate pairs still arrive whole, and are refused as over-long text with a reason.
MAX_BODY = 256 * 1024
MAX_PAGE = 2 * 1024 * 1024
# A file somebody hands in: knowledge, a set of questions, a filled scoring sheet.
MAX_UPLOAD = 20 * 1024 * 1024


async def read_body(request: Request) -> bytes:
    """Return the body, reading no further than the cap whatever `Content-Length` claims.

    Raises:
        BodyTooLarge: more than `MAX_BODY` bytes.
    """
    return await _capped(request, MAX_BODY, "请只发送客户最后的问题")


async def read_page(request: Request) -> bytes:
    """Return the body of a form full of text; see `read_body`.

    Raises:
        BodyTooLarge: more than `MAX_PAGE` bytes.
    """
    return await _capped(request, MAX_PAGE, "请把内容删短，或分成几条再保存；您填的还在")


async def read_upload(request: Request) -> bytes:
    """Return an uploaded file; see `read_body`.

    Raises:
        BodyTooLarge: more than `MAX_UPLOAD` bytes.
    """
    return await _capped(request, MAX_UPLOAD, "请把文件拆成几份再上传")


async def _capped(request: Request, most: int, hint: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise BodyTooLarge(f"内容超过 {most // 1024} KB", hint=hint)
        parts.append(part)
    return b"".join(parts)


def parse_json(body: bytes) -> object:
    """Return the JSON value of a body.

    Raises:
        RequestInvalid: not UTF-8, not JSON, a number that is not finite, or nested beyond reason.
    """
    try:
        return json.loads(body.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise RequestInvalid("请求体不是有效的 JSON", hint='例如 {"text": "电表走得快怎么办"}，用 UTF-8 编码') from None


def form_field(body: bytes, name: str) -> str:
    """Return one field of a URL-encoded form, empty when it is missing or repeated."""
    try:
        values = parse_qs(body.decode("ascii"), max_num_fields=8).get(name, [])
    except ValueError:
        return ""
    return values[0] if len(values) == 1 else ""


def _refuse(_name: str) -> NoReturn:
    raise ValueError("not finite")
