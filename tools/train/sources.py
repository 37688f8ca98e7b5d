"""The project's own texts as training material: entries, clauses with their topics, labelled utterances."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.domain.knowledge import Branch, Document, Entry, Passage, Source
from kb.domain.validity import Validity, parse_day
from tools.corpus.policy import read_policy

CORPUS = Path("kb/corpus")
ENTRIES = CORPUS / "sources" / "entries"
DOCUMENTS = CORPUS / "sources" / "documents"
UTTERANCES = CORPUS / "utterances"
GOLD = Path("eval/gold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One labelled caller's sentence."""

    text: str
    call_type: str
    categories: tuple[str, ...]
    rule: str
    entries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
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
            facts=row.get("facts") or {},
        )
        for path in paths
        for row in _lines(path)
    ]


def training_utterances() -> list[Utterance]:
    """Read every training file."""
    return utterances(*sorted(UTTERANCES.glob("train_*.jsonl")))


def entries() -> list[Entry]:
    """Read the typical answers."""
    return [_entry(row) for path in sorted(ENTRIES.glob("*.jsonl")) for row in _lines(path)]


def cited_clauses(entry: Entry, clauses: Clauses) -> set[str]:
    """Return the ids of the company clauses an entry names as its source; they answer what it answers."""
    titles = {document.title: document.document_id for document in clauses.documents}
    found = set()
    for source in entry.sources:
        match = re.match(r"《(.+?)》(第[一二三四五六七八九十百]+条)", source.document)
        if match and match[1] in titles:
            found.add(f"{titles[match[1]]}#{match[2]}")
    return found


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
    """The policy documents, and which topics each clause answers."""

    documents: list[Document]
    topics: dict[str, tuple[str, ...]]


def clauses() -> Clauses:
    """Read the policy documents as passages."""
    documents, topics = [], {}
    for path in sorted(DOCUMENTS.glob("*.md")):
        policy = read_policy(path)
        passages = []
        for chapter in policy.chapters:
            for clause in chapter.clauses:
                passage_id = f"{path.stem}#{clause.label}"
                topics[passage_id] = clause.topics
                passages.append(
                    Passage(
                        passage_id=passage_id,
                        kind="clause",
                        locator=f"{chapter.title} › {clause.label}",
                        text=clause.text,
                    )
                )
        documents.append(Document(document_id=path.stem, title=policy.title, kind="制度", passages=tuple(passages)))
    return Clauses(documents=documents, topics=topics)
