"""The project's own texts as training material: entries, clauses with their topics, labelled utterances."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ingest.parse import parse_file
from kb.domain.knowledge import Branch, Document, Entry, Source
from kb.domain.validity import Validity, parse_day
from tools.corpus.policy import Policy, read_policy

CORPUS = Path("kb/corpus")
ENTRIES = CORPUS / "sources" / "entries"
DOCUMENTS = CORPUS / "sources" / "documents"
UTTERANCES = CORPUS / "utterances"
GOLD = Path("eval/gold")
TODAY = dt.date(2026, 11, 22)


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One labelled caller's sentence."""

    text: str
    call_type: str
    categories: tuple[str, ...]
    rule: str
    entries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    style: str = "plain"
    facts: dict[str, str] = field(default_factory=dict)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def utterances(*paths: Path) -> list[Utterance]:
    """Read labelled utterances."""
    return [
        Utterance(
            text=row["text"],
            call_type=row["call_type"],
            categories=tuple(row["categories"]),
            rule=row["rule"],
            entries=tuple(row.get("entries", ())),
            topics=tuple(row.get("topics", ())),
            style=row["style"],
            facts=row.get("facts") or {},
        )
        for path in paths
        for row in _lines(path)
    ]


def training_utterances() -> list[Utterance]:
    """Read every training file."""
    return utterances(*sorted(UTTERANCES.glob("train_*.jsonl")))


def entries(said: Mapping[str, Sequence[str]] | None = None) -> list[Entry]:
    """Read the typical answers; `said` adds phrasings by entry id."""
    found = [_entry(row) for path in sorted(ENTRIES.glob("*.jsonl")) for row in _lines(path)]
    extra = said or {}
    return [replace(entry, phrasings=(*entry.phrasings, *extra.get(entry.entry_id, ()))) for entry in found]


def cited_clauses(entry: Entry, clauses: Clauses) -> set[str]:
    """Return the ids of the company clauses an entry names as its source; they answer what it answers."""
    matches = (re.match(r"《(.+?)》(第[一二三四五六七八九十百]+条)", source.document) for source in entry.sources)
    return {clauses.cited[match[1], match[2]] for match in matches if match and (match[1], match[2]) in clauses.cited}


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(
        entry_id=row["id"],
        kind=row["kind"],
        question=row["question"],
        phrasings=tuple(row["phrasings"]),
        branches=tuple(Branch(when=b["when"], answer=b["answer"]) for b in row["branches"]),
        categories=tuple(row["categories"]),
        sources=tuple(Source(document=source) for source in row["sources"]),
        flags=tuple(row["flags"]),
        topics=(row["topic"],),
        visibility=row["visibility"],
        validity=Validity(valid_from=parse_day(row["valid_from"] or ""), valid_to=parse_day(row.get("valid_to") or "")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clauses:
    """The bundled documents as they are ingested, which topics each clause answers, and where a cited clause is."""

    documents: list[Document]
    topics: dict[str, tuple[str, ...]]
    cited: dict[tuple[str, str], str]


def clauses() -> Clauses:
    """Read the documents through the same ingest that a user's base goes through, so that training is live."""
    documents: list[Document] = []
    topics: dict[str, tuple[str, ...]] = {}
    cited: dict[tuple[str, str], str] = {}
    labels = {policy.title: policy for policy in map(read_policy, sorted(DOCUMENTS.glob("*.md")))}
    for path in sorted((CORPUS / "knowledge").iterdir()):
        parsed = parse_file(path, name=path.name, categories=(), today=TODAY)
        documents += parsed.documents
        for document in parsed.documents:
            if document.title in labels:
                _label(document, labels[document.title], topics, cited)
    return Clauses(documents=documents, topics=topics, cited=cited)


def _label(
    document: Document, policy: Policy, topics: dict[str, tuple[str, ...]], cited: dict[tuple[str, str], str]
) -> None:
    known = {clause.label: clause.topics for chapter in policy.chapters for clause in chapter.clauses}
    for passage in document.passages:
        label = passage.locator.split(" › ")[-1]
        if label in known:
            topics[passage.passage_id] = known[label]
            cited[document.title, label] = passage.passage_id
