"""A request for a suggestion, checked before anything looks at it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.errors import RequestInvalid
from assistant.suggest.following import Turn
from kb.text.normalise import printable

MAX_TEXT = 5_000
MAX_TOP = 10
KEYS = {"text", "facts", "as_of", "call_id", "region", "top_k", "explain", "id", "caller", "before"}
CALLER = ("户号", "联系电话")
MAX_NUMBER = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestRequest:
    """One question. `as_of` is the day it is answered for; `None` means today in China.

    `caller` holds the number the call comes from (联系电话) or the caller's 户号: it finds their earlier orders and
    changes no answer. `before` is what the call was about so far.
    """

    text: str
    facts: Mapping[str, object] = field(default_factory=dict)
    as_of: dt.date | None = None
    call_id: str | None = None
    region: str | None = None
    top_k: int = 3
    explain: bool = False
    caller: Mapping[str, str] = field(default_factory=dict)
    before: Turn | None = None

    def __post_init__(self) -> None:
        if not printable(self.text).strip():
            raise RequestInvalid("没有可读的文字", hint="请写下客户说了什么")
        if len(self.text) > MAX_TEXT:
            raise RequestInvalid(f"文字过长（{len(self.text)} 字，上限 {MAX_TEXT}）", hint="请只写客户最后的问题")
        if not 1 <= self.top_k <= MAX_TOP:
            raise RequestInvalid(f"top_k 应在 1 到 {MAX_TOP} 之间", hint="一般用 3")


def parse_request(data: object) -> SuggestRequest:
    """Read a request from JSON.

    Raises:
        RequestInvalid: not an object, a key is unknown or of the wrong type, or a value is out of range.
    """
    if not isinstance(data, dict):
        raise RequestInvalid("请求应是一个 JSON 对象", hint='例如 {"text": "电表走得快怎么办"}')
    unknown = sorted(set(data) - KEYS)
    if unknown:
        raise RequestInvalid(
            f"有不认识的字段：{'、'.join(map(str, unknown))}", hint=f"可用：{'、'.join(sorted(KEYS - {'id'}))}"
        )
    return SuggestRequest(
        text=_typed(data, "text", str, None),
        facts=_typed(data, "facts", dict, {}),
        as_of=parse_as_of(_typed(data, "as_of", str, "")),
        call_id=_typed(data, "call_id", str, "") or None,
        region=_typed(data, "region", str, "") or None,
        top_k=_typed(data, "top_k", int, 3),
        explain=_typed(data, "explain", bool, default=False),
        caller=_caller(_typed(data, "caller", dict, {})),
        before=_before(_typed(data, "before", dict, {})),
    )


def _before(data: Mapping[Any, Any]) -> Turn | None:
    """Return the question before this one."""
    if not data:
        return None
    text, facts = data.get("text"), data.get("facts", {})
    known = isinstance(facts, dict) and all(isinstance(v, str) and isinstance(k, str) for k, v in facts.items())
    if set(data) - {"text", "facts"} or not isinstance(text, str) or len(text) > MAX_TEXT or not known:
        raise RequestInvalid("before 不对", hint='例如 {"text": "居民一度电多少钱", "facts": {"用电类别": "居民"}}')
    return Turn(text=text, facts=facts)


def _caller(data: Mapping[Any, Any]) -> dict[str, str]:
    """Return the caller's numbers as digits."""
    if set(data) - set(CALLER) or not all(isinstance(v, str) and len(v) <= MAX_NUMBER for v in data.values()):
        raise RequestInvalid("caller 不对", hint='例如 {"联系电话": "13800000000", "户号": "1234567890"}')
    return {name: re.sub(r"\D", "", unicodedata.normalize("NFKC", value)) for name, value in data.items()}


def parse_as_of(text: str) -> dt.date | None:
    """Read a day; empty means today.

    Raises:
        RequestInvalid: not `YYYY-MM-DD`.
    """
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise RequestInvalid(f"as_of 不是日期：{text[:40]!r}", hint="请写成 2026-11-22 的样子") from None


def _typed(data: Mapping[str, Any], key: str, kind: type, default: Any) -> Any:  # noqa: ANN401 - JSON
    value = data.get(key)
    if value is None:
        if default is None:
            raise RequestInvalid(f"缺少字段 {key}", hint='例如 {"text": "电表走得快怎么办"}')
        return default
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise RequestInvalid(f"字段 {key} 的类型不对", hint="字段见 docs/reference/api.md")
    return value
