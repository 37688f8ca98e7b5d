"""Calls and feedback as plain values, checked where they come in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from assistant.errors import RequestInvalid
from kb.text.normalise import printable

FeedbackKind = Literal["no_answer", "wrong", "ambiguous", "incomplete", "label", "chosen"]
FEEDBACK_KINDS: tuple[FeedbackKind, ...] = get_args(FeedbackKind)
PHONE = re.compile(r"[0-9+*\- ]{0,40}")
CUSTOMER = re.compile(r"[0-9A-Za-z]{0,40}")
TOKEN = re.compile(r"[0-9A-Za-z-]{8,40}")
MAX_WORDS, MAX_NOTE, MAX_ID, MAX_FACTS = 5_000, 500, 140, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A phone call as the telephony system announced it. `phone` and `customer` are the caller's personal data."""

    call_id: str
    account: str
    department: str
    region: str
    phone: str
    customer: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What an agent says about a suggestion: the question (not masked yet), the facts, the release, and which answer.

    `token` is made by the page, once for each press, so that sending twice notes it once.
    """

    token: str
    kind: FeedbackKind
    text: str
    facts: Mapping[str, str]
    release: int
    as_of: str
    entry_id: str
    note: str


def read_call(data: object) -> tuple[str, Mapping[str, str]]:
    """Return the account a call goes to (empty for the one that asks) and `phone`, `customer`, `region`.

    Raises:
        RequestInvalid: not an object of these texts.
    """
    fields = _object(data, {"account", "phone", "customer", "region"})
    given = {name: _text(fields, name, 80) for name in ("account", "phone", "customer", "region")}
    if not PHONE.fullmatch(given["phone"]) or not CUSTOMER.fullmatch(given["customer"]):
        raise RequestInvalid("电话或户号不对", hint="电话写数字，户号写数字或字母，各 40 位以内")
    return given.pop("account"), given


def read_feedback(data: object) -> Feedback:
    """Return feedback.

    Raises:
        RequestInvalid: a field is missing, unknown, of the wrong type or too long.
    """
    fields = _object(data, {"token", "kind", "text", "facts", "release", "as_of", "entry_id", "note"})
    kind, token, facts = fields.get("kind"), _text(fields, "token", 40), fields.get("facts", {})
    if kind not in FEEDBACK_KINDS or not TOKEN.fullmatch(token):
        raise RequestInvalid("反馈的 kind 或 token 不对", hint=f"kind 可用：{'、'.join(FEEDBACK_KINDS)}")
    if not isinstance(facts, dict) or len(facts) > MAX_FACTS or not all(isinstance(v, str) for v in facts.values()):
        raise RequestInvalid("facts 的取值应是文字", hint=f"最多 {MAX_FACTS} 项")
    release = fields.get("release", 0)
    if not isinstance(release, int) or isinstance(release, bool) or not 0 <= release < 2**31:
        raise RequestInvalid("release 应是发布号")
    text = _text(fields, "text", MAX_WORDS)
    if not text.strip():
        raise RequestInvalid("没有可读的文字", hint="请写下客户说了什么")
    return Feedback(
        token=token,
        kind=kind,
        text=text,
        facts=facts,
        release=release,
        as_of=_text(fields, "as_of", 10),
        entry_id=_text(fields, "entry_id", MAX_ID),
        note=_text(fields, "note", MAX_NOTE),
    )


def _object(data: object, keys: set[str]) -> Mapping[str, Any]:
    if not isinstance(data, dict) or not set(data) <= keys:
        raise RequestInvalid("请求的字段不对", hint=f"可用：{'、'.join(sorted(keys))}")
    return data


def _text(fields: Mapping[str, Any], name: str, most: int) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise RequestInvalid(f"字段 {name} 应是 {most} 字以内的文字")
    return printable(value)
