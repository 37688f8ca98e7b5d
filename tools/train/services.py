"""Other services' knowledge with what their callers say: written for training, never shipped, never measured on.

They teach how plain talk points at formal answers on a base nobody tuned for. Every line was worded by hand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.domain.knowledge import Branch, Entry

SERVICES = Path(__file__).parent / "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One invented company's entries and its callers' questions: (text, ids of the entries that answer)."""

    name: str
    entries: Sequence[Entry]
    questions: Sequence[tuple[str, frozenset[str]]]

    def said(self, entry_id: str) -> list[str]:
        """Return what callers say when they mean an entry."""
        return [text for text, answers in self.questions if entry_id in answers]


def services(folder: Path = SERVICES) -> list[Service]:
    """Read every service, by name."""
    return [_service(path) for path in sorted(folder.iterdir()) if path.is_dir()]


def _service(folder: Path) -> Service:
    entries = [
        Entry(
            entry_id=f"{folder.name}-{row['id']}",
            kind="标问",
            question=row["question"],
            phrasings=tuple(row["phrasings"]),
            branches=(Branch(when={}, answer=row["answer"]),),
        )
        for row in _rows(folder / "entries.jsonl")
    ]
    questions = [
        (row["text"], frozenset(f"{folder.name}-{answer}" for answer in row["answers"]))
        for row in _rows(folder / "queries.jsonl")
    ]
    return Service(name=folder.name, entries=entries, questions=questions)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
