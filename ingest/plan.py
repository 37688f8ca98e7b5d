"""What an ingest would do, before it does it. Pure: from parsed files and the stored heads to a list of actions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.types import Finding, ParsedFile
from kb.domain.knowledge import Document, Entry
from kb.store.records import document_digest, entry_digest
from kb.store.versions import Head

Held = Mapping[str, Collection[str]]
ActionKind = Literal["created", "changed", "unchanged", "removed", "conflict"]
ACTION_KINDS: tuple[ActionKind, ...] = ("created", "changed", "unchanged", "removed", "conflict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One item and what happens to it. `expected` is the version the store must still hold."""

    kind: ActionKind
    item_id: str
    title: str
    file: str
    expected: int
    item: Entry | Document | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """The actions of one file; they are applied in one transaction.

    `digest` recognises the file next time; empty when part of it was refused, so that it is read and reported again.
    """

    name: str
    digest: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything an ingest would do, and everything it had to refuse."""

    files: tuple[FilePlan, ...]
    findings: tuple[Finding, ...]
    rejected: int
    skipped: int = 0

    def counts(self) -> dict[str, int]:
        """Return how many items fall to each action."""
        counter = Counter(action.kind for file in self.files for action in file.actions)
        return {kind: counter.get(kind, 0) for kind in ACTION_KINDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The newest stored versions, by item id."""

    entries: Mapping[str, Head]
    documents: Mapping[str, Head]


def make_plan(parsed: Sequence[ParsedFile], stored: Stored, *, skipped: int = 0) -> Plan:
    """Compare parsed files with what is stored, file by file in order."""
    claimed: dict[str, str] = {}
    held = {file.name: _ids(file) for file in parsed}
    kept = frozenset[str]().union(*held.values())
    files: list[FilePlan] = []
    findings = [finding for file in parsed for finding in file.findings]
    for file in parsed:
        actions = [_entry_action(entry, file.name, stored.entries, claimed, held) for entry in file.entries]
        actions += [_document_action(item, file.name, stored.documents, claimed, held) for item in file.documents]
        if (file.entries or file.documents) and not file.rejected:
            actions += _removals(file, stored, kept)
        conflicts = [_conflict_finding(action) for action in actions if action.kind == "conflict"]
        findings += conflicts
        digest = "" if file.rejected or conflicts else file.digest
        files.append(FilePlan(name=file.name, digest=digest, actions=tuple(actions)))
    rejected = sum(file.rejected for file in parsed) + sum(
        action.kind == "conflict" for file in files for action in file.actions
    )
    return Plan(files=tuple(files), findings=tuple(findings), rejected=rejected, skipped=skipped)


def _ids(file: ParsedFile) -> frozenset[str]:
    return frozenset([*(e.entry_id for e in file.entries), *(d.document_id for d in file.documents)])


def _entry_action(entry: Entry, file: str, heads: Mapping[str, Head], claimed: dict[str, str], held: Held) -> Action:
    kind, expected = _judge((entry.entry_id, entry_digest(entry)), file, heads, claimed, held)
    return Action(kind=kind, item_id=entry.entry_id, title=entry.question, file=file, expected=expected, item=entry)


def _document_action(
    document: Document, file: str, heads: Mapping[str, Head], claimed: dict[str, str], held: Held
) -> Action:
    kind, expected = _judge((document.document_id, document_digest(document)), file, heads, claimed, held)
    return Action(
        kind=kind, item_id=document.document_id, title=document.title, file=file, expected=expected, item=document
    )


def _judge(
    item: tuple[str, str], file: str, heads: Mapping[str, Head], claimed: dict[str, str], held: Held
) -> tuple[ActionKind, int]:
    """Decide the action of one (id, content digest).

    An id that two files claim with different content is a conflict for the second; an item that left the file it came
    from, and stands in this one now, has moved.
    """
    item_id, content = item
    head = heads.get(item_id)
    expected = head.version if head else 0
    if item_id in claimed:
        return ("unchanged" if claimed[item_id] == content else "conflict"), expected
    claimed[item_id] = content
    if head is None:
        return "created", expected
    moved = head.origin != file and item_id not in held.get(head.origin, {item_id})
    if head.digest == content and not head.removed and not moved:
        return "unchanged", expected
    if head.origin != file and not head.removed and not moved:
        return "conflict", expected
    return "changed", expected


def _removals(file: ParsedFile, stored: Stored, kept: Collection[str]) -> list[Action]:
    """Items this very file brought earlier that neither it nor another file of this ingest holds any more."""
    return [
        Action(kind="removed", item_id=head.item_id, title=head.item_id, file=file.name, expected=head.version)
        for head in _from_file(file.name, (*stored.entries.values(), *stored.documents.values()))
        if head.item_id not in kept
    ]


def _from_file(name: str, heads: Iterable[Head]) -> list[Head]:
    return [head for head in heads if head.origin == name and not head.removed]


def _conflict_finding(action: Action) -> Finding:
    return Finding(
        code="conflict",
        message=f"编号 {action.item_id}（{action.title[:30]}）已由另一个文件提供，内容不同，这里的没有导入",
        file=action.file,
        hint="请统一两处内容，或给其中一条换一个编号",
    )
