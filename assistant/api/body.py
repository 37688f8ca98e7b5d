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
# A file somebody hands in: a set of questions, a filled scoring sheet.
MAX_UPLOAD = 4 * 1024 * 1024


async def read_body(request: Request) -> bytes:
    """Return the body, reading no further than the cap whatever `Content-Length` claims.

    Raises:
        BodyTooLarge: more than `MAX_BODY` bytes.
    """
    return await _read(request, MAX_BODY)


async def read_upload(request: Request) -> bytes:
    """Return a handed-in file, likewise capped.

    Raises:
        BodyTooLarge: more than `MAX_UPLOAD` bytes.
    """
    return await _read(request, MAX_UPLOAD)


async def _read(request: Request, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise BodyTooLarge(f"请求体超过 {most // 1024} KB")
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
