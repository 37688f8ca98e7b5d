"""One line of a gold file to one `Question`: every way a line can be wrong is named here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from eval.labels import Labels
from eval.question import Question

REQUIRED = ("id", "text", "call_type", "categories", "entries", "needs_work_order")
TEXTS = ("id", "text", "call_type", "rule", "style", "source")
LISTS = ("categories", "topics", "entries", "must_ask")


class BadRow(Exception):
    """A line that is no question; turned into a `Problem` by the loader."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def parse_row(line: str, labels: Labels) -> Question:
    """Read one JSON line.

    Raises:
        BadRow: broken JSON (`broken_line`), a required column missing (`missing_column`), a value of the wrong type
            (`bad_value`) or a label outside the taxonomy (`unknown_label`).
    """
    data = _object(line)
    missing = [name for name in REQUIRED if name not in data]
    if missing:
        raise BadRow("missing_column", f"缺少字段 {'、'.join(missing)}")
    for check, names in CHECKS:
        for name in names:
            if name in data:
                check(name, data[name])
    question = _question(data)
    _check_labels(question, labels)
    return question


def _object(line: str) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        place = f"（第 {error.colno} 个字符）" if isinstance(error, json.JSONDecodeError) else ""
        raise BadRow("broken_line", f"不是完整的 JSON{place}") from None
    if not isinstance(data, dict):
        raise BadRow("broken_line", "一行须是一个 JSON 对象 {…}")
    return data


def _text(name: str, value: object) -> None:
    if not isinstance(value, str) or (name in REQUIRED and not value.strip()):
        raise BadRow("bad_value", f"{name} 须是非空文字")


def _list(name: str, value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise BadRow("bad_value", f"{name} 须是文字的列表，没有就写 []")
    if name == "categories" and not value:
        raise BadRow("bad_value", "categories 至少一个")


def _flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise BadRow("bad_value", f"{name} 须是 true 或 false")


def _facts(name: str, value: object) -> None:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise BadRow("bad_value", f"{name} 须是「事实: 选项」，没有就写 {{}}")


def _day(name: str, value: object) -> None:
    if value is None:
        return
    try:
        dt.date.fromisoformat(str(value))
    except ValueError:
        raise BadRow("bad_value", f"{name} 须是 2025-01-31 这样的日期或 null") from None


Check = Callable[[str, object], None]
CHECKS: tuple[tuple[Check, tuple[str, ...]], ...] = (
    (_text, TEXTS),
    (_list, LISTS),
    (_flag, ("needs_work_order",)),
    (_facts, ("facts",)),
    (_day, ("as_of",)),
)


def _question(data: Mapping[str, Any]) -> Question:
    known = {name: data[name] for name in Question.__dataclass_fields__ if name in data}
    for name in LISTS:
        if name in known:
            known[name] = tuple(dict.fromkeys(known[name]))
    return Question(**known)


def _check_labels(question: Question, labels: Labels) -> None:
    if question.call_type not in labels.call_types:
        raise BadRow("unknown_label", f"call_type 不认识：{question.call_type}")
    strange = [label for label in question.categories if label not in labels.categories]
    if strange:
        raise BadRow("unknown_label", f"categories 不认识：{'、'.join(strange)}")
