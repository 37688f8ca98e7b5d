"""The knowledge of one release in memory, addressed by item id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kb.domain.knowledge import Document, Entry, FoundPassage
from kb.index.units import Item, Side, entry_item, entry_texts, passage_item, passage_texts

Knowledge = Entry | FoundPassage
NOTICES = "停电公告"


@dataclass(slots=True)
class Catalogue:
    """Everything one release holds."""

    release: int
    entries: dict[str, Entry] = field(default_factory=dict)
    passages: dict[str, FoundPassage] = field(default_factory=dict)
    by_title: dict[str, Document] = field(default_factory=dict)
    notices: list[FoundPassage] = field(default_factory=list)
    rows: list[FoundPassage] = field(default_factory=list)

    def __post_init__(self) -> None:
        for found in self.passages.values():
            self.by_title.setdefault(found.document.title, found.document)
            if found.passage.kind == "notice":
                self.notices.append(found)
            if found.passage.kind == "row":
                self.rows.append(found)

    def get(self, item_id: str) -> Knowledge:
        """Return an item.

        Raises:
            KeyError: the release does not hold it.
        """
        entry = self.entries.get(item_id)
        return entry if entry is not None else self.passages[item_id]

    def document(self, title: str) -> Document | None:
        """Return the document a source names, by title with or without 《》."""
        return self.by_title.get(title.strip("《》"))

    def texts(self) -> Iterator[tuple[Item, Iterable[tuple[Side, str]]]]:
        """Yield every item with the texts it is found by, in stable order. Remarks around notices answer nothing."""
        for entry in self.entries.values():
            yield entry_item(entry), entry_texts(entry)
        for found in self.passages.values():
            if found.document.kind == NOTICES and found.passage.kind != "notice":
                continue
            yield passage_item(found.passage, found.document), passage_texts(found.passage)
