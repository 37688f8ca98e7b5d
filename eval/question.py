"""One gold question: what a caller said and what the right reaction is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A caller's words with their labels; the fields are those of docs/guide/labelling.md.

    `entries` are the ids (entries or passages) any of which answers; empty means nothing should be answered.
    `categories` has the main one first. `as_of` is an ISO day or `None` for today.
    `source` says where the words come from (日志, 打分, 导入 …), empty when nobody noted it.
    """

    id: str
    text: str
    call_type: str
    categories: tuple[str, ...]
    entries: tuple[str, ...]
    needs_work_order: bool
    topics: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    rule: str = ""
    must_ask: tuple[str, ...] = ()
    as_of: str | None = None
    style: str = "plain"
    source: str = ""

    @property
    def answerable(self) -> bool:
        """Whether stored knowledge answers it."""
        return bool(self.entries)

    @property
    def category(self) -> str:
        """The main category."""
        return self.categories[0]

    def to_dict(self) -> dict[str, Any]:
        """Return the gold line as plain JSON values."""
        return asdict(self)

    def gold(self) -> dict[str, Any]:
        """Return what was labelled, without id, style and source: equal for two equally labelled questions."""
        return {k: v for k, v in self.to_dict().items() if k not in {"id", "text", "style", "source"}}
