"""Small pieces every route uses: JSON out, JSON in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Response

from assistant.accounts.types import Account
from assistant.api.body import parse_json, read_body
from assistant.api.guards import Guard
from assistant.api.wire import to_json
from assistant.errors import RequestInvalid

Body = Annotated[bytes, Depends(read_body)]
Profile = Annotated[Account, Depends(Guard("profile"))]
Suggester = Annotated[Account, Depends(Guard("suggest"))]
Reader = Annotated[Account, Depends(Guard("knowledge"))]
Editor = Annotated[Account, Depends(Guard("edit"))]
Reviewer = Annotated[Account, Depends(Guard("publish"))]
TeamMember = Annotated[Account, Depends(Guard("team"))]
Evaluator = Annotated[Account, Depends(Guard("evaluate"))]
Manager = Annotated[Account, Depends(Guard("manage"))]
Auditor = Annotated[Account, Depends(Guard("audit"))]


def reply(data: Mapping[str, Any], status: int = 200) -> Response:
    """Return JSON."""
    return Response(to_json(data), status_code=status, media_type="application/json")


def read_texts(body: bytes, names: set[str], *, most: int = 400) -> dict[str, str]:
    """Return an object's text fields; a missing one is empty.

    Raises:
        RequestInvalid: not an object, an unknown field, not a text, or too long.
    """
    data = parse_json(body)
    if not isinstance(data, dict) or not set(data) <= names:
        raise RequestInvalid("请求的字段不对", hint=f"可用：{'、'.join(sorted(names))}")
    if not all(isinstance(value, str) and len(value) <= most for value in data.values()):
        raise RequestInvalid(f"字段应是 {most} 字以内的文字")
    return {name: data.get(name, "") for name in names}
