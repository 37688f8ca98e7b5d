"""Published knowledge as watchers see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kb.curation.watch.types import Side, Span, Statement, Subject, SubjectKind, digest_of
from kb.domain.knowledge import Entry, FoundPassage
from kb.domain.validity import Validity
from kb.search.catalogue import Catalogue

CLAUSES = {"clause", "section"}
NOTICES = "停电公告"


def subjects_of(catalogue: Catalogue) -> Iterator[Subject]:
    """Yield entries, guards and the clauses of documents; table rows and notices are no statements to compare."""
    for entry in catalogue.entries.values():
        yield guard_subject(entry) if entry.kind == "guard" else entry_subject(entry)
    for found in catalogue.passages.values():
        if found.passage.kind in CLAUSES and found.document.kind != NOTICES:
            yield clause_subject(found)


def entry_subject(entry: Entry) -> Subject:
    """Return an entry as a subject."""
    return Subject(
        subject_id=entry.entry_id,
        kind="entry",
        title=entry.question,
        asked=entry.phrasings,
        statements=tuple(Statement(text=branch.answer, when=branch.when) for branch in entry.branches),
        place="典型问答" if entry.visibility == "对外" else "典型问答（内部）",
        region=entry.region,
        validity=entry.validity,
    )


def guard_subject(entry: Entry) -> Subject:
    """Return a guard as a subject: what its analysis says, never the wrong utterance."""
    guard = entry.guard
    texts = (guard.why, guard.instead, guard.analysis) if guard is not None else ()
    return Subject(
        subject_id=entry.entry_id,
        kind="guard",
        title=entry.question,
        asked=entry.phrasings,
        statements=tuple(Statement(text=text) for text in dict.fromkeys(texts) if text),
        place="；".join(" ".join(filter(None, (s.document, s.locator))) for s in entry.sources),
        region=entry.region,
        validity=entry.validity,
    )


def spoken_subject(entry: Entry) -> Subject:
    """Return the wrong utterance of a guard as a subject: it is compared with nothing, but must be readable."""
    said = entry.guard.utterance if entry.guard is not None else ""
    return replace(guard_subject(entry), statements=(Statement(text=said),))


def clause_subject(found: FoundPassage) -> Subject:
    """Return a clause as a subject, within its document's validity."""
    return Subject(
        subject_id=found.passage.passage_id,
        kind="clause",
        title=found.passage.heading or found.document.title,
        statements=(Statement(text=found.passage.text),),
        place=f"{found.document.title} {found.passage.locator}",
        region=found.document.region,
        validity=both(found.document.validity, found.passage.validity),
    )


def both(one: Validity, other: Validity) -> Validity:
    """Return the days two validities share; the first where they share none."""
    first = max(filter(None, (one.valid_from, other.valid_from)), default=None)
    end = min(filter(None, (one.valid_to, other.valid_to)), default=None)
    return one if first and end and end <= first else Validity(valid_from=first, valid_to=end)


def overlap(one: Validity, other: Validity) -> bool:
    """Whether there is a day on which both hold."""
    starts_before = one.valid_from is None or other.valid_to is None or one.valid_from < other.valid_to
    ends_after = one.valid_to is None or other.valid_from is None or other.valid_from < one.valid_to
    return starts_before and ends_after


def side_of(subject: Subject, said: str = "", spans: tuple[Span, ...] = ()) -> Side:
    """Return one side of a finding: the subject and what it says."""
    kind: SubjectKind = subject.kind
    texts = [f"{sorted(s.when.items())}{s.text}" for s in subject.statements]
    return Side(
        item_id=subject.subject_id,
        kind=kind,
        title=subject.title,
        place=subject.place,
        said=said,
        spans=spans,
        digest=digest_of(subject.title, *subject.asked, *texts),
    )
