"""What every record is checked for: values out of a closed list, and texts that can be stored at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from kb.domain.errors import InvalidRecord


def check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """Refuse a value that is not in its list.

    Raises:
        InvalidRecord: naming the value and the list.
    """
    if value not in choices:
        raise InvalidRecord(f"{name}不认识：{printed(value)}", hint=f"可用：{'、'.join(choices)}")


def check_storable(record: object) -> None:
    """Refuse a record with a lone surrogate anywhere in its own texts: neither the database nor a file can hold it.

    Opening a base makes every record of it, so this looks at all texts at once and for the culprit only afterwards.

    Raises:
        InvalidRecord: showing the text, escaped.
    """
    texts = texts_of(record)
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError:
        culprit = next(text for text in texts if not _storable(text))
        raise InvalidRecord(
            f"文字里有无法保存的字符（半个代理对）：{printed(culprit[:40])}", hint="请重新录入这段文字"
        ) from None


def _storable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def printed(value: object) -> str:
    """Return a value as text that can always be shown."""
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def texts_of(record: object) -> list[str]:
    """Return every text in a record: fields, items, keys and values.

    A document's passages are left out: each checked itself when it was made.
    """
    found: list[str] = []
    waiting = [record]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found.append(value)
        elif value:
            waiting.extend(_parts(value))
    return found


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, (tuple, list)):
        return value
    if isinstance(value, Mapping):
        return (*value.keys(), *value.values())
    return [getattr(value, name) for name in _fields(type(value))]  # type: ignore[arg-type]  # a class is hashable


@cache
def _fields(kind: type) -> tuple[str, ...]:
    """Return the fields of a record to look into; none where it is no record."""
    if not dataclasses.is_dataclass(kind):
        return ()
    return tuple(field.name for field in dataclasses.fields(kind) if field.name != "passages")
