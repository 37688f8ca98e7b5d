"""JSON values of the type they should have: a wrong one raises `TypeError`, which the codec puts into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BROKEN = (KeyError, TypeError, AttributeError, ValueError)


def text_of(data: Mapping[str, Any], key: str) -> str:
    """Return a required text.

    Raises:
        KeyError: it is missing.
        TypeError: it is something else, null included.
    """
    value = data[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} 应为文字")
    return value


def id_of(data: Mapping[str, Any], key: str) -> str:
    """Return a required id; a whole number is taken as its digits.

    Raises:
        KeyError: it is missing.
        TypeError: it is something else, null included.
    """
    value = data[key]
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise TypeError(f"{key} 应为文字")
    return str(value)


def optional_text(data: Mapping[str, Any], key: str, default: str = "") -> str:
    """Return a text that may be missing or null.

    Raises:
        TypeError: it is something else.
    """
    return default if data.get(key) is None else text_of(data, key)


def list_of(data: Mapping[str, Any], key: str) -> tuple[Any, ...]:
    """Return a list that may be missing.

    Raises:
        TypeError: it is something else: null, one text (whose characters would pass for items) or an object.
    """
    value = data.get(key, ())
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{key} 应为列表")
    return tuple(value)


def texts_of(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return a list of texts that may be missing.

    Raises:
        TypeError: it is something else, or an item is.
    """
    values = list_of(data, key)
    if values and not all(isinstance(value, str) for value in values):
        raise TypeError(f"{key} 应为文字的列表")
    return values
