"""The one shape every watcher reports in, and what is looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from kb.domain.validity import Validity

Kind = Literal[
    "contradiction", "duplicate", "stale_source", "missing_figure", "expiring", "too_long", "never_shown", "not_chosen"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
KIND_NAMES: Mapping[Kind, str] = {
    "contradiction": "互相矛盾",
    "duplicate": "近似重复",
    "stale_source": "引用了失效文件",
    "missing_figure": "缺少数字",
    "expiring": "即将到期",
    "too_long": "念起来太长",
    "never_shown": "从未出现",
    "not_chosen": "出现了却没人选",
}
SubjectKind = Literal["entry", "clause", "guard"]
Action = Literal["withdraw", "edit", "merge", "dismiss"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A text that says something, and the facts it holds for."""

    text: str
    when: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An entry, a document's clause or a guard as watchers see it.

    `title` is its question or heading; `asked` are the other ways it is asked for.
    """

    subject_id: str
    kind: SubjectKind
    title: str
    asked: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    place: str = ""
    region: str | None = None
    validity: Validity = field(default_factory=Validity)

    @property
    def text(self) -> str:
        """All it says, end to end."""
        return "\n".join(statement.text for statement in self.statements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where the two sides part: characters `[start, end)` of a side's `said`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one side says. `digest` is of all its content, so that a dismissal ends when it changes."""

    item_id: str
    kind: SubjectKind
    title: str
    place: str
    said: str
    digest: str
    spans: tuple[Span, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "item_id": self.item_id,
            "kind": self.kind,
            "title": self.title,
            "place": self.place,
            "said": self.said,
            "spans": [[span.start, span.end] for span in self.spans],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One click: an action on one item; `into` is the entry that phrasings are merged into."""

    action: Action
    item_id: str
    label: str
    into: str = ""

    def to_dict(self) -> dict[str, str]:
        """Return plain JSON values."""
        return {"action": self.action, "item_id": self.item_id, "into": self.into, "label": self.label}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at: one side, or two that do not go together. `score` orders findings of one kind, 0-1."""

    kind: Kind
    sides: tuple[Side, ...]
    why: str
    remedies: tuple[Remedy, ...] = ()
    score: float = 1.0

    @property
    def items(self) -> tuple[str, ...]:
        """The ids of its sides."""
        return tuple(side.item_id for side in self.sides)

    @property
    def finding_id(self) -> str:
        """What it is known by while its sides stay as they are: its kind and its sides' items."""
        return digest_of(self.kind, *sorted(self.items))[:16]

    @property
    def digest(self) -> str:
        """What it was seen with: changes as soon as either side does."""
        return digest_of(*sorted(f"{side.item_id}={side.digest}" for side in self.sides))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "finding_id": self.finding_id,
            "kind": self.kind,
            "kind_name": KIND_NAMES[self.kind],
            "items": list(self.items),
            "why": self.why,
            "sides": [side.to_dict() for side in self.sides],
            "remedies": [remedy.to_dict() for remedy in self.remedies],
            "digest": self.digest,
        }


def digest_of(*parts: str) -> str:
    """Return a short SHA-256 (hex, 32 characters) over texts."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
