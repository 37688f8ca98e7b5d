"""What every record is checked for: values out of a closed list, and texts that can be stored at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

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

    Raises:
        InvalidRecord: showing the text, escaped.
    """
    for text in texts_of(record):
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise InvalidRecord(
                f"文字里有无法保存的字符（半个代理对）：{printed(text[:40])}", hint="请重新录入这段文字"
            ) from None


def printed(value: object) -> str:
    """Return a value as text that can always be shown."""
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def texts_of(value: object) -> Iterator[str]:
    """Yield every text in a record: fields, items, keys and values.

    A document's passages are left out: each checked itself when it was made.
    """
    if isinstance(value, str):
        yield value
        return
    for part in _parts(value):
        yield from texts_of(part)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return (*value.keys(), *value.values())
    if isinstance(value, (tuple, list)):
        return value
    if dataclasses.is_dataclass(value):
        return [getattr(value, field.name) for field in dataclasses.fields(value) if field.name != "passages"]
    return ()
