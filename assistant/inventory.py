"""What a release holds: figures, lists, single items, problems, and the export that imports back unchanged."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from assistant.errors import RequestInvalid
from assistant.runtime import Runtime
from kb.curation.library import load_catalogue
from kb.domain.codec import document_head, entry_to_dict, passage_to_dict
from kb.domain.errors import NotFound
from kb.domain.knowledge import Entry, FoundPassage
from kb.search.catalogue import Catalogue
from kb.store import records

SOON = timedelta(days=30)


def release_number(runtime: Runtime) -> int:
    """Return the newest release's number."""
    with runtime.database.read() as connection:
        return records.current_release(connection)


def catalogue_of(runtime: Runtime) -> Catalogue:
    """Read the newest release without opening its index."""
    with runtime.database.read() as connection:
        return load_catalogue(connection, records.current_release(connection))


def statistics(runtime: Runtime) -> dict[str, Any]:
    """Count entries, phrasings, guards, documents and passages, by category and by kind."""
    catalogue = catalogue_of(runtime)
    entries = [entry for entry in catalogue.entries.values() if entry.kind != "guard"]
    return {
        "release": catalogue.release,
        "entries": len(entries),
        "phrasings": sum(len(entry.phrasings) for entry in entries),
        "guards": len(catalogue.entries) - len(entries),
        "documents": len({found.document.document_id for found in catalogue.passages.values()}),
        "passages": len(catalogue.passages),
        "by_category": dict(Counter(entry.categories[0] for entry in entries if entry.categories).most_common()),
        "by_passage_kind": dict(Counter(found.passage.kind for found in catalogue.passages.values()).most_common()),
    }


def entry_rows(runtime: Runtime, *, category: str = "") -> list[dict[str, str]]:
    """Return entries in id order, optionally of one category."""
    return [
        {
            "entry_id": entry.entry_id,
            "kind": entry.kind,
            "question": entry.question,
            "categories": "、".join(entry.categories),
        }
        for entry in catalogue_of(runtime).entries.values()
        if not category or category in entry.categories
    ]


def one_item(runtime: Runtime, item_id: str) -> dict[str, Any]:
    """Return one entry or passage.

    Raises:
        NotFound: the release does not hold it.
    """
    try:
        return exported(catalogue_of(runtime).get(item_id))
    except KeyError:
        raise NotFound(f"没有这个编号：{item_id}", hint="用 zhida kb list 查看编号") from None


def exported(item: Entry | FoundPassage) -> dict[str, Any]:
    """Return an item in the export shape; a passage carries its document's head under `document_…` keys."""
    if isinstance(item, Entry):
        return {**entry_to_dict(item), "status": "published"}
    head = document_head(item.document)
    passage = passage_to_dict(item.passage)
    return {
        "passage_id": passage.pop("passage_id"),
        "document": head.pop("title"),
        **passage,
        "document_id": head.pop("document_id"),
        **{f"document_{key}": value for key, value in head.items()},
    }


def export_lines(runtime: Runtime) -> Iterator[dict[str, Any]]:
    """Yield every entry, then every passage, in stable order."""
    catalogue = catalogue_of(runtime)
    for entry in catalogue.entries.values():
        yield exported(entry)
    for found in catalogue.passages.values():
        yield exported(found)


def write_lines(lines: Iterable[dict[str, Any]], path: Path) -> int:
    """Write JSON lines to a file that appears only when it is complete; return how many.

    Raises:
        RequestInvalid: the file cannot be written.
    """
    pending = path.with_name(path.name + ".part")
    count = 0
    try:
        with pending.open("w", encoding="utf-8") as handle:
            for line in lines:
                handle.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8") + "\n")
                count += 1
        pending.replace(path)
    except OSError as error:
        raise RequestInvalid(f"写不进去：{path}（{error.strerror}）", hint="请换一个可写的位置") from None
    return count


def problems(runtime: Runtime) -> list[dict[str, str]]:
    """Return what a curator should look at: broken hints, clauses that do not exist, shared phrasings, near expiry."""
    catalogue = catalogue_of(runtime)
    today = runtime.clock.now().date()
    places = _places(catalogue)
    found: list[dict[str, str]] = []
    for entry in catalogue.entries.values():
        found += _broken_links(entry, catalogue, places)
        end = entry.validity.valid_to
        if end is not None and today <= end <= today + SOON:
            found.append(_problem("warning", entry.entry_id, f"将于 {end} 失效"))
    return found + _shared_phrasings(catalogue, runtime)


def _places(catalogue: Catalogue) -> frozenset[tuple[str, str]]:
    """Return (document title, part of a locator) of everything that can be cited."""
    return frozenset(
        (found.document.title, part)
        for found in catalogue.passages.values()
        for part in found.passage.locator.split(" › ")
    )


def _broken_links(entry: Entry, catalogue: Catalogue, places: frozenset[tuple[str, str]]) -> list[dict[str, str]]:
    missing = [hint for hint in entry.hints if hint not in catalogue.entries]
    found = [_problem("error", entry.entry_id, f"后续提示指向不存在的条目 {hint}") for hint in missing]
    for source in entry.sources:
        document = catalogue.document(source.document)
        if document is not None and source.locator and (document.title, source.locator) not in places:
            found.append(_problem("error", entry.entry_id, f"引用的条款不存在：{source.document} {source.locator}"))
    return found


def _shared_phrasings(catalogue: Catalogue, runtime: Runtime) -> list[dict[str, str]]:
    owners: dict[str, str] = {}
    found = []
    for entry in catalogue.entries.values():
        if entry.kind == "guard":
            continue
        for text in (entry.question, *entry.phrasings):
            key = runtime.library.analyser.normalise(text).text
            owner = owners.setdefault(key, entry.entry_id)
            if owner != entry.entry_id:
                found.append(_problem("error", entry.entry_id, f"说法「{text}」也属于 {owner}"))
    return found


def _problem(severity: str, item: str, message: str) -> dict[str, str]:
    return {"severity": severity, "item": item, "message": message}
