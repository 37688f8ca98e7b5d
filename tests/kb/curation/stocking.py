"""Put knowledge into a library and ask it, in one line each."""

from __future__ import annotations

from pathlib import Path

from kb.curation.library import Library
from kb.domain.knowledge import Document, Entry
from kb.domain.validity import Scope
from kb.store import records
from kb.store.versions import DOCUMENTS, ENTRIES
from tests.kb.builders import AT, CHANGE, SCOPE


def stock(library: Library, *knowledge: Entry | Document) -> None:
    """Draft the next version of everything given."""
    for item in knowledge:
        if isinstance(item, Entry):
            library.database.write(lambda c, e=item: records.put_entry(c, e, CHANGE, expected=_entry(library, e)))  # type: ignore[misc]
        else:
            library.database.write(lambda c, d=item: records.put_document(c, d, CHANGE, expected=_document(library, d)))  # type: ignore[misc]


def withdraw(library: Library, entry_id: str) -> None:
    """Draft an entry's removal."""
    with library.database.read() as connection:
        version = ENTRIES.heads(connection)[entry_id].version
    library.database.write(lambda c: ENTRIES.remove(c, entry_id, CHANGE, expected=version))


def publish(library: Library) -> int:
    """Publish and return the release's number."""
    return library.publish(at=AT, note="测试").number


def ask(library: Library, said: str, scope: Scope = SCOPE) -> list[str]:
    """Return the ids found, best first."""
    return [candidate.item_id for candidate in library.shelf.retriever.find(said, scope, limit=99)]


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file of a folder with its size and time of change."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _entry(library: Library, entry: Entry) -> int:
    with library.database.read() as connection:
        head = ENTRIES.heads(connection).get(entry.entry_id)
    return head.version if head else 0


def _document(library: Library, document: Document) -> int:
    with library.database.read() as connection:
        head = DOCUMENTS.heads(connection).get(document.document_id)
    return head.version if head else 0
