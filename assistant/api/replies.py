"""Small pieces every route uses: JSON out, JSON in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import Depends, Request, Response

from assistant.accounts.types import Account
from assistant.api.body import parse_json, read_body, read_page, read_upload
from assistant.api.errors import VersionUnsaid
from assistant.api.guards import Guard
from assistant.api.wire import to_json
from assistant.errors import RequestInvalid
from kb.text.normalise import printable

NAMED = re.compile(r"filename\*=UTF-8''([^;\s]{1,1000})", re.IGNORECASE)

Body = Annotated[bytes, Depends(read_body)]
PageBody = Annotated[bytes, Depends(read_page)]
Upload = Annotated[bytes, Depends(read_upload)]
Profile = Annotated[Account, Depends(Guard("profile"))]
Suggester = Annotated[Account, Depends(Guard("suggest"))]
Reader = Annotated[Account, Depends(Guard("knowledge"))]
Editor = Annotated[Account, Depends(Guard("edit"))]
Reviewer = Annotated[Account, Depends(Guard("publish"))]
Filer = Annotated[Account, Depends(Guard("order"))]
TeamMember = Annotated[Account, Depends(Guard("team"))]
BoardKeeper = Annotated[Account, Depends(Guard("outage"))]
Evaluator = Annotated[Account, Depends(Guard("evaluate"))]
Manager = Annotated[Account, Depends(Guard("manage"))]
Auditor = Annotated[Account, Depends(Guard("audit"))]


def versioned(data: Mapping[str, Any], version: int, status: int = 200) -> Response:
    """Return JSON with its version as the ETag that a change must name."""
    response = reply(data, status)
    response.headers["ETag"] = f'"{version}"'
    return response


def named_version(if_match: str) -> int:
    """Return the version an `If-Match` header names.

    Raises:
        VersionUnsaid: it names none, or no number of ours; it may stand in quotes.
    """
    version = if_match.strip().strip('"')
    if not (version.isascii() and version.isdecimal() and len(version) <= 9):
        raise VersionUnsaid("没有写明改的是哪一版")
    return int(version)


def reply(data: Mapping[str, Any], status: int = 200) -> Response:
    """Return JSON."""
    return Response(to_json(data), status_code=status, media_type="application/json")


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """Return a file to save, never to open as a page; the name may be Chinese (RFC 6266)."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=media_type, headers=headers)


def sent_name(request: Request) -> str:
    """Return the name a file was sent under, from `Content-Disposition` (RFC 6266), or an empty text.

    A file's name is often a person's; in an address it would end up in logs and histories.
    """
    named = NAMED.search(request.headers.get("content-disposition", ""))
    return unquote(named[1]) if named else ""


def read_texts(body: bytes, names: set[str], *, most: int = 400, raw: bool = False) -> dict[str, str]:
    """Return an object's text fields without what cannot be seen; a missing one is empty.

    `raw` leaves them as they came: a secret, a name that is to be refused rather than changed, a whole file.

    Raises:
        RequestInvalid: not an object, an unknown field, not a text, or too long.
    """
    data = parse_json(body)
    if not isinstance(data, dict) or not set(data) <= names:
        raise RequestInvalid("请求的字段不对", hint=f"可用：{'、'.join(sorted(names))}")
    if not all(isinstance(value, str) and len(value) <= most for value in data.values()):
        raise RequestInvalid(f"字段应是 {most} 字以内的文字")
    given = {name: data.get(name, "") for name in names}
    return given if raw else {name: printable(text) for name, text in given.items()}
