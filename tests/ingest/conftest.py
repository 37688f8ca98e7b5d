"""Fixtures: one call from bytes to a parsed file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

import pytest

from ingest.parse import parse_file
from ingest.types import Limits, ParsedFile

CATEGORIES = ("计量装置", "停电信息", "用电业务", "收费标准", "电价电费", "服务规范", "其他咨询")
TODAY = dt.date(2026, 11, 22)


class Parse(Protocol):
    """Writes bytes (or text, or keeps what stands there already) and parses the file."""

    def __call__(
        self,
        name: str,
        data: bytes | str | None = None,
        *,
        categories: Collection[str] = CATEGORIES,
        limits: Limits | None = None,
    ) -> ParsedFile:
        """Parse `tmp_path / name`."""
        ...


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    """Return the shortest way from content to knowledge."""

    def run(
        name: str,
        data: bytes | str | None = None,
        *,
        categories: Collection[str] = CATEGORIES,
        limits: Limits | None = None,
    ) -> ParsedFile:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if data is not None:
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        return parse_file(path, name=name, categories=categories, limits=limits, today=TODAY)

    return run


class Texts(Protocol):
    """Returns passage texts."""

    def __call__(self, parsed: ParsedFile) -> list[str]:
        """Return the texts of all passages."""
        ...


@pytest.fixture
def texts() -> Texts:
    """Return a reader of all passage texts of a parsed file."""

    def read(parsed: ParsedFile) -> list[str]:
        return [passage.text for document in parsed.documents for passage in document.passages]

    return read


@pytest.fixture
def today() -> dt.date:
    """The day the tests live on."""
    return TODAY
