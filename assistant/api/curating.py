"""What the curators' routes read from a request: the version it was made on, an entry, references, a moment."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from fastapi import Request

from assistant.api.body import parse_json
from assistant.api.errors import problem
from assistant.api.replies import named_version
from assistant.api.services import Services
from assistant.errors import RequestInvalid
from assistant.suggest.request import SuggestRequest, parse_request
from ingest.exchange.planning import texts_of
from kb.curation.lifecycle import Decision, Ref
from kb.domain.clock import CHINA
from kb.domain.codec import entry_from_dict
from kb.domain.errors import InvalidRecord
from kb.domain.knowledge import Entry
from kb.store.reviews import ItemKind
from kb.text.normalise import printable

Json = dict[str, Any]
MAX_REFS, MAX_NOTE = 500, 400
MAX_ID = 120
ID = re.compile(r"[\w.\-]+")


def version_said(request: Request) -> int:
    """Return the version a change was made on, from `If-Match`.

    Raises:
        VersionUnsaid: see `named_version`.
    """
    return named_version(request.headers.get("if-match", ""))


def read_object(body: bytes, names: set[str]) -> Json:
    """Return a JSON object with no other fields than those named.

    Raises:
        RequestInvalid: it is something else.
    """
    data = parse_json(body)
    if not isinstance(data, dict) or not set(data) <= names:
        raise RequestInvalid("请求的字段不对", hint=f"可用：{'、'.join(sorted(names))}")
    return data


def read_text(data: Mapping[str, Any], name: str, *, most: int = MAX_NOTE) -> str:
    """Return a text field without what cannot be seen, empty when it is missing.

    Raises:
        RequestInvalid: not a text, or too long.
    """
    value = data.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise RequestInvalid(f"{name} 应是 {most} 字以内的文字")
    return printable(value)


def read_reason(request: Request, body: bytes) -> tuple[int, str]:
    """Return the version a change was made on and its reason: the whole body of a step on one thing.

    Raises:
        VersionUnsaid: there is no version.
        RequestInvalid: see `read_object` and `read_text`.
    """
    return version_said(request), read_text(read_object(body, {"reason"}), "reason")


def read_entry(services: Services, data: Mapping[str, Any], entry_id: str) -> Entry:
    """Return the entry of a body, under the id it is sent to, without zero-width, bidi and control characters.

    Raises:
        RequestInvalid: there is none.
        InvalidRecord: it cannot be stored, or it holds what looks like personal data.
    """
    content = data.get("entry")
    if not isinstance(content, dict):
        raise RequestInvalid("缺少 entry", hint="字段见 docs/reference/formats.md 的导出一节")
    try:
        entry = entry_from_dict({**_visible(content), "entry_id": entry_id})
    except RecursionError:
        raise RequestInvalid("entry 套得太深") from None
    if any(services.masker(text) != text for text in texts_of(entry)):
        raise InvalidRecord("内容里像有个人信息", hint="请去掉户号、电话、证件号、门牌号，写成通用的说法")
    return entry


def new_id(services: Services, data: Mapping[str, Any]) -> str:
    """Return the id a new entry was given, or one nobody uses yet: K, the day and a count.

    Raises:
        InvalidRecord: it cannot stand in an address or be typed.
    """
    content = data.get("entry")
    given = content.get("entry_id", "") if isinstance(content, dict) else ""
    if given:
        if not (isinstance(given, str) and len(given) <= MAX_ID and ID.fullmatch(given) and printable(given) == given):
            raise InvalidRecord("编号不能用", hint=f"{MAX_ID} 个以内的汉字、字母、数字或 _ . - ，不含空格和斜杠")
        return given
    day = services.clock.now().strftime("%y%m%d")
    number = 1
    while services.workshop.desk.standings([f"K{day}-{number}"]):
        number += 1
    return f"K{day}-{number}"


def read_refs(data: Mapping[str, Any]) -> list[Ref]:
    """Return the versions a bulk step is about.

    Raises:
        RequestInvalid: none, too many, or malformed ones.
    """
    given = data.get("refs")
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_REFS:
        raise RequestInvalid(f"refs 应是 1 到 {MAX_REFS} 项的列表", hint='每项写 {"kind", "item_id", "version"}')
    return [_ref(one) for one in given]


def read_moment(text: str) -> dt.datetime | None:
    """Return a moment, in China where it says nothing else; empty is none.

    Raises:
        RequestInvalid: not an ISO moment.
    """
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise RequestInvalid("时刻读不懂", hint="写成 2026-12-01T08:00 的样子") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def read_question(data: Mapping[str, Any]) -> SuggestRequest:
    """Return the question a preview or a replay is asked, with its ranking.

    Raises:
        RequestInvalid: see `parse_request`.
    """
    asked = {name: data[name] for name in ("text", "facts", "as_of", "region") if name in data}
    return parse_request({**asked, "explain": True})


def decisions_dict(decisions: list[Decision]) -> Json:
    """Return what became of every item of a bulk step."""
    refused = [{**asdict(one.ref), "problem": problem(one.error)} for one in decisions if one.error is not None]
    return {"done": [asdict(one.ref) for one in decisions if one.error is None], "refused": refused}


def _visible(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return JSON with every text as it can be seen."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_visible(item) for item in value]
    return {printable(name): _visible(item) for name, item in value.items()} if isinstance(value, dict) else value


def _ref(one: object) -> Ref:
    if not isinstance(one, dict) or one.get("kind", "entry") not in {"entry", "document"}:
        raise RequestInvalid("refs 里有读不懂的项", hint='每项写 {"kind", "item_id", "version"}')
    item, version = one.get("item_id"), one.get("version")
    if not isinstance(item, str) or type(version) is not int:
        raise RequestInvalid("refs 里有读不懂的项", hint='每项写 {"kind", "item_id", "version"}')
    return Ref(kind=cast("ItemKind", one.get("kind", "entry")), item_id=item, version=version)
